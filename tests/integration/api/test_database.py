"""api/database.py: one tenant a transaction, and a server that goes and comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from api.database import Database, notices


@pytest.fixture
async def pool(database_as: Callable[..., str]) -> AsyncIterator[Database]:
    """A pool by the API's own role."""
    database = Database(database_as("trunkline_api"))
    await database.open()
    yield database
    await database.close()


async def tenant_of(connection: Any) -> str | None:
    """Whom a transaction sees."""
    row = await (await connection.execute("SELECT current_tenant() AS tenant")).fetchone()
    return row["tenant"]  # type: ignore[no-any-return]


async def test_a_transaction_sees_its_tenant_and_leaves_nothing_behind(pool: Database) -> None:
    async with pool.seeing("north") as connection:
        assert await tenant_of(connection) == "north"
    for _ in range(5):
        async with pool.tenantless() as connection:
            assert await tenant_of(connection) is None


async def test_the_list_of_tenants_is_seen_where_it_is_asked_for(pool: Database) -> None:
    async with pool.operating() as connection:
        assert len(await (await connection.execute("SELECT id FROM tenants")).fetchall()) == 1
        assert await tenant_of(connection) is None
    for _ in range(5):
        async with pool.tenantless() as connection:
            assert await (await connection.execute("SELECT id FROM tenants")).fetchall() == []


async def test_many_at_once_do_not_see_each_others(pool: Database) -> None:
    async def look(tenant: str) -> bool:
        async with pool.seeing(tenant) as connection:
            await connection.execute("SELECT pg_sleep(0.005)")
            return await tenant_of(connection) == tenant

    assert all(await asyncio.gather(*(look(f"t{number % 7}") for number in range(60))))


async def test_a_tenant_is_a_value_and_not_a_statement(pool: Database) -> None:
    hostile = "x', false); DROP TABLE users; --"
    async with pool.seeing(hostile) as connection:
        assert await tenant_of(connection) == hostile


async def test_an_endless_statement_is_ended(pool: Database) -> None:
    async with pool.tenantless() as connection:
        row = await (await connection.execute("SHOW statement_timeout")).fetchone()
    assert row == {"statement_timeout": "15s"}


async def test_a_server_that_comes_back_is_found_again(own_postgres: Any) -> None:
    server, url = own_postgres
    database = Database(url("trunkline", "trunkline_api"), wait_s=0.3)
    server.kill()
    await database.open()
    with pytest.raises((PoolTimeout, psycopg.OperationalError)):
        async with database.tenantless():
            pass
    server.start()
    while True:
        try:
            async with database.tenantless() as connection:
                assert await tenant_of(connection) is None
            break
        except (PoolTimeout, psycopg.OperationalError):
            continue
    await database.close()


async def test_who_listens_is_told(database_as: Callable[..., str], pool: Database) -> None:
    async with aclosing(notices(database_as("trunkline_api"), "news of today")) as told:
        assert await anext(told) is None
        async with pool.tenantless() as connection:
            await connection.execute("SELECT pg_notify('news of today', 'rain')")
        assert await anext(told) == "rain"
