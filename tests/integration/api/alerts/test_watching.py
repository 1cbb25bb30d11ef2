"""api/alerts/watching.py on a real PostgreSQL: one process watches, and the next one goes on where it was."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest
from alert_parts import ScriptedPast
from alert_process import Process, add_rule, fired, found
from api_parts import NOON, Clock, until

from api.database import Database


async def test_one_process_watches_and_the_next_goes_on(database: Database, database_as: Callable[..., str]) -> None:
    await add_rule(database, database_as())
    url, clock = database_as("trunkline_api"), Clock()
    first, second = Process(url, clock), Process(url, clock)
    async with first.watching():
        await until(lambda: first.watchman.is_watching)
        waiting = asyncio.create_task(second.watchman.run())
        clock.now = NOON + 2000
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
    assert (raised, value) == (2000, 3.0)
    assert cleared >= 20_000


@pytest.mark.parametrize("knows", [True, False])
async def test_what_fires_while_nobody_watches_is_found_and_told_late(
    database: Database, database_as: Callable[..., str], knows: bool
) -> None:
    url, clock = database_as("trunkline_api"), Clock()
    store, _ = await add_rule(database, database_as(), clock, mail=["ana@lind.example"])
    first = Process(url, clock)
    async with first.watching():
        await until(lambda: first.watchman.is_watching)
        clock.now = NOON + 10_000
        await until(lambda: watched_until(database_as()) == NOON + 10_000)
    clock.now = NOON + 3_600_000
    second = Process(url, clock, ScriptedPast((NOON + 60_000, 3), (NOON + 90_000, 1), knows=knows))
    second.wait(4, 2)
    async with second.watching():
        await until(lambda: second.tap.is_open)
        clock.now += 1
        await until(lambda: any(cleared is None for _, cleared, _ in fired(database_as())))
    missed = [(60_000, 90_000, 3.0)] if knows else []
    assert fired(database_as()) == [*missed, (3_600_000, None, 4.0)]
    assert found(database_as()) == [*([(60_000, 3_600_000)] if knows else []), (3_600_000, None)]
    (*_, oldest), _ = await store.fired("default", False, 10, 0)
    if knows:
        assert oldest.found_at == "2026-11-22T13:00:00.000Z"
        assert [it.event for it in oldest.deliveries] == ["raised", "cleared"]


def watched_until(owner: str) -> int | None:
    with psycopg.connect(owner) as connection:
        row = connection.execute("SELECT watched_until FROM alert_rules").fetchone()
    assert row is not None
    at: int | None = row[0]
    return at
