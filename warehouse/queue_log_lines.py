"""The lines of a queue_log in pieces that memory can hold: as text that DuckDB can read, and each by its number.

Job: file → pieces of whole lines, each with its place in the file; a line by its number, as bytes. A file may be
gzipped; places are those in its content. It must not: know what a line means.
"""

import gzip
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate, groupby, zip_longest
from pathlib import Path
from typing import IO, NamedTuple, cast

from warehouse.errors import QueueLogUnreadable

# Some ten seconds of import between two notes of how far it came, and half a gigabyte of memory.
PIECE = 64 << 20
# What is looked at line by line when something in it is odd.
BLOCK = 1 << 17
GZIPPED = b"\x1f\x8b"
# A file may begin with a torn line or two.
FIRST = 100
TIME, TIME_DIGITS = re.compile(rb"[0-9]{10}\|"), 10
# The most separators that a line may have and still be read by columns, and a length that no queue writes.
MOST_SEPARATORS, LONGEST = 10, 100_000
STAND_IN = b"!"


class Part(NamedTuple):
    """Whole lines of a file: where the first begins in it, and whether the last lacks its end, as a torn one does."""

    offset: int
    data: bytes
    torn: bool = False


def first_line(path: Path) -> tuple[int, bytes]:
    """The first line that begins with a time: that, in seconds since 1970, and the line without its end.

    Raises QueueLogUnreadable, also for a file that has lines, but none of these.
    """
    with _opened(path) as file:
        lines = [file.readline(LONGEST) for _ in range(FIRST)]
    for line in lines:
        if TIME.match(line) and line.endswith(b"\n"):
            return int(line[:TIME_DIGITS]), line[:-1]
    if any(lines):
        raise QueueLogUnreadable(f"{path} does not look like a queue_log: none of its first lines begins with a time.")
    return 0, b""


def parts(path: Path, offset: int, whole: bool, size: int = PIECE) -> Iterator[Part]:
    """What a file holds from `offset` on. `whole`: nobody writes it any more, so that a last line without end is torn.

    Raises QueueLogUnreadable, also where `offset` is not behind a line end of this file.
    """
    with _opened(path) as file:
        file.seek(max(0, offset - 1))
        if offset and file.read(1) != b"\n":
            raise QueueLogUnreadable(
                f"{path} was imported up to byte {offset:,}, where no line ends any more: it was cut or written anew."
                " Only a file that grew can be imported again."
            )
        rest = b""
        while data := file.read(size):
            lines, end, rest = (rest + data).rpartition(b"\n")
            if end:
                yield Part(offset, lines + end)
                offset += len(lines) + 1
        if rest and whole:
            yield Part(offset, rest, torn=True)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            zipped = file.read(len(GZIPPED)) == GZIPPED
        with path.open("rb") as plain:
            yield cast(IO[bytes], gzip.GzipFile(fileobj=plain)) if zipped else plain
    except (OSError, EOFError) as error:
        raise QueueLogUnreadable(
            f"{path} cannot be read: {error}. What was read before is kept; mend it and go on."
        ) from error


class Piece:
    """Lines, numbered from 1: those that were `carried` here from before, then those of a part of the file."""

    def __init__(self, carried: bytes, part: Part, block: int = BLOCK) -> None:
        self.data = carried + part.data
        self._before = part.offset - len(carried)
        self._starts = list(_block_starts(self.data, block))
        self._counts = [block.count(b"\n") for block in self._blocks()]
        self.new_lines = sum(self._counts) - carried.count(b"\n")

    def text(self, wary: bool = False) -> Iterator[bytes]:
        """All lines, those that cannot be read by columns replaced by a stand-in. `wary`: look at every line."""
        for block in self._blocks():
            yield block if not wary and _is_text(block) else _fit(block)

    def lines(self, numbers: Iterable[int]) -> Iterator[tuple[int, int, bytes]]:
        """The lines of these numbers, which ascend: number, place in the file where it begins, bytes without end."""
        firsts = list(accumulate(self._counts, initial=1))
        for block, several in groupby(numbers, lambda number: bisect_right(firsts, number) - 1):
            start = self._starts[block]
            there = self.data[start : self._starts[block + 1] if block + 1 < len(self._starts) else None].split(b"\n")
            for number in several:
                place = number - firsts[block]
                yield number, self._before + start + place + sum(map(len, there[:place])), there[place]

    def _blocks(self) -> Iterator[bytes]:
        for start, end in zip_longest(self._starts, self._starts[1:]):
            yield self.data[start:end]


def _block_starts(data: bytes, size: int) -> Iterator[int]:
    start = 0
    while start < len(data):
        yield start
        start = data.find(b"\n", start + size) + 1 or len(data)


def _is_text(block: bytes) -> bool:
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return False
    return not (block.startswith(b"\n") or b"\n\n" in block or b"\0" in block or b"\r" in block)


def _fit(block: bytes) -> bytes:
    return b"\n".join(line if _is_fit(line) else STAND_IN for line in block.split(b"\n")[:-1]) + b"\n"


def _is_fit(line: bytes) -> bool:
    return 0 < len(line) <= LONGEST and line.count(b"|") <= MOST_SEPARATORS and _is_text(line)
