"""The process that knows the past: `python -m warehouse.past`, started when somebody asks, ended when nobody does.

Its environment is empty: it reads the log and the snapshots, and needs no secret for that. It answers one question
after the other; whoever asks while too many wait is told to come again.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from api.background import Work
from api.errors import NotFound, TooManyTries, Unavailable
from calls.alert_trial import Trial, Tried
from calls.past import PastBoard, PastMoment, Reel

log = logging.getLogger(__name__)

# `-I`: neither the environment nor a folder's own files change what is run.
COMMAND = (sys.executable, "-I", "-m", "warehouse.past")
# A person waits for it. Some seconds of folding where a snapshot is still to be made, and half a second to start.
PATIENCE_S = 20.0
# With nobody who asks for so long its memory is given back.
IDLE_S = 120.0
IDLE_LOOK_S = 10.0
# Each takes some hundredths of a second.
MOST_WAITING = 24
AGAIN_S = 1.0
# A board of some thousand agents.
MOST_BYTES = 32 << 20


class _Refusal(Struct, frozen=True):
    error: str = ""
    detail: str = ""


_refusal = msgspec.json.Decoder(_Refusal).decode
_board = msgspec.json.Decoder(PastBoard).decode
_reel = msgspec.json.Decoder(Reel).decode
_tried = msgspec.json.Decoder(Tried).decode


class PastProcess:
    """Asks about the past under a data folder. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        data: Path,
        command: Sequence[str] = COMMAND,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = (*command, str(data.resolve()))
        self._patience_s, self._clock = patience_s, clock
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._asked_at = 0.0

    async def board(self, tenant: str, at: int) -> PastBoard:
        """The board at an instant, ms since the epoch. Raises NotFound, TooManyTries and Unavailable."""
        return _board(await self._ask({"tenant": tenant, "at": at}))

    async def reel(self, tenant: str, start: int, end: int) -> Reel:
        """The board at `start`, then what was new at each change until `end`, or as far as it reaches. Raises alike."""
        return _reel(await self._ask({"tenant": tenant, "at": start, "end": end}))

    async def moments(self, tenant: str, start: int, end: int) -> AsyncIterator[PastMoment]:
        """The board at `start`, then what was new at each change until `end`, in reels. Raises alike, in the midst."""
        at, first = start, True
        while first or at < end:
            reel = await self.reel(tenant, at, end)
            for moment in reel.moments if first else reel.moments[1:]:
                yield moment
            at, first = reel.until, False

    async def tried(self, tenant: str, trial: Trial, start: int, end: int) -> Tried:
        """What a rule would have done from `start` until `end`, or as far as it reaches. Raises as `board` does."""
        return _tried(await self._ask({"tenant": tenant, "at": start, "end": end, "trial": trial}))

    def works(self) -> list[Work]:
        """What is done about it beside the requests."""
        return [Work("letting the past rest", self.rest, IDLE_LOOK_S)]

    async def rest(self) -> None:
        """End the process where nobody has asked for a while."""
        if self._process is not None and not self._turn.locked() and self._clock() - self._asked_at > IDLE_S:
            await self.close()

    async def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            await _ended(process)

    async def _ask(self, question: dict[str, Any]) -> bytes:
        """The answer in its turn, unless it is a refusal."""
        if self._waiting >= MOST_WAITING:
            raise TooManyTries(AGAIN_S, "As many ask about the past as can be answered at once.")
        self._waiting += 1
        try:
            async with self._turn:
                self._process = self._process or await self._started()
                self._asked_at = self._clock()
                try:
                    return _told(await self._asked(self._process, question))
                except (Unavailable, asyncio.CancelledError):
                    # What it would say later belongs to nobody.
                    await self.close()
                    raise
        finally:
            self._waiting -= 1

    async def _started(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, env={}, cwd="/", start_new_session=True, limit=MOST_BYTES,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable("No process could be started for it. Try again in a moment.") from error

    async def _asked(self, process: asyncio.subprocess.Process, question: dict[str, Any]) -> bytes:
        assert process.stdin is not None and process.stdout is not None
        try:
            async with asyncio.timeout(self._patience_s):
                process.stdin.write(msgspec.json.encode(question) + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        # ValueError: a line beyond all measure.
        except (TimeoutError, ValueError, ConnectionError) as error:
            log.warning("the past was not told", extra={"reason": type(error).__name__})
            raise Unavailable("The past could not be told. Try again in a moment.") from error
        if not line.endswith(b"\n"):
            log.warning("the process that tells the past ended")
            raise Unavailable("The past could not be told. Try again in a moment.")
        return line


def _told(line: bytes) -> bytes:
    """The line, unless it is a refusal: raises NotFound or Unavailable."""
    # Boards are long, refusals short.
    refusal = _refusal(line) if line.startswith(b'{"error"') else _Refusal()
    if refusal.error == "unknown":
        raise NotFound(refusal.detail)
    if refusal.error:
        log.warning("the past cannot be told", extra={"reason": refusal.detail})
        raise Unavailable("The log of that time cannot be read. The API's log says why.")
    return line


async def _ended(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
