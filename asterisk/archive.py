"""The archive of a PBX, which is the ingester's log: its files, and where one must begin to read it.

A state that is built from the middle of a login knows nobody who was there before; from a login on it knows them all,
because the PBX's own lists come first. Reads files; changes none.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from asterisk.errors import UnreadableRecording
from asterisk.recording import LOG_SUFFIX, log_frames
from calls.codec import Record
from calls.errors import BadRecord

ADVICE = "Restore the file from a backup."


class Beginning(NamedTuple):
    """Where reading begins: the file's number among the files, the byte of a frame in it, the login (its epoch).

    `settings` is the last record of settings before it. Without a login (None) it is the archive's first byte.
    """

    file: int = 0
    offset: int = 0
    login: int | None = None
    settings: Record | None = None


class Frame(NamedTuple):
    """Some records, in order, and how many bytes of the files have been read with them."""

    records: list[Record]
    read: int


def day_file(received: int) -> str:
    """The name of the file for a receive time (ms since the epoch): its day in UTC."""
    return datetime.fromtimestamp(received / 1000, UTC).strftime("%Y-%m-%d") + LOG_SUFFIX


def log_files(folder: Path) -> list[Path]:
    """The archive's files, oldest first."""
    return sorted(folder.glob(f"*{LOG_SUFFIX}"))


def find_beginning(files: Sequence[Path], at: int) -> Beginning:
    """The last login before `at` (ms since the epoch), where everything that matters then becomes known.

    Raises UnreadableRecording, naming the file, for one that is damaged.
    """
    login, found = None, Beginning()
    for number in reversed(range(len(files))):
        if files[number].name > day_file(at):
            continue
        begun = _logins(files, number, at)
        login = max(begun, default=None) if login is None else login
        if login in begun:
            found = Beginning(number, begun[login], login)
        elif begun:
            break
    return found._replace(settings=_settings(files, found))


def read_archive(files: Sequence[Path], beginning: Beginning) -> Iterator[Frame]:
    """The records from there on; first the settings that held. The last file may end in the middle of a frame.

    Raises UnreadableRecording, naming the file, for one that is damaged: what follows would be told without it.
    """
    if beginning.settings is not None:
        yield Frame([beginning.settings], 0)
    read, login = 0, beginning.login
    for number in range(beginning.file, len(files)):
        for records, _, end in _frames(files, number, beginning.offset if number == beginning.file else 0):
            if login is not None:
                # What stands before the login in its frame is of the time before.
                first = next((it for it, record in enumerate(records) if _is_of(record, login)), len(records))
                records = records[first:]
                login = None if records else login
            yield Frame(records, read + end)
        read += files[number].stat().st_size


def _logins(files: Sequence[Path], number: int, at: int) -> dict[int, int]:
    """The first frame (its byte) in a file of each login that was heard until `at`, by epoch."""
    begun: dict[int, int] = {}
    for records, start, _ in _frames(files, number):
        for record in records:
            if record.source == "ami" and record.entries and record.entries[0].received <= at:
                begun.setdefault(record.epoch, start)
    return begun


def _settings(files: Sequence[Path], beginning: Beginning) -> Record | None:
    if beginning.login is None:
        return None
    for number in range(beginning.file, -1, -1):
        last = None
        for record in (record for records, _, _ in _frames(files, number) for record in records):
            if _is_of(record, beginning.login):
                break
            last = record if record.source == "settings" else last
        if last is not None:
            return last
    return None


def _is_of(record: Record, login: int) -> bool:
    return record.source == "ami" and record.epoch == login


def _frames(files: Sequence[Path], number: int, offset: int = 0) -> Iterator[tuple[list[Record], int, int]]:
    """The frames of a file, each with the bytes where it begins and ends."""
    path = files[number]
    try:
        for records, end in log_frames(path, offset):
            yield records, offset, end
            offset = end
    except BadRecord as error:
        raise UnreadableRecording(f"{path}: the frame at byte {offset} is damaged: {error}. {ADVICE}") from error
    # The ingester cuts a torn end off before it goes on, so only the file that is written just now may have one.
    if number + 1 < len(files) and offset < path.stat().st_size:
        raise UnreadableRecording(f"{path}: nothing can be read from byte {offset} on. {ADVICE}")
