"""api/door/brake.py on a real PostgreSQL: one count for all processes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from api.database import Database
from api.door.brake import Allowance, PostgresBrake

# So slow that no try comes back during a test.
THREE = Allowance("three", 3, 3600.0)
ONE = Allowance("one", 1, 3600.0)


@pytest.fixture
async def brakes(database_as: Callable[..., str]) -> AsyncIterator[tuple[PostgresBrake, PostgresBrake]]:
    """Those of two processes."""
    databases = [Database(database_as("trunkline_api")) for _ in range(2)]
    for each in databases:
        await each.open()
    yield PostgresBrake(databases[0]), PostgresBrake(databases[1])
    for each in databases:
        await each.close()


async def test_two_processes_count_together(brakes: tuple[PostgresBrake, PostgresBrake]) -> None:
    first, second = brakes
    waits = [await brake.take((THREE, "a")) for brake in (first, second, first, second)]
    assert waits[:3] == [0, 0, 0] and 3500 < waits[3] <= 3600
    assert await second.take((THREE, "b")) == 0
    assert await second.take((ONE, "a")) == 0


async def test_a_hundred_at_once_are_counted(brakes: tuple[PostgresBrake, PostgresBrake]) -> None:
    waits = await asyncio.gather(*(brakes[n % 2].take((ONE, "all"), (THREE, f"{n % 5}")) for n in range(40)))
    assert waits.count(0) == 1
    waits = await asyncio.gather(*(brakes[n % 2].take((THREE, "c")) for n in range(40)))
    assert waits.count(0) == 3


async def test_a_try_comes_back(brakes: tuple[PostgresBrake, PostgresBrake], database: str) -> None:
    await brakes[0].take((ONE, "a"))
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE brakes SET until = now() - interval '1 s'")
    assert await brakes[1].take((ONE, "a")) == 0


async def test_what_was_forgiven_begins_anew(brakes: tuple[PostgresBrake, PostgresBrake]) -> None:
    await brakes[0].take((ONE, "a"))
    await brakes[0].forgive(ONE, "a")
    assert await brakes[1].take((ONE, "a")) == 0


async def test_only_counts_that_ran_out_are_forgotten(
    brakes: tuple[PostgresBrake, PostgresBrake], database: str
) -> None:
    await brakes[0].take((ONE, "lasts"), (Allowance("brief", 1, 0.000001), "ran out"))
    await brakes[0].forget()
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT key FROM brakes").fetchall()
    assert len(rows) == 1 and b"lasts" not in rows[0][0]


async def test_the_apis_role_reaches_the_counts_by_no_other_way(database_as: Callable[..., str]) -> None:
    for statement in ("SELECT * FROM brakes", "DELETE FROM brakes", "TRUNCATE brakes"):
        with (
            psycopg.connect(database_as("trunkline_api")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)
    with (
        psycopg.connect(database_as("trunkline_streams")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT forget_tries()")
