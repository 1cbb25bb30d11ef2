"""Which file is which: a file of the PBX under its own name, and the older ones beside it that a rotation has left.

Job: recognise a file by how it begins and by its inode, tell when it began, and open it. Contract: a file begins with
the same bytes for as long as it exists, so a file that begins otherwise is another one, whatever its name or inode.
It must not: change anything beside the file, or decide what was lost.
"""

import gzip
import hashlib
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

from msgspec import Struct

from asterisk.cel import parse_cel
from asterisk.errors import LineError
from calls.file_events import CDR, CEL, QUEUE_LOG

# Some ten lines: two files that begin with the same ten lines are the same file, or a copy.
HEAD_BYTES = 4096
PACKED = ".gz"

# What reading a packed file that is damaged, or not yet written to its end, may raise.
UNREADABLE = (OSError, EOFError, zlib.error)

_QUEUE_LOG_TIME = re.compile(rb"([0-9]{10})\|")
_CDR_TIME = re.compile(rb'"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})"')


class Head(Struct, frozen=True):
    """How a file begins: so many bytes, and their digest. Without bytes it tells nothing."""

    size: int = 0
    digest: str = ""


def head_of(beginning: bytes) -> Head:
    """The head that these bytes are."""
    return Head(len(beginning), hashlib.sha256(beginning).hexdigest())


class Candidate(NamedTuple):
    """A file as it was found: `beginning` is unpacked, `changed` in ns since the epoch."""

    path: Path
    inode: int
    changed: int
    beginning: bytes

    @property
    def has_line(self) -> bool:
        """Whether its first line is there to its end, or so much of it that the rest does not matter."""
        return b"\n" in self.beginning or len(self.beginning) == HEAD_BYTES

    def begins_with(self, head: Head) -> bool:
        """Whether it begins as told; nothing begins as an empty head."""
        return 0 < head.size <= len(self.beginning) and head_of(self.beginning[: head.size]) == head

    def begins_like(self, other: "Candidate") -> bool:
        """Whether one is the other, or a copy of it that was taken earlier or later."""
        return self.beginning.startswith(other.beginning) or other.beginning.startswith(self.beginning)


def look_at(path: Path) -> Candidate:
    """The file of this name. Raises what is UNREADABLE."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        beginning = _unpacked(file).read(HEAD_BYTES) if path.suffix == PACKED else file.read(HEAD_BYTES)
    return Candidate(path, status.st_ino, status.st_mtime_ns, beginning)


def sibling_paths(path: Path) -> list[Path]:
    """The files that a rotation may have made of this one: NAME.* and NAME-*, unpacked ones first."""
    beside = [it for pattern in (".*", "-*") for it in path.parent.glob(f"{_literal(path.name)}{pattern}")]
    return sorted((it for it in beside if it.is_file()), key=lambda it: (it.suffix == PACKED, it.name))


def siblings(path: Path) -> list[Candidate]:
    """What can be read of them; of copies the longest. Raises OSError when the folder cannot be read."""
    path.parent.stat()
    found: list[Candidate] = []
    for candidate in _readable(sibling_paths(path)):
        alike = [it for it in found if it.begins_like(candidate)]
        if all(len(it.beginning) < len(candidate.beginning) for it in alike):
            found = [it for it in found if it not in alike] + [candidate]
    return found


def copies(path: Path, head: Head) -> list[Candidate]:
    """All files beside this one that begin as told, unpacked ones first. Raises OSError as `siblings`."""
    path.parent.stat()
    return [it for it in _readable(sibling_paths(path)) if it.begins_with(head)]


def began_at(source: str, beginning: bytes) -> int | None:
    """When a file of this source began, in ms since the epoch, by its first whole line that has a time."""
    times = (_TIMES[source](line) for line in beginning.split(b"\n")[:-1])
    return next((time for time in times if time is not None), None)


def open_plain(candidate: Candidate, scratch: Path) -> BinaryIO:
    """The file for reading by offset; of a packed one a copy in the folder `scratch`, gone when it is closed.

    Raises what is UNREADABLE, FileNotFoundError also when the name is another file's by now.
    """
    file = candidate.path.open("rb")
    if os.fstat(file.fileno()).st_ino != candidate.inode:
        file.close()
        raise FileNotFoundError(f"{candidate.path} was renamed")
    if candidate.path.suffix != PACKED:
        return file
    with file:
        plain = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115
        try:
            shutil.copyfileobj(_unpacked(file), plain)
            plain.flush()
        except BaseException:
            plain.close()
            raise
    return cast(BinaryIO, plain)


def _readable(paths: list[Path]) -> Iterator[Candidate]:
    for path in paths:
        try:
            yield look_at(path)
        except UNREADABLE:
            # Just being packed, renamed or removed, or another's: what is missing in the end is told as a loss.
            continue


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))


def _literal(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _queue_log_time(line: bytes) -> int | None:
    found = _QUEUE_LOG_TIME.match(line)
    return int(found[1]) * 1000 if found else None


def _cel_time(line: bytes) -> int | None:
    try:
        return parse_cel(line).at_ms
    except LineError:
        return None


def _cdr_time(line: bytes) -> int | None:
    """The first time in the line is when the call began."""
    found = _CDR_TIME.search(line)
    try:
        return int(datetime.fromisoformat(found[1].decode()).replace(tzinfo=UTC).timestamp()) * 1000 if found else None
    except ValueError:
        return None


_TIMES: dict[str, Callable[[bytes], int | None]] = {QUEUE_LOG: _queue_log_time, CEL: _cel_time, CDR: _cdr_time}
