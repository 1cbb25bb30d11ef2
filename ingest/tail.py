"""One file of the PBX, followed by byte offset through rotations: whole lines, each once, in order.

Job: `look` gives the next lines and the place behind them. Contract: a line that has no end yet waits for it. A file
that was renamed is read to its end, and once more after the next one has begun, which is then read from its begin. A
file that was cut in place is never guessed at: what a copy beside it still has is read, and the loss is told. The place
is the caller's to keep; it may kill the process anywhere and go on from the place that the last kept lines ended at.
It must not: write anything, wait, or know what a line says.
"""

import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

from msgspec.structs import replace

from asterisk.line_events import LINE_LIMIT
from ingest.generation import (
    HEAD_BYTES,
    PACKED,
    UNREADABLE,
    Candidate,
    Head,
    began_at,
    copies,
    head_of,
    look_at,
    open_plain,
    sibling_paths,
    siblings,
)
from ingest.places import Place

logger = logging.getLogger(__name__)

# As much as a record may hold; longer than the longest line.
SLICE = 512 * 1024

CUT = (
    "{path} was cut in place, and what was written just before is lost. If logrotate did it: take out `copytruncate`, "
    "set `create` and `postrotate asterisk -rx 'logger reload'`"
)
GONE = "{path} is not there: is the PBX's folder mounted?"
LOST = (
    "{path} is another file now, and the rest of the one before is not beside it: let logrotate keep rotated files in "
    "the same folder (no `olddir`) until they have been read"
)


class Look(NamedTuple):
    """What one look at a file gave."""

    lines: list[tuple[int, bytes]]
    """Each with the byte where it begins, without its end, in the generation of `place`."""
    place: Place | None = None
    """Where the next look begins; None where it has not moved."""
    begun: bool = False
    """Whether the place is in another file than before: it has to be stored before anything of that file is."""
    more: bool = False
    """Whether it is worth looking again at once."""
    at_end: bool = False
    """Whether everything was read that was there."""
    cause: str = ""
    """Why lines are lost, or cannot be read at present."""


NOTHING = Look([])
AT_END = Look([], at_end=True)


class _Opened(NamedTuple):
    file: BinaryIO
    candidate: Candidate

    def read(self, size: int, offset: int) -> bytes:
        return os.pread(self.file.fileno(), size, offset)

    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def now(self) -> Candidate:
        """How it begins by now: it may have been short when it was opened."""
        return self.candidate._replace(beginning=self.read(HEAD_BYTES, 0))

    def order(self, source: str) -> tuple[int, int]:
        """When it began, and when it was written last: for files that began in the same second."""
        packed = self.candidate.path.suffix == PACKED
        changed = self.candidate.changed if packed else os.fstat(self.file.fileno()).st_mtime_ns
        return began_at(source, self.candidate.beginning) or 0, changed


