"""All files of one PBX onto its log, and the marks that say how far: the tails, taken in turn, a slice of each.

The disk is read in a thread, so a big file does not stop the reader of AMI; the log is written between two slices.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from asterisk.decode import Link
from asterisk.line_events import LINE_LIMIT, Marked
from calls.codec import RECORD_VERSION, Entry, Record
from ingest.batcher import MAX_ENTRIES
from ingest.log import Log
from ingest.places import Places
from ingest.tail import Look, Tail

logger = logging.getLogger(__name__)

# How often the files are looked at when there is nothing more to read at once.
POLL_S = 0.25
# How often the places are stored: a start reads what the log has got since then.
SAVE_MS = 1000
# Marks are written no more often than this, and so many after the last record: a call is final after two.
MARK_MS = 1000
MARKS = 3


def now_ms() -> int:
    """The time, ms since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass
class Followed:
    """One file, and what became of it so far."""

    tail: Tail
    lines: int = 0
    """Lines that were read since the process began."""
    too_long: int = 0
    """Those of them that were longer than a line may be."""
    well_at: int = 0
    """When it was looked at last without trouble, ms since the epoch."""
    end_at: int = 0
    """When a look began that read it to its end, ms since the epoch."""
    due: float = 0.0
    """When to look next, by the monotonic clock."""


class Follower:
    """Follows files by source. `write` appends to the log, `note` notes a loss, `number` numbers what has no number."""

    def __init__(
        self,
        pbx: str,
        ingester: str,
        log: Log,
        paths: Mapping[str, Path],
        write: Callable[[list[Record]], None],
        note: Callable[[Link], None],
        number: Callable[[], int],
        poll_s: float = POLL_S,
    ) -> None:
        self._pbx, self._ingester = pbx, ingester
        self._write, self._note, self._number, self._poll_s = write, note, number, poll_s
        self._places = Places(log)
        self.files = {
            source: Followed(Tail(source, path, self._places.files.get(source), log.folder), well_at=self._places.at)
            for source, path in paths.items()
        }
        self._saved, self._marked, self._owed = now_ms(), 0, MARKS

    def wrote(self) -> None:
        """Something was written to the log: what it says is to be confirmed by marks."""
        self._owed = MARKS

    async def run(self) -> None:
        """Read for ever; at once done where there is no file. Raises OSError of the log."""
        try:
            while self.files:
                began = now_ms()
                due = [it for it in self.files.items() if it[1].due <= time.monotonic()]
                for source, file in due:
                    await self._look(source, file)
                self._mark(min(file.end_at for file in self.files.values()))
                if began - self._saved >= SAVE_MS:
                    await self._save()
                await asyncio.sleep(max(0.0, min(file.due for file in self.files.values()) - time.monotonic()))
        finally:
            for file in self.files.values():
                file.tail.close()

    async def _look(self, source: str, file: Followed) -> None:
        began = now_ms()
        look = await asyncio.to_thread(file.tail.look)
        self._tell(source, file, look, began)
        if look.lines and look.place is not None:
            file.lines += len(look.lines)
            file.too_long += sum(len(raw) > LINE_LIMIT for _, raw in look.lines)
            for record in self._records(source, look.place.generation, look.lines):
                self._write([record])
                # AMI's reader may have its turn.
                await asyncio.sleep(0)
        if look.place is not None:
            self._places.put(source, look.place)
        if look.begun:
            await self._save()
        file.due = 0.0 if look.more else time.monotonic() + self._poll_s

    def _records(self, source: str, generation: int, lines: list[tuple[int, bytes]]) -> list[Record]:
        """A slice has no more bytes than a record may have."""
        received = now_ms()
        entries = [Entry(offset, received, raw) for offset, raw in lines]
        return [
            Record(RECORD_VERSION, self._pbx, source, self._ingester, generation, entries[first : first + MAX_ENTRIES])
            for first in range(0, len(entries), MAX_ENTRIES)
        ]

    def _tell(self, source: str, file: Followed, look: Look, began: int) -> None:
        """Note once that lines are lost or cannot be read, and once that the file is read to its end again."""
        path = str(file.tail.path)
        if look.cause and source not in self._places.lost:
            self._places.tell(source, lost=True)
            self._note(Link(source, file.well_at or began, look.cause))
            logger.error("%s", look.cause, extra={"event": "file_lost", "file": source, "path": path})
        elif look.at_end and source in self._places.lost:
            self._places.tell(source, lost=False)
            self._note(Link(source, began))
            logger.info("%s is read again", path, extra={"event": "file_back", "file": source, "path": path})
        if look.at_end or look.lines:
            file.well_at = began
        if look.at_end:
            file.end_at = began

    def _mark(self, at: int) -> None:
        """Say that everything was read that the files held at `at`."""
        if not self._owed or at - self._marked < MARK_MS:
            return
        left, self._marked = self._owed - 1, at
        raw = msgspec.json.encode(Marked(tuple(self.files), at))
        self._write([Record(RECORD_VERSION, self._pbx, "files", self._ingester, self._number(), [Entry(0, at, raw)])])
        self._owed = left

    async def _save(self) -> None:
        """Store the places, where they have moved."""
        self._saved = now_ms()
        if (snapshot := self._places.snapshot(self._saved)) is not None:
            await asyncio.to_thread(self._places.save, snapshot)
