"""The ingester's log: spool and archive in one, a file of zstd frames for each day of a PBX.

Every record is appended before it is sent anywhere, so the order here is the order that is applied. A frame is written
whole or cut off at the next start, so what a kill leaves behind is readable to its last whole frame. Each frame stands
for itself: reading may begin at any frame's start.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard

from asterisk.archive import day_file, log_files
from asterisk.recording import log_frames
from calls.codec import Record, frame_records
from calls.file_events import FILES

# Level 3 packs AMI about eightfold and costs less than parsing it.
LEVEL = 3


class Cursor(NamedTuple):
    """A place in the log: a file's name and the byte where a frame begins."""

    file: str
    offset: int


class Log:
    """The log of one PBX in one folder. One writer; opening cuts off what a kill left torn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO | None = None
        self._name = ""
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        last = self.files()[-1:]
        self.last_epoch = _mend(last[0]) if last else 0
        """The newest login in the log, 0 where there is none: the next one has to be greater."""
        self._alive = folder / "heard"

    @property
    def heard_until(self) -> int:
        """When the PBX was heard last, ms since the epoch; 0 where it never was. Outlives a kill."""
        return self._alive.stat().st_mtime_ns // 1_000_000 if self._alive.exists() else 0

    def touch(self, heard: int) -> None:
        """The PBX was heard at this time (ms since the epoch)."""
        self._alive.touch()
        os.utime(self._alive, ns=(heard * 1_000_000, heard * 1_000_000))

    def files(self) -> list[Path]:
        """The log's files, oldest first."""
        return log_files(self.folder)

    def append(self, records: list[Record]) -> None:
        """Write records as one frame. The kernel has them when this returns. Raises OSError (disk full …)."""
        if not records:
            return
        name = day_file(records[-1].entries[-1].received)
        if self._file is None or name > self._name:
            self._open(name)
        assert self._file is not None
        self._file.write(self._compressor.compress(frame_records(records)))
        self._file.flush()

    def end(self) -> Cursor:
        """The place after the last frame."""
        if self._file is not None:
            return Cursor(self._name, self._file.tell())
        last = self.files()[-1:]
        return Cursor(last[0].name, last[0].stat().st_size) if last else Cursor("", 0)

    def read(self, start: Cursor) -> Iterator[tuple[list[Record], Cursor]]:
        """Frames from a place on, each with the place after it. What is appended meanwhile may or may not follow."""
        for path in self.files():
            if path.name < start.file:
                continue
            offset = start.offset if path.name == start.file else 0
            for records, end in log_frames(path, offset):
                yield records, Cursor(path.name, end)

    def sync(self) -> None:
        """Make what was written survive the machine's death, not only ours."""
        # In a thread it may meet the change of the day, which syncs the old file before it closes it.
        with suppress(ValueError):
            if self._file is not None:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file. Appending opens it again."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def _open(self, name: str) -> None:
        self.close()
        self._name = name
        self._file = (self.folder / name).open("ab")


def _mend(path: Path) -> int:
    """Cut off a torn end; the newest epoch of what is left."""
    end, epoch = 0, 0
    for records, after in log_frames(path):
        end = after
        # A file's generation is by the PBX's clock.
        epoch = max([epoch, *(record.epoch for record in records if record.source not in FILES)])
    if end < path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(end)
    return epoch
