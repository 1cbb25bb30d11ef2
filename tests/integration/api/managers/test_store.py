"""api/managers/store.py: managers read their own tenant's rows, by the role that sees no others."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import psycopg
import pytest
from api_parts import agent, queue
from api_rows import call_statements, live_statements, write
from manager_parts import NO_MARTS
from msgspec.structs import replace
from stories import NOON, told

from api.database import Database
from api.managers.store import PostgresManagerStore
from calls.call import Call
from calls.live import AgentCall

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
ABANDONED = "0 arrives, 1 joins support, 30 abandons support"
NOON_UTC = datetime.fromtimestamp(NOON / 1000, UTC)
LATER = NOON_UTC.replace(hour=13)

GUARDED = (
    "users", "agent_extensions", "queues", "contacts", "dispositions", "call_sessions", "stints", "legs",
    "missed_rings", "recordings", "call_timeline", "presence_intervals", "commands",
)  # fmt: skip


def call(story: str, linkedid: str, tenant: str = "default") -> Call:
    """The call of a story, under its own name."""
    return replace(told(story).call, linkedid=linkedid, tenant=tenant)


@pytest.fixture
def filled(database_as: Callable[..., str]) -> str:
    """Two tenants with calls, agents and queues."""
    calls = [call(ANSWERED, "1"), call(ABANDONED, "2"), call(ABANDONED, "3", "other")]
    on_call = AgentCall("pbx:1", "support", "5551234", None, NOON + 5_000)
    agents = [agent(interface="PJSIP/alice", agent_id="alice", call=on_call), agent("Theirs", tenant="other")]
    queues = [queue(), queue("theirs", tenant="other")]
    write(database_as(), [*call_statements(calls), *live_statements(agents, queues)])
    return database_as("trunkline_api")


@pytest.fixture
async def store(filled: str) -> AsyncIterator[PostgresManagerStore]:
    """A store by the API's own role."""
    database = Database(filled)
    await database.open()
    yield PostgresManagerStore(database, NO_MARTS)
    await database.close()


async def test_agents_with_the_call_they_are_on(store: PostgresManagerStore) -> None:
    ((alice, row),) = await store.agents("default")
    assert (alice.name, alice.interface) == ("Alice", "PJSIP/alice")
    assert row is not None
    assert (row["call_id"], row["status"]) == ("pbx:1", "ENDED")
    ((theirs, nothing),) = await store.agents("other")
    assert (theirs.name, nothing) == ("Theirs", None)


async def test_queues(store: PostgresManagerStore) -> None:
    assert [each.queue_id for each in await store.queues("default")] == ["support"]
    assert [each.queue_id for each in await store.queues("other")] == ["theirs"]
    assert await store.queues("nobody") == []


async def test_figures_of_one_tenant_at_a_time(store: PostgresManagerStore) -> None:
    ours = await store.tally("default", NOON_UTC, LATER, None)
    theirs = await store.tally("other", NOON_UTC, LATER, None)
    assert (ours.offered, ours.answered, ours.abandoned, ours.wait_answered_s) == (2, 1, 1, 4.0)
    assert (theirs.offered, theirs.abandoned) == (1, 1)


async def test_figures_of_one_agent(store: PostgresManagerStore) -> None:
    interface = await store.interface("default", "alice")
    assert interface == "PJSIP/alice"
    tally = await store.tally("default", NOON_UTC, LATER, interface)
    assert (tally.offered, tally.answered, tally.handled, tally.talk_s) == (1, 1, 1, 55.0)
    assert (await store.tally("default", NOON_UTC, LATER, "PJSIP/nobody")).offered == 0


async def test_an_agent_of_another_tenant_is_not_there(store: PostgresManagerStore) -> None:
    assert await store.interface("default", "PJSIP/Theirs") is None
    assert await store.interface("other", "alice") is None


async def test_figures_begin_with_the_first_instant_and_end_before_the_last(store: PostgresManagerStore) -> None:
    entered = datetime.fromtimestamp(NOON / 1000 + 1, UTC)
    assert (await store.tally("default", NOON_UTC, entered, None)).offered == 0
    assert (await store.tally("default", entered, LATER, None)).offered == 2


@pytest.mark.parametrize("table", GUARDED)
def test_the_role_sees_one_tenants_rows_or_none(filled: str, table: str) -> None:
    with psycopg.connect(filled) as connection:
        unset = connection.execute(f"SELECT * FROM {table}").fetchall()
        connection.execute("SELECT set_config('trunkline.tenant', 'other', true)")
        tenants = {row[0] for row in connection.execute(f"SELECT DISTINCT tenant_id FROM {table}")}
        connection.execute("SELECT set_config('trunkline.tenant', 'nobody', true)")
        nobodys = connection.execute(f"SELECT * FROM {table}").fetchall()
    assert (unset, nobodys) == ([], [])
    assert tenants <= {"other"}


def test_the_role_can_neither_pass_nor_change_the_wall(filled: str) -> None:
    with psycopg.connect(filled) as connection:
        found = connection.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = user")
        assert found.fetchone() == (False, False, False)
        for statement in (
            "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
            "UPDATE call_sessions SET tenant_id = 'other'",
            "SET ROLE trunkline_streams",
            "SELECT body FROM pbx_state",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
