"""api/live/snapshot.py: all tenants' live state, as it was published."""

from collections.abc import Callable

from api_parts import agent, busy, queue
from api_rows import change, live_statements, write

from api.database import Database
from api.live.snapshot import PostgresSnapshot


async def test_everything_of_every_tenant_comes_back_as_it_was(database_as: Callable[..., str]) -> None:
    agents = [busy(), agent("Bob"), agent("Theirs", tenant="other")]
    queues = [queue(), queue("theirs", tenant="other")]
    change(database_as(), "INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    write(database_as(), live_statements([*agents, agent("Gone")], queues))
    change(database_as(), "UPDATE agent_extensions SET is_active = false WHERE name = 'Gone'")
    # Of another release.
    write(database_as(), live_statements([agent("Odd")], []))
    change(database_as(), "UPDATE agent_extensions SET live = '{}' WHERE name = 'Odd'")
    database = Database(database_as("trunkline_api"))
    await database.open()
    loaded = await PostgresSnapshot(database).load()
    await database.close()
    assert sorted(loaded[0], key=lambda each: each.name) == agents
    assert loaded[1] == queues