class Tail:
    """One file. `place` is where to go on, None where nothing was ever read; packed files are unpacked in `scratch`."""

    def __init__(self, source: str, path: Path, place: Place | None, scratch: Path) -> None:
        self.source, self.path, self._scratch = source, path, scratch
        self.place = place
        self.behind = 0
        """Bytes of the file that had not been read when it was looked at last."""
        self._opened: _Opened | None = None
        self._follower: int | None = None
        self._scanned: tuple[int, int, bool] | None = None
        self._folder = 0
        self._cut = False
        self._awaited = False

    def look(self) -> Look:
        """The next lines, or why there are none. Blocks for as long as the disk does."""
        try:
            return self._look(self._opened) if self._opened else self._find()
        except UNREADABLE as error:
            self.close()
            place = getattr(error, "filename", None) or self.path
            reason = getattr(error, "strerror", None) or error
            return Look([], cause=f"{place} cannot be read ({reason}): it is tried again until it can")

    def close(self) -> None:
        """Close the file; the next look opens it again."""
        if self._opened:
            self._opened.file.close()
        self._opened = self._follower = self._scanned = None

    def _look(self, opened: _Opened) -> Look:
        assert self.place is not None
        lines, offset, full = self._read(opened, self.place)
        # After reading, so that nothing which was written after the cut is taken for what came before it.
        if _was_cut(opened, self.place):
            self.close()
            self._cut = True
            return self._find()
        self.behind = max(0, opened.size() - offset)
        if offset == self.place.offset:
            return self._stay_or_go_on(opened)
        at_end = not full and self._is_here(opened)
        # Last, so that an error above leaves these lines to the next look.
        self.place = replace(self.place, offset=offset, head=_longer(self.place.head, opened, offset))
        return Look(lines, self.place, more=not at_end, at_end=at_end)

    def _read(self, opened: _Opened, place: Place) -> tuple[list[tuple[int, bytes]], int, bool]:
        """The whole lines of a slice from the place on, the offset behind them, and whether there may be more."""
        before = min(1, place.offset)
        data = opened.read(SLICE, place.offset - before)
        full = len(data) == SLICE
        if data[:before] in (b"\n", b""):
            return *cut_lines(data[before:], place.offset), full
        # Within a line of which we have as much as we take: on to its end.
        end = data.find(b"\n")
        return [], place.offset - before + (end + 1 if end >= 0 else len(data)), full or end >= 0

    def _stay_or_go_on(self, opened: _Opened) -> Look:
        """Nothing is left of this file: wait for more, or go on to the one that came after it."""
        assert self.place is not None
        if self._is_here(opened):
            return AT_END
        if not self._is_settled():
            return NOTHING
        current, beside = _look_if_there(self.path), self._is_beside(opened)
        if current is not None and not beside and current.begins_with(self.place.head):
            # A copy has been put in its place.
            self.close()
            return self._find()
        following = self._following()
        if self._has_changed():
            return NOTHING
        if following is None:
            return AT_END if beside or current is not None else Look([], cause=GONE.format(path=self.path))
        if self._follower != following.inode:
            # Seen for the first time: what the PBX still wrote to this one meanwhile is read at the next look.
            self._follower = following.inode
            return NOTHING
        torn = opened.read(LINE_LIMIT + 1, self.place.offset)
        if b"\n" in torn:
            return Look([], more=True)
        if torn:
            # Nobody will end this line.
            torn_off, self.place = self.place.offset, replace(self.place, offset=self.place.offset + len(torn) + 1)
            return Look([(torn_off, torn)], self.place, more=True)
        return self._begin(following)

    def _find(self) -> Look:
        """Open the file that the place is in, or else the one that came after it."""
        current = _look_if_there(self.path)
        if self.place is None:
            return self._begin_first(current)
        same = current is not None and current.inode == self.place.inode and current.begins_with(self.place.head)
        if not same and not self._is_settled():
            return NOTHING
        if self.place.finished:
            following = self._following()
            if self._has_changed():
                return NOTHING
            if following is not None:
                return self._begin(following)
            return AT_END if current else Look([], cause=GONE.format(path=self.path))
        found = self._open_again(self.place, current)
        if found is None and self._has_changed():
            return NOTHING
        if found is None and current is None:
            return Look([], cause=GONE.format(path=self.path))
        cut = self._cut or (current is not None and current.inode == self.place.inode and found != current)
        self._cut = False
        cause = CUT if cut else LOST if found is None else ""
        inode, head = (found.inode, self.place.head) if found else (0, Head())
        moved = inode != self.place.inode
        self.place = replace(self.place, inode=inode, head=head)
        return Look([], self.place, begun=moved, more=True, cause=cause.format(path=self.path))

    def _open_again(self, place: Place, current: Candidate | None) -> Candidate | None:
        """Open the file that the place is in: the one with its inode, or else one that was copied or packed since."""
        likely = [it for it in (current, *copies(self.path, place.head)) if it and it.begins_with(place.head)]
        for candidate in sorted(likely, key=lambda it: it.inode != place.inode):
            try:
                opened = _Opened(open_plain(candidate, self._scratch), candidate)
            except FileNotFoundError:
                continue
            if not _was_cut(opened, place):
                self._opened = opened
                return candidate
            opened.file.close()
        return None

    def _begin_first(self, current: Candidate | None) -> Look:
        """Nothing was ever read: from the begin of the present file on. What is older is for the import."""
        if current is not None:
            return self._begin(current) if current.has_line else AT_END
        self.path.parent.stat()
        if not self._awaited:
            self._awaited = True
            logger.warning(
                "%s is not there yet: it is read from its begin when it comes, and no call is final before",
                self.path,
                extra={"event": "file_awaited", "path": str(self.path)},
            )
        return NOTHING

    def _begin(self, candidate: Candidate) -> Look:
        """Open another file; its generation is later than any before."""
        try:
            file = open_plain(candidate, self._scratch)
        except FileNotFoundError:
            self._follower = None
            return NOTHING
        self.close()
        self._opened = _Opened(file, candidate)
        before = self.place.generation if self.place else 0
        generation = max(before + 1, began_at(self.source, candidate.beginning) or 0)
        self.place = Place(generation, 0, candidate.inode, head_of(candidate.beginning))
        return Look([], self.place, begun=True, more=True)

    def _following(self) -> Candidate | None:
        """The file that was begun next after the one of the place, once it has a line."""
        assert self.place is not None
        current = _look_if_there(self.path)
        if current is not None and not current.has_line:
            current = None
        seen = (self.path.parent.stat().st_mtime_ns, current.inode if current else 0, current is not None)
        if seen == self._scanned:
            return None
        known, after = [current] if current else [], (self.place.generation, sys.maxsize)
        if self._opened:
            known, after = [*known, self._opened.now()], self._opened.order(self.source)
        later = [
            (order, it)
            for it in siblings(self.path)
            if (order := (began_at(self.source, it.beginning) or 0, it.changed)) > after
            and not any(it.begins_like(other) for other in known)
        ]
        following = min(later)[1] if later else current
        self._scanned = None if following else seen
        return following

    def _is_settled(self) -> bool:
        """Whether the folder is as it was a look ago: in the middle of a rotation a file may be under no name."""
        before, self._folder = self._folder, self.path.parent.stat().st_mtime_ns
        return self._folder == before

    def _has_changed(self) -> bool:
        """Whether the folder is another than it was then, so that what was found in it may not be all."""
        return self._folder != self.path.parent.stat().st_mtime_ns

    def _is_here(self, opened: _Opened) -> bool:
        """Whether the opened file still has the name that is followed."""
        try:
            return opened.candidate.path == self.path and self.path.stat().st_ino == opened.candidate.inode
        except FileNotFoundError:
            return False

    def _is_beside(self, opened: _Opened) -> bool:
        """Whether the opened file has one of the names that a rotation gives."""
        return any(_inode(it) == opened.candidate.inode for it in sibling_paths(self.path))


