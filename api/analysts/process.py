"""The locked process that answers one question in SQL: `python -m warehouse.locked`, started, fed, watched and ended.

Its environment is empty, so that no secret of ours is in it. It limits itself; what it does not keep to, is killed.
Each tenant has so many at once, and all together have: whoever comes then is told to come again.
"""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from api.errors import BadRequest, NotFound, TooManyTries, Unavailable
from warehouse.marts import open_marts

log = logging.getLogger(__name__)

# `-I`: neither the environment nor a folder's own files change what is run.
COMMAND = (sys.executable, "-I", "-m", "warehouse.locked")
# A person waits for it.
SECONDS = 10.0
# A process takes half a second to start; on a machine that does many other things, several.
STARTS_WITHIN_S = 15.0
MOST_BYTES = 4 << 20
# What is said around the rows: names of columns, at most some hundred kilobytes.
ROOM_BYTES = 1 << 20
# One core each. More would take them from live figures.
AT_ONCE, AT_ONCE_OF_A_TENANT = 3, 2
AGAIN_S = 2.0
# What the process says of itself when it is stopped by a limit of the system: nothing.
TOO_MUCH = "It took too much time or memory. Narrow the range of time, or ask for fewer rows or columns."


class Answer(Struct, frozen=True):
    """`rows` of values under `columns`; `types` are DuckDB's. `cut`: there would be more. `error` says why not."""

    columns: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    cut: bool = False
    walls: list[str] = field(default_factory=list)
    error: str = ""
    detail: str = ""


class LockedSql:
    """Asks the marts under a data folder."""

    def __init__(
        self,
        data: Path,
        command: Sequence[str] = COMMAND,
        seconds: float = SECONDS,
        starts_within_s: float = STARTS_WITHIN_S,
    ) -> None:
        self._data = data
        self._command = tuple(command)
        self._seconds, self._patience_s = seconds, seconds + starts_within_s
        self._running: Counter[str] = Counter()

    @contextmanager
    def seat(self, tenant: str) -> Iterator[None]:
        """A place among those that ask. Raises TooManyTries while all are taken, NotFound before the first load."""
        if not open_marts(self._data, tenant).ready():
            raise NotFound("There is nothing to ask yet: the warehouse publishes after its first load.")
        if self._running[tenant] >= AT_ONCE_OF_A_TENANT or self._running.total() >= AT_ONCE:
            raise TooManyTries(AGAIN_S, "As many questions as are answered at once are being answered.")
        self._running[tenant] += 1
        try:
            yield
        finally:
            self._running[tenant] -= 1
            self._running += Counter()

    async def ask(self, tenant: str, statement: str, timezone: str, most_rows: int) -> Answer:
        """The answer, for whom has a seat. Raises BadRequest when it is refused or too much, NotFound, Unavailable."""
        question = {
            "data": str(self._data.resolve()), "tenant": tenant, "statement": statement, "timezone": timezone,
            "seconds": self._seconds, "most_rows": most_rows, "most_bytes": MOST_BYTES,
        }  # fmt: skip
        said = await self._run(msgspec.json.encode(question))
        if not said:
            raise BadRequest(TOO_MUCH)
        answer = msgspec.json.decode(said, type=Answer)
        if answer.error == "missing":
            raise NotFound(answer.detail)
        if answer.error:
            raise BadRequest(answer.detail)
        return answer

    async def _run(self, question: bytes) -> bytes:
        """What the process says; nothing if it was killed, by us or by the system."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, env={}, cwd="/", start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable("No process could be started for it. Try again in a moment.") from error
        try:
            async with asyncio.timeout(self._patience_s):
                return await _conversation(process, question)
        except TimeoutError:
            return b""
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _conversation(process: asyncio.subprocess.Process, question: bytes) -> bytes:
    assert process.stdin is not None and process.stdout is not None
    with suppress(ConnectionError):
        process.stdin.write(question)
        await process.stdin.drain()
        process.stdin.close()
    said = bytearray()
    while part := await process.stdout.read(1 << 16):
        said += part
        if len(said) > MOST_BYTES + ROOM_BYTES:
            return b""
    if code := await process.wait():
        # A signal, as a negative number, is a limit that was met; anything else is for whoever runs this to look at.
        log.warning("a question in SQL ended its process", extra={"code": code})
        return b""
    return bytes(said)
