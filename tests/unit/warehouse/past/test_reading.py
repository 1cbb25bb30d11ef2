"""warehouse/past/reading.py: on from a place until an instant, in the order of the log, whatever stands behind it."""

from contextlib import closing
from pathlib import Path

import pytest

from calls.codec import RECORD_VERSION, Entry, Record
from ingest.log import Log
from warehouse.errors import LogUnreadable
from warehouse.past.reading import Place, read_on

# 2026-11-22T23:59:00Z
EVENING = 1_795_391_940_000
BEGINNING = Place()


def record(*seconds: int) -> Record:
    """Entries that were received so many seconds after the evening began, numbered by that."""
    return Record(RECORD_VERSION, "p", "ami", "a", 1, [Entry(it, EVENING + it * 1000, b"x") for it in seconds])


def write(folder: Path, *frames: list[Record]) -> None:
    with closing(Log(folder)) as log:
        for frame in frames:
            log.append(frame)


def read(folder: Path, until: int = 10**6, place: Place = BEGINNING) -> tuple[list[int], Place]:
    """The entries until so many seconds after, and the place behind them."""
    found = []
    for piece, behind in read_on(folder, place, EVENING + until * 1000):
        found += [entry.seq for entry in piece.entries]
        place = behind
    return found, place


def test_reading_stops_before_the_first_that_came_later(tmp_path: Path) -> None:
    write(tmp_path, [record(1, 2), record(3, 4, 5)], [record(6)])
    assert read(tmp_path, 0) == ([], Place())
    assert read(tmp_path, 4)[0] == [1, 2, 3, 4]
    # By another clock, say; its turn is when the one before it had its turn.
    write(tmp_path, [record(9, 7)])
    assert read(tmp_path, 8)[0] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("until", range(1, 8))
def test_reading_goes_on_where_it_stopped(tmp_path: Path, until: int) -> None:
    write(tmp_path, [record(1, 2), record(3, 4, 5)], [record(6)], [record(70, 71)])
    first, place = read(tmp_path, until)
    rest, end = read(tmp_path, place=place)
    assert first + rest == [1, 2, 3, 4, 5, 6, 70, 71]
    write(tmp_path, [record(80)])
    assert read(tmp_path, place=end)[0] == [80]


def test_a_torn_end_is_the_end_and_a_damaged_or_missing_file_says_so(tmp_path: Path) -> None:
    write(tmp_path, [record(1)], [record(2)])
    (day,) = tmp_path.glob("*.tlog.zst")
    whole = day.read_bytes()
    day.write_bytes(whole[:-3])
    _, place = read(tmp_path)
    assert read(tmp_path)[0] == [1]
    day.unlink()
    with pytest.raises(LogUnreadable, match="not there any more"):
        read(tmp_path, place=place)
