"""Where reading an archive begins, and that it makes no difference how the archive was cut."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest
import zstandard

from asterisk.archive import Beginning, day_file, find_beginning, log_files, read_archive
from asterisk.errors import UnreadableRecording
from calls.codec import Entry, Record, frame_records

DAY = 24 * 3600 * 1000
NOON = 1_795_348_800_000


def record(received: int, login: int, source: str = "ami", raw: bytes = b"") -> Record:
    return Record(1, "lab1", source, "a", login, [Entry(received, received, raw)])


def write(folder: Path, *frames: Sequence[Record]) -> list[Path]:
    """Frames into the files of their last records' days."""
    for frame in frames:
        with (folder / day_file(frame[-1].entries[-1].received)).open("ab") as file:
            file.write(zstandard.compress(frame_records(frame)))
    return log_files(folder)


def read(files: list[Path], at: int) -> list[int]:
    """The numbers of the entries that are read from the last login before a time on."""
    frames = read_archive(files, find_beginning(files, at))
    return [entry.seq for frame in frames for it in frame.records for entry in it.entries]


SETTINGS = record(NOON, 5, "settings", b"{}")
STORY = (
    SETTINGS,
    record(NOON + 1, 10),
    record(NOON + 2, 10),
    record(NOON + 3, 3, "queue_log"),
    record(NOON + DAY + 1, 10),
    record(NOON + DAY + 2, 9, "link"),
    record(NOON + DAY + 3, 20),
    record(NOON + DAY + 4, 20),
    record(NOON + 3 * DAY, 20),
    record(NOON + 3 * DAY + 1, 30),
)


def test_a_day_has_a_file() -> None:
    assert day_file(0) == "1970-01-01.tlog.zst"


@pytest.mark.parametrize("per_frame", [1, 2, 3, 10])
@pytest.mark.parametrize(
    ("at", "first"),
    [
        (NOON + 3 * DAY + 1, NOON + 3 * DAY + 1),
        # The login of the day before yesterday goes on, and nothing was heard yesterday.
        (NOON + 3 * DAY, NOON + DAY + 3),
        (NOON + 2 * DAY, NOON + DAY + 3),
        # Before it there were packets of the login before, which began a day earlier.
        (NOON + DAY + 1, NOON + 1),
        (NOON + 2, NOON + 1),
    ],
)
def test_reading_begins_with_the_last_login_after_the_settings_that_held(
    tmp_path: Path, per_frame: int, at: int, first: int
) -> None:
    days = [list(day) for _, day in groupby(STORY, lambda it: day_file(it.entries[0].received))]
    files = write(
        tmp_path, *(day[start : start + per_frame] for day in days for start in range(0, len(day), per_frame))
    )
    wanted = [it.entries[0].seq for it in STORY if it.entries[0].seq >= first]
    assert read(files, at) == [NOON, *wanted]


def test_without_a_login_before_it_begins_at_the_beginning(tmp_path: Path) -> None:
    files = write(tmp_path, STORY)
    assert find_beginning(files, NOON - 1) == find_beginning([], NOON) == Beginning()
    assert read(files, NOON - 1) == [it.entries[0].seq for it in STORY]


def test_it_says_how_much_was_read(tmp_path: Path) -> None:
    files = write(tmp_path, STORY[:3], STORY[4:5], STORY[5:8])
    *_, last = read_archive(files, Beginning())
    assert last.read == sum(path.stat().st_size for path in files)


def test_only_the_last_file_may_be_torn(tmp_path: Path) -> None:
    files = write(tmp_path, STORY[:2], STORY[4:5], STORY[5:6])
    files[1].write_bytes(files[1].read_bytes()[:-3])
    assert read(files, NOON - 1) == [NOON, NOON + 1, NOON + DAY + 1]
    torn = files[0].read_bytes()[:-3]
    files[0].write_bytes(torn)
    for attempt in (lambda: list(read_archive(files, Beginning())), lambda: find_beginning(files, NOON + DAY)):
        with pytest.raises(UnreadableRecording, match=r"2026-11-22.tlog.zst: nothing can be read from byte 0 on\."):
            attempt()


def test_what_is_no_record_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-22.tlog.zst"
    path.write_bytes(zstandard.compress(b"\0\0\0\1x"))
    with pytest.raises(UnreadableRecording, match=r"2026-11-22.tlog.zst: the frame at byte 0 is damaged"):
        list(read_archive([path], Beginning()))
