"""api/managers/limits.py: limits in PostgreSQL, each tenant its own, every change in the audit log."""

from collections.abc import Callable

import psycopg
from api_parts import principal, queue
from api_rows import add_user, live_statements, write
from msgspec.structs import replace

from api.database import Database
from api.managers.limits import Limits, PostgresLimits, QueueLimits
from api.roles import Role


async def test_each_tenant_has_its_own_and_of_its_own_queues_only(database_as: Callable[..., str]) -> None:
    write(database_as(), live_statements([], [queue(), queue("theirs", tenant="other")]))
    database = Database(database_as("trunkline_api"))
    await database.open()
    store = PostgresLimits(database)
    ours = replace(principal(Role.MANAGER), user_id=add_user(database_as(), "petra", "manager"))
    assert await store.change(ours, "pbx", "support", Limits(wait_amber_seconds=30.0))
    assert await store.change(ours, "pbx", "support", Limits(wait_red_seconds=45.0, waiting_red=3))
    assert not await store.change(ours, "pbx", "theirs", Limits(waiting_red=3))
    assert await store.all("default") == [QueueLimits("pbx:support", Limits(wait_red_seconds=45.0, waiting_red=3))]
    assert await store.all("other") == []
    await database.close()
    with psycopg.connect(database_as()) as connection:
        noted = connection.execute("SELECT action, subject FROM audit_log ORDER BY id").fetchall()
    assert noted == [("queue.limits", "pbx:support")] * 2
