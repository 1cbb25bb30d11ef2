"""The log of one PBX from a place on, until an instant: pieces of records, each with the place behind it.

What counts is the order of the log: reading stops at the first entry that was received later, whatever stands behind
it. Reads files; changes none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from asterisk.archive import log_files
from asterisk.recording import log_frames
from calls.codec import Record
from calls.errors import BadRecord
from warehouse.errors import LogUnreadable

# Later than any time that a log can tell.
FOR_EVER = 1 << 62


class Place(NamedTuple):
    """A day's file, the byte where one of its frames begins, and how many entries of that frame are behind us."""

    file: str = ""
    offset: int = 0
    done: int = 0


def read_on(folder: Path, place: Place, until: int = FOR_EVER) -> Iterator[tuple[Record, Place]]:
    """All that was received until then (ms since the epoch), from the place on; a torn end is where the log ends.

    Raises LogUnreadable where a file is damaged, or is no more.
    """
    for path in _files(folder, place.file):
        offset, done = (place.offset, place.done) if path.name == place.file else (0, 0)
        try:
            for records, end in log_frames(path, offset):
                taken = 0
                for record in records:
                    first, taken = max(0, done - taken), taken + len(record.entries)
                    piece = _cut(record, first, until)
                    if piece.entries:
                        behind = taken - (len(record.entries) - first - len(piece.entries))
                        yield piece, Place(path.name, offset, behind)
                    if first + len(piece.entries) < len(record.entries):
                        return
                offset, done = end, 0
        except (OSError, BadRecord) as error:
            raise LogUnreadable(f"The log {path} cannot be read from byte {offset} on: {error}") from error


def _files(folder: Path, first: str) -> list[Path]:
    files = [path for path in log_files(folder) if path.name >= first]
    if first and (not files or files[0].name != first):
        raise LogUnreadable(f"The log {folder / first} is not there any more. Restore it from a backup.")
    return files


def _cut(record: Record, first: int, until: int) -> Record:
    """The entries from the number `first` on, up to the first that was received too late."""
    entries = record.entries[first:]
    late = next((number for number, entry in enumerate(entries) if entry.received > until), len(entries))
    return record if late == len(record.entries) else replace(record, entries=entries[:late])
