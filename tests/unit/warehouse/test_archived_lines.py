"""Lines in a log: read once, read on, forgotten when they are old, and read again where older ones are asked for."""

from contextlib import closing
from pathlib import Path

import pytest

from calls.codec import RECORD_VERSION, Entry, Record
from calls.file_events import QUEUE_LOG
from ingest.log import Log
from warehouse.archived_lines import ArchivedLines, logged_pbxs
from warehouse.errors import LogUnreadable

# 2026-11-22T00:00:00Z
MIDNIGHT = 1_795_305_600_000
HOUR = 3600 * 1000


def append(folder: Path, *hours: int) -> None:
    """An entry of a queue for each of these hours after midnight, read as soon as it was written."""
    with closing(Log(folder)) as log:
        for hour in hours:
            at = MIDNIGHT + hour * HOUR
            line = f"{at // 1000}|lab1-{hour}|2001|NONE|ENTERQUEUE||555|1".encode()
            log.append([Record(RECORD_VERSION, "lab1", QUEUE_LOG, "a", 1, [Entry(hour, at, line)])])


def hours(lines: ArchivedLines, start: int, end: int) -> list[int]:
    """The hours of the lines that a reading has."""
    evidence = lines.read(MIDNIGHT + start * HOUR, MIDNIGHT + end * HOUR)
    return [(line.at - MIDNIGHT) // HOUR for line in evidence.queue_log]


def test_what_is_appended_is_read_on_and_what_is_old_forgotten(tmp_path: Path) -> None:
    lines = ArchivedLines(tmp_path)
    append(tmp_path, 1, 2, 23)
    assert hours(lines, 0, 23) == [1, 2, 23]
    append(tmp_path, 25, 26)
    assert hours(lines, 2, 30) == [2, 23, 25, 26]
    assert hours(lines, 24, 30) == [25, 26]


def test_older_lines_are_read_again(tmp_path: Path) -> None:
    lines = ArchivedLines(tmp_path)
    append(tmp_path, 1, 2, 25)
    assert hours(lines, 24, 30) == [25]
    assert hours(lines, 2, 30) == [2, 25]


def test_days_after_the_range_are_not_read(tmp_path: Path) -> None:
    append(tmp_path, 1, 25)
    assert hours(ArchivedLines(tmp_path), 0, 2) == [1]


def test_a_line_that_stands_there_twice_is_one(tmp_path: Path) -> None:
    append(tmp_path, 1, 2)
    append(tmp_path, 2, 3)
    assert hours(ArchivedLines(tmp_path), 0, 9) == [1, 2, 3]


def test_a_log_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026-11-22.tlog.zst").mkdir()
    with pytest.raises(LogUnreadable, match=r"The log in .* cannot be read"):
        ArchivedLines(tmp_path).read(MIDNIGHT, MIDNIGHT)


def test_every_pbx_with_a_log_is_known(tmp_path: Path) -> None:
    assert logged_pbxs(tmp_path) == []
    (tmp_path / "log" / "lab1").mkdir(parents=True)
    assert logged_pbxs(tmp_path) == ["lab1"]
