"""The tailer is killed a hundred times while a PBX writes, and its files are rotated, cut and torn under it."""

import gzip
import logging
import multiprocessing
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from faults.tailer import follow

from asterisk.cel import CelRecord, format_cel
from asterisk.recording import LOG_SUFFIX, read_records
from calls.codec import Record
from calls.file_events import CEL, QUEUE_LOG

log = logging.getLogger(__name__)

KILLS, SEEDS = 100, (1, 2)
LONGEST_LIFE_S = 0.12
START = 1_795_348_800
PATIENCE_S = 30.0


class Pbx:
    """Writes one file as Asterisk does, held open over a rename, and does with it what a rotation may do."""

    def __init__(self, source: str, path: Path, chance: Random) -> None:
        self.source, self.path, self._chance = source, path, chance
        self.lines: list[bytes] = []
        self.cuts = 0
        self._rotations = 0
        self._seconds = START
        self._file = path.open("ab", buffering=0)

    def step(self) -> None:
        """Mostly write; now and then something else."""
        (act,) = self._chance.choices(
            (self.write, self._write_torn, self._die, self._rename, self._cut), (60, 20, 4, 8, 2)
        )
        act()

    def finish(self) -> None:
        """Say a last word and close the file."""
        self.write()
        self._file.close()

    def write(self) -> None:
        for _ in range(self._chance.randint(1, 20)):
            self._file.write(self._next() + b"\n")

    def _write_torn(self) -> None:
        """A line in two pieces."""
        line = self._next() + b"\n"
        place = self._chance.randrange(1, len(line))
        self._file.write(line[:place])
        time.sleep(self._chance.choice((0, 0.01)))
        self._file.write(line[place:])

    def _die(self) -> None:
        """A line that never gets its end, and the next one behind it: they are one line, and in the old file none."""
        line = self._next()
        self.lines[-1] = torn = line[: self._chance.randrange(1, len(line))]
        self._file.write(torn)
        if self._chance.random() < 0.5:
            self._rename()
        else:
            rest = self._next()
            self.lines[-2:] = [torn + rest]
            self._file.write(rest + b"\n")

    def _rename(self) -> None:
        self._shift()
        self.path.rename(self._older(1))
        if self._chance.random() < 0.5:
            self.path.touch()
        if self._ended():
            self.write()
        time.sleep(self._chance.choice((0, 0.02)))
        self._file.close()
        self._file = self.path.open("ab", buffering=0)
        self.write()

    def _ended(self) -> bool:
        """Whether the last line has its end."""
        return self._older(1).read_bytes().endswith(b"\n")

    def _cut(self) -> None:
        """A copy, and a cut: nothing is written between them, so nothing is lost."""
        self._shift()
        shutil.copy(self.path, self._older(1))
        self._file.truncate(0)
        self.cuts += 1
        time.sleep(self._chance.choice((0, 0.02)))
        self.write()

    def _shift(self) -> None:
        """Make room for NAME.1; all older ones are packed, and none is removed."""
        for number in range(self._rotations, 1, -1):
            self._packed(number).rename(self._packed(number + 1))
        self._rotations += 1
        if self._rotations > 1:
            second = self._older(1).rename(self._older(2))
            self._packed(2).write_bytes(gzip.compress(second.read_bytes(), 1))
            second.unlink()

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def _packed(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}.gz")

    def _next(self) -> bytes:
        """The next line; each is another one."""
        self._seconds += 1
        number = len(self.lines)
        if self.source == QUEUE_LOG:
            line = b"%d|lab1-%d.1|2001|NONE|ENTERQUEUE||5551234|1" % (self._seconds, number)
        else:
            line = format_cel(CelRecord("ANSWER", self._seconds * 1_000_000, uniqueid=f"lab1-{number}.1"))
        self.lines.append(line)
        return line


@pytest.fixture(params=SEEDS)
def chance(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)


@pytest.fixture
def pbxs(tmp_path: Path, chance: Random) -> list[Pbx]:
    """Writers of two files, beside each other in one folder."""
    named = {QUEUE_LOG: tmp_path / "queue_log", CEL: tmp_path / "Master.csv"}
    return [Pbx(source, path, Random(chance.random())) for source, path in named.items()]


def logged(folder: Path) -> list[Record]:
    return [record for path in sorted(folder.glob(f"*{LOG_SUFFIX}")) for record in read_records(path)]


def test_a_killed_tailer_loses_no_line_and_doubles_none(tmp_path: Path, pbxs: list[Pbx], chance: Random) -> None:
    folder, paths = tmp_path / "log", {pbx.source: pbx.path for pbx in pbxs}
    with tailing(folder, paths):
        # What was before the first look is for the import.
        for pbx in pbxs:
            pbx.write()
        wait_for(lambda: all(told(folder, source) for source in paths))
    with writing(pbxs):
        for _ in range(KILLS // len(SEEDS)):
            with tailing(folder, paths):
                time.sleep(chance.uniform(0, LONGEST_LIFE_S))
    early = {pbx.source: len(told(folder, pbx.source)) for pbx in pbxs}
    with tailing(folder, paths):
        wait_for(lambda: all(pbx.lines == list(told(folder, pbx.source).values()) for pbx in pbxs))
    for pbx in pbxs:
        lines = told(folder, pbx.source)
        generations = len({epoch for epoch, _ in lines})
        figures = (pbx.source, len(lines), early[pbx.source], generations, pbx.cuts)
        log.info("%s: %d lines, %d by those that were killed; %d generations, %d by a cut", *figures)
        assert list(lines) == sorted(lines)
        assert list(lines.values()) == pbx.lines


@contextmanager
def tailing(folder: Path, paths: Mapping[str, Path]) -> Iterator[None]:
    """A tailer, killed at the end."""
    processes = multiprocessing.get_context("forkserver")
    # So that a tailer runs after a few milliseconds, not after half a second.
    processes.set_forkserver_preload(["ingest.follower", "pytest"])
    ours, theirs = processes.Pipe(duplex=False)
    tailer = processes.Process(target=follow, args=(folder, paths, theirs))
    tailer.start()
    try:
        ours.poll(PATIENCE_S)
        yield
    finally:
        tailer.kill()
        tailer.join()
        ours.close()
        theirs.close()


@contextmanager
def writing(pbxs: list[Pbx]) -> Iterator[None]:
    """The PBXs do this and that; at the end each says a last word."""
    enough = Event()

    def write() -> None:
        while not enough.is_set():
            for pbx in pbxs:
                pbx.step()
            time.sleep(0.004)
        for pbx in pbxs:
            pbx.finish()

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        enough.set()
        writer.join()


def wait_for(met: Callable[[], bool]) -> None:
    """Wait until it is so, or until it could have been so long ago."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not met():
        time.sleep(0.1)


def told(folder: Path, source: str) -> dict[tuple[int, int], bytes]:
    """The lines of a file as the log has them, by position. Fails when one is there twice."""
    entries = [
        (record.epoch, entry) for record in logged(folder) if record.source == source for entry in record.entries
    ]
    lines = {(epoch, entry.seq): entry.raw for epoch, entry in entries}
    assert len(lines) == len(entries), "a line is there twice"
    return lines
