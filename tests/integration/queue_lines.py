"""The lines that a test's own calls added to queue_log, as Asterisk wrote them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# Asterisk writes a line within milliseconds of what it tells of; this is for a busy machine.
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.02


class QueueLine(NamedTuple):
    """One line. `agent` is NONE where no agent had part in it; `data` holds the rest."""

    time: str
    callid: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]


class QueueLines:
    """What is appended to the file `path` from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._skipped = 0
        self._skipped = len(self.read())

    def read(self) -> list[QueueLine]:
        """The lines so far; one that is being written is left out."""
        if not self._path.exists():
            return []
        lines = self._path.read_text().splitlines(keepends=True)[self._skipped :]
        rows = [line.rstrip("\n").split("|") for line in lines if line.endswith("\n")]
        return [QueueLine(row[0], row[1], row[2], row[3], row[4], tuple(row[5:])) for row in rows]

    async def until(self, met: Callable[[list[QueueLine]], bool]) -> list[QueueLine]:
        """The lines as soon as `met` holds for them. Raises TimeoutError when that does not happen soon."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                lines = self.read()
                if met(lines):
                    return lines
                await asyncio.sleep(POLL_SECONDS)

    async def until_event(self, event: str, count: int = 1) -> list[QueueLine]:
        """The lines as soon as `count` of them are of the kind `event`."""
        return await self.until(lambda lines: [line.event for line in lines].count(event) >= count)
