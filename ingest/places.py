"""How far each file of the PBX was read: the log's own end says it, a small file beside the log where to begin looking.

What is stored is only ever behind the log: it is written after the log was made to survive the machine's death. At the
start the log is read from there on, and the last line of each file in it is how far that file was read. So a kill at
any point neither loses nor doubles a line: a line is read if, and only if, it is in the log.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from asterisk.decode import Link
from calls.codec import Record
from calls.file_events import FILES
from ingest.generation import Head
from ingest.log import Cursor, Log

# As often they are stored at least, ms: a start reads the log from then on, also when only AMI has said anything since.
STORE_MS = 60_000


class Place(Struct, frozen=True):
    """A place in a file: its generation (see `calls.file_events`), the byte of the next line, and which file it is.

    Inode 0: there is no more of this generation to be had, the next line is another's.
    """

    generation: int
    offset: int
    inode: int
    head: Head

    @property
    def finished(self) -> bool:
        return self.inode == 0


class Saved(Struct, frozen=True):
    """The places at one moment (`at`, ms since the epoch), and the log's end then. `lost` files could not be read."""

    cursor: Cursor
    at: int
    files: dict[str, Place] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


class Places:
    """The places of all files of a PBX. Opening raises ValueError, naming the file, when what is stored is damaged."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._path = log.folder / "files.json"
        saved = _load(self._path)
        self.files: dict[str, Place] = saved.files
        self.lost: set[str] = set(saved.lost)
        """Files of which the log says last that they cannot be read."""
        self.at = saved.at
        """Until when they are known to have been read, ms since the epoch; 0 where nothing is known."""
        self._moved = False
        if saved.at:
            for records, _ in log.read(saved.cursor):
                self._catch_up(records)

    def put(self, source: str, place: Place) -> None:
        """A file was read so far, and what was read is in the log."""
        self.files[source] = place
        self._moved = True

    def tell(self, source: str, lost: bool) -> None:
        """The log says next that this file cannot be read, or is read again."""
        (self.lost.add if lost else self.lost.discard)(source)
        self._moved = True

    def snapshot(self, at: int) -> Saved | None:
        """The places now, None where they need not be stored again. To be taken where the log is written."""
        if not self._moved and not (self.files and at - self.at >= STORE_MS):
            return None
        self._moved, self.at = False, at
        return Saved(self._log.end(), at, dict(self.files), sorted(self.lost))

    def save(self, snapshot: Saved) -> None:
        """Store them; may run in a thread, one at a time. Raises OSError (disk full …)."""
        self._log.sync()
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(msgspec.json.encode(snapshot))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def _catch_up(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.source in FILES:
                last = record.entries[-1]
                place = self.files.get(record.source)
                if place is None or place.generation != record.epoch:
                    # Only where an older file was put back: which file it was is not known then.
                    place = Place(record.epoch, 0, 0, Head())
                self.files[record.source] = replace(place, offset=last.seq + len(last.raw) + 1)
            elif record.source == "link":
                link = msgspec.json.decode(record.entries[-1].raw, type=Link)
                if link.source in FILES:
                    (self.lost.discard if link.cause is None else self.lost.add)(link.source)


def _load(path: Path) -> Saved:
    if not path.exists():
        return Saved(Cursor("", 0), 0)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Saved)
    except msgspec.DecodeError as error:
        raise ValueError(
            f"{path} is damaged ({error}); remove it to read the PBX's present files from their begin, which is safe"
        ) from error
