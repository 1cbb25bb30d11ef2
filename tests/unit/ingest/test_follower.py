"""All files of a PBX onto its log: records, marks, notes, and a restart from what the log says."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from asterisk.decode import Link
from asterisk.line_events import LINE_LIMIT, Marked
from calls.codec import Record
from calls.file_events import CEL, QUEUE_LOG
from ingest.batcher import MAX_ENTRIES
from ingest.follower import MARKS, Follower
from ingest.log import Cursor, Log

START = 1_795_348_800
OpenLog = Callable[[Path], Log]


def line(second: int, text: str = "x") -> bytes:
    return b"%d|NONE|NONE|NONE|TEST|%s\n" % (START + second, text.encode())


class Desk:
    """A follower of two files with the log that it writes."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.log, self.queue_log, self.cel = log, folder / "queue_log", folder / "cel.csv"
        self.notes: list[Link] = []
        self._number = 0
        paths = {QUEUE_LOG: self.queue_log, CEL: self.cel}
        self.follower = Follower("lab1", "a", log, paths, self._write, self.notes.append, self._next, poll_s=0.001)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _write(self, records: list[Record]) -> None:
        self.log.append(records)
        self.follower.wrote()

    async def until(self, met: Callable[[], bool]) -> None:
        """Follow until it is so."""
        task = asyncio.create_task(self.follower.run())
        try:
            for _ in range(3000):
                if met():
                    return
                await asyncio.sleep(0.002)
            raise AssertionError("it never happened")
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def records(self, source: str) -> list[Record]:
        return [record for records, _ in self.log.read(Cursor("", 0)) for record in records if record.source == source]

    def lines(self, source: str = QUEUE_LOG) -> bytes:
        return b"".join(entry.raw + b"\n" for record in self.records(source) for entry in record.entries)

    def marks(self) -> list[Marked]:
        return [msgspec.json.decode(record.entries[0].raw, type=Marked) for record in self.records("files")]


@pytest.fixture
def new_desk(tmp_path: Path, open_log: OpenLog) -> Callable[[], Desk]:
    """Makes followers of the same files with the same log, one after the other."""
    return lambda: Desk(tmp_path, open_log(tmp_path / "log"))


NewDesk = Callable[[], Desk]


async def test_lines_become_records_of_their_generation(new_desk: NewDesk) -> None:
    desk = new_desk()
    lines = [line(n) for n in range(MAX_ENTRIES + 1)]
    desk.queue_log.write_bytes(b"".join(lines))
    await desk.until(lambda: desk.lines() == b"".join(lines))
    first, second = desk.records(QUEUE_LOG)
    assert (first.pbx, first.ingester, first.epoch) == ("lab1", "a", START * 1000)
    assert (len(first.entries), len(second.entries)) == (MAX_ENTRIES, 1)
    assert second.entries[0].seq == sum(map(len, lines[:-1]))
    assert desk.follower.files[QUEUE_LOG].lines == len(lines)


async def test_a_mark_comes_when_every_file_was_read_and_names_them(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.write_bytes(line(0))
    await desk.until(lambda: desk.lines() == line(0))
    assert desk.marks() == [], "the other file is not there yet"
    desk.cel.touch()
    again = new_desk()
    await again.until(lambda: len(again.marks()) == 1)
    (mark,) = again.marks()
    assert mark.sources == (QUEUE_LOG, CEL)
    assert mark.at >= again.records(QUEUE_LOG)[0].entries[0].received


async def test_marks_cease_when_nothing_is_written(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.touch()
    desk.cel.touch()
    follower = desk.follower
    for second in range(10):
        follower._mark(1_000_000 + second * 500)
    assert len(desk.marks()) == MARKS
    follower.wrote()
    follower._mark(2_000_000)
    assert len(desk.marks()) == MARKS + 1


async def test_a_loss_is_noted_once_and_so_is_the_return(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.write_bytes(line(0) + line(1))
    desk.cel.touch()
    await desk.until(lambda: bool(desk.marks()))
    desk.queue_log.write_bytes(b"")
    again = new_desk()
    await again.until(lambda: len(again.notes) == 2)
    lost, back = again.notes
    assert lost.source == back.source == QUEUE_LOG
    assert lost.cause is not None and "copytruncate" in lost.cause and back.cause is None
    assert lost.at <= back.at


async def test_a_file_that_cannot_be_read_holds_back_the_marks(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.mkdir()
    desk.cel.touch()
    await desk.until(lambda: bool(desk.notes))
    (lost,) = desk.notes
    assert lost.cause is not None and str(desk.queue_log) in lost.cause
    assert desk.marks() == []


async def test_a_restart_goes_on_where_the_log_ends(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.write_bytes(line(0))
    await desk.until(lambda: desk.lines() == line(0))
    desk.queue_log.rename(desk.queue_log.with_name("queue_log.1"))
    desk.queue_log.write_bytes(line(1))
    again = new_desk()
    await again.until(lambda: again.lines() == line(0) + line(1))
    assert again.notes == []


async def test_lines_that_are_too_long_are_counted(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.queue_log.write_bytes(line(0, "y" * LINE_LIMIT) + line(1))
    await desk.until(lambda: desk.lines().endswith(line(1)))
    assert desk.follower.files[QUEUE_LOG].too_long == 1


async def test_without_files_there_is_nothing_to_do(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    follower = Follower("lab1", "a", log, {}, lambda records: None, lambda link: None, lambda: 1)
    await follower.run()
    assert log.files() == []
