"""The log: what was appended is there, in order, after any kill."""

from collections.abc import Callable
from pathlib import Path

from calls.codec import Entry, Record
from ingest.log import Cursor, Log

DAY = 24 * 3600 * 1000
NOON = 1_795_348_800_000
BEGINNING = Cursor("", 0)
OpenLog = Callable[[Path], Log]


def record(number: int, received: int = NOON, epoch: int = 1) -> Record:
    """A record of one packet."""
    return Record(1, "lab1", "ami", "a", epoch, [Entry(number, received, b"Event: Hold")])


def everything(log: Log, start: Cursor = BEGINNING) -> list[int]:
    """The numbers of the packets from a place on."""
    return [entry.seq for records, _ in log.read(start) for it in records for entry in it.entries]


def test_a_day_has_a_file(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([record(1)])
    log.append([record(2, NOON + DAY)])
    assert [path.name for path in log.files()] == ["2026-11-22.tlog.zst", "2026-11-23.tlog.zst"]
    assert everything(log) == [1, 2]


def test_a_clock_that_steps_back_over_midnight_does_not_reorder(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([record(1, NOON + DAY)])
    log.append([record(2, NOON)])
    assert everything(log) == [1, 2]


def test_reading_goes_on_from_a_cursor(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([record(1)])
    middle = log.end()
    log.append([record(2), record(3)])
    assert everything(log, middle) == [2, 3]
    assert everything(log, log.end()) == []


def test_a_torn_end_is_cut_off_and_writing_goes_on(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([record(1, epoch=41)])
    log.append([record(2, epoch=42)])
    log.close()
    (path,) = log.files()
    path.write_bytes(path.read_bytes()[:-2])
    again = open_log(tmp_path)
    assert again.last_epoch == 41
    again.append([record(3, epoch=43)])
    assert everything(again) == [1, 3]


def test_the_pbxs_clock_in_a_files_generation_is_no_login(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path)
    log.append([record(1, epoch=41), Record(1, "lab1", "queue_log", "a", 99, [Entry(0, NOON, b"line")])])
    assert open_log(tmp_path).last_epoch == 41


def test_nothing_appended_is_nothing_written(tmp_path: Path, open_log: OpenLog) -> None:
    log = open_log(tmp_path / "new" / "folder")
    log.append([])
    log.sync()
    assert (log.files(), log.end(), log.last_epoch) == ([], Cursor("", 0), 0)
