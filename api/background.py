"""Work that goes on beside the requests. A failure is logged once, and the work begins again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct

# Long enough not to spin, short enough that nobody waits for it.
AGAIN_S = 1.0
# Whoever ends in order, closing connections on the way, does so within a moment.
CANCEL_AGAIN_S = 2.0

log = logging.getLogger("api.background")


class Work(Struct, frozen=True):
    """Something to do. With `every_s` it is done once each so many seconds, for ever; else until it returns."""

    name: str
    do: Callable[[], Awaitable[None]]
    every_s: float | None = None


async def keep_doing(work: Work, again_s: float = AGAIN_S) -> None:
    """Do it until it is done or cancelled; after a failure begin again in `again_s` seconds."""
    failing = False
    while True:
        pause = again_s
        try:
            await work.do()
            if work.every_s is None:
                return
            failing, pause = False, work.every_s
        # It must not matter what went wrong once: the process goes on, and the log has it.
        except Exception as error:
            if not failing:
                log.error("%s failed; trying again", work.name, exc_info=error)
            failing = True
        await asyncio.sleep(pause)


@asynccontextmanager
async def beside(works: Sequence[Work], cancel_again_s: float = CANCEL_AGAIN_S) -> AsyncIterator[None]:
    """All of this, while the body runs."""
    tasks = [asyncio.create_task(keep_doing(work), name=work.name) for work in works]
    try:
        yield
    finally:
        await _end(tasks, cancel_again_s)


async def _end(tasks: Iterable[asyncio.Task[None]], again_s: float) -> None:
    """Cancel until all have ended: libraries swallow a cancellation now and then, and the process could not stop."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=again_s)
