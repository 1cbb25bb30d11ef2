"""api/managers/performance.py: what PostgreSQL holds of one agent's day."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from api_parts import agent
from api_rows import add_user, call_statements, change, live_statements, write
from manager_parts import NO_MARTS
from msgspec.structs import replace
from stories import NOON, told

from api.database import Database
from api.managers.performance import Performance, performance_form
from api.managers.store import PostgresManagerStore
from calls.presence import Presence, PresenceState

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
ALICE = agent(interface="PJSIP/alice", agent_id="alice", presence=Presence(PresenceState.AVAILABLE, NOON + 100_000))
HOUR = 3_600_000
STATES = """
INSERT INTO presence_intervals (pbx, agent_id, tenant_id, state, reason, started_at, ended_at) VALUES
  ('pbx', 'alice', 'default', 'offline', '', 'epoch', to_timestamp(%(noon)s - 100)),
  ('pbx', 'alice', 'default', 'available', '', to_timestamp(%(noon)s - 100), to_timestamp(%(noon)s + 5)),
  ('pbx', 'alice', 'default', 'on_call', '', to_timestamp(%(noon)s + 5), to_timestamp(%(noon)s + 60)),
  ('pbx', 'alice', 'default', 'wrap_up', '', to_timestamp(%(noon)s + 60), to_timestamp(%(noon)s + 100))
"""


@pytest.fixture
def filled(database_as: Callable[..., str]) -> str:
    """Two calls of Alice's that were answered, one of them with a disposition; a user who is Alice."""
    owner = database_as()
    calls = [replace(told(ANSWERED).call, linkedid=name) for name in ("1", "2")]
    write(owner, [*call_statements(calls), *live_statements([ALICE, agent("Theirs", tenant="other")], [])])
    change(owner, STATES.replace("%(noon)s", str(NOON // 1000)))
    user = add_user(owner, "alice", "agent")
    change(owner, "UPDATE agent_extensions SET user_id = %s WHERE agent_id = 'alice'", user)
    for code in ("SALE", "NO"):
        change(owner, "INSERT INTO dispositions (tenant_id, code, title) VALUES ('default', %s, '')", code)
    change(owner, "UPDATE call_sessions SET disposition = 'SALE' WHERE call_id = 'pbx:1'")
    return database_as("trunkline_api")


async def report(url: str, tenant: str, agent_id: str, start: int, end: int, now: int) -> Performance | None:
    """The report of [start, end), ms since the epoch."""
    database = Database(url)
    await database.open()
    try:
        span = [datetime.fromtimestamp(at / 1000, UTC) for at in (start, end)]
        work = await PostgresManagerStore(database, NO_MARTS).work(tenant, agent_id, span[0], span[1], now)
    finally:
        await database.close()
    return None if work is None else performance_form(work)


async def test_what_an_agent_did(filled: str) -> None:
    done = await report(filled, "default", "alice", NOON, NOON + HOUR, NOON + 200_000)
    assert done is not None
    assert (done.agent.id, done.agent.name, done.agent.username) == ("alice", "Alice", "alice")
    assert (done.calls_handled, done.avg_call_duration, done.avg_wrap_up_time) == (2, 55.0, 20.0)
    # Available for 5 s before the call and 100 s after it, of 200 s.
    assert done.availability == 52.5
    assert done.calls_by_disposition == {"NO": 0, "SALE": 1}


async def test_of_nothing_there_is_no_mean(filled: str) -> None:
    nothing = await report(filled, "default", "alice", NOON - 10 * HOUR, NOON - 9 * HOUR, NOON)
    assert nothing is not None
    assert (nothing.calls_handled, nothing.avg_call_duration, nothing.avg_wrap_up_time) == (0, None, None)
    assert (nothing.availability, nothing.calls_by_disposition) == (None, {"NO": 0, "SALE": 0})


async def test_another_tenants_agent_is_not_there(filled: str) -> None:
    assert await report(filled, "default", "PJSIP/Theirs", NOON, NOON + HOUR, NOON) is None
    assert await report(filled, "other", "alice", NOON, NOON + HOUR, NOON) is None
