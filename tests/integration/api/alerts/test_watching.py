"""api/alerts/watching.py on a real PostgreSQL: one process watches, and the next one goes on where it was."""

import asyncio
from collections.abc import Callable

from alert_process import Process, add_rule, fired
from api_parts import NOON, Clock, until

from api.database import Database


async def test_one_process_watches_and_the_next_goes_on(database: Database, database_as: Callable[..., str]) -> None:
    await add_rule(database, database_as())
    url, clock = database_as("trunkline_api"), Clock()
    first, second = Process(url, clock), Process(url, clock)
    async with first.watching():
        await until(lambda: first.watchman.is_watching)
        waiting = asyncio.create_task(second.watchman.run())
        clock.now = NOON + 10_000
        first.wait(3, 2)
        second.wait(3, 2)
        clock.now += 2000
        await until(lambda: bool(fired(database_as())))
        assert not second.watchman.is_watching
    # The first one is gone; the next one knows what was raised, and sees its end.
    await until(lambda: second.watchman.is_watching)
    clock.now = NOON + 20_000

    def is_over() -> bool:
        second.wait(2, 3)
        clock.now += 10
        return fired(database_as())[0][1] is not None

    await until(is_over)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    ((raised, cleared, value),) = fired(database_as())
    assert (raised, value) == (10_000, 3.0)
    assert cleared >= 20_000