def cut_lines(data: bytes, begin: int) -> tuple[list[tuple[int, bytes]], int]:
    """The whole lines in a file's bytes from `begin` on, each with its offset, and the offset behind them.

    Of a line of more than LINE_LIMIT bytes only one byte more than that is given, so that it is refused as too long.
    """
    lines = []
    *whole, rest = data.split(b"\n")
    for line in whole:
        lines.append((begin, line[: LINE_LIMIT + 1]))
        begin += len(line) + 1
    if len(rest) > LINE_LIMIT:
        lines.append((begin, rest[: LINE_LIMIT + 1]))
        begin += LINE_LIMIT + 2
    return lines, begin


def _was_cut(opened: _Opened, place: Place) -> bool:
    """Whether it lacks what was read of it, or begins otherwise by now. One byte may lack: a torn line's end."""
    if opened.size() < place.offset - 1:
        return True
    return head_of(opened.read(place.head.size, 0)) != place.head


def _longer(head: Head, opened: _Opened, read: int) -> Head:
    """The head, longer where more is known by now."""
    beginning = opened.read(min(read, HEAD_BYTES), 0)
    return head_of(beginning) if len(beginning) > head.size and head_of(beginning[: head.size]) == head else head


def _look_if_there(path: Path) -> Candidate | None:
    try:
        return look_at(path)
    except FileNotFoundError:
        return None


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
