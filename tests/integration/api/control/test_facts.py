"""api/control/facts.py and notes.py: one tenant's agents, queues and calls; what agents have to say of them."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import psycopg
import pytest
from api_parts import agent, busy, queue
from api_rows import add_user, call_statements, live_statements, write
from msgspec.structs import replace
from psycopg.types.json import Jsonb
from stories import told

from api.control.facts import PostgresFacts, Waiting
from api.database import Database
from api.errors import BadRequest

WAITS = "0 arrives, 1 joins support"


class Known(NamedTuple):
    """Facts by the API's role, and Ann, who is Alice."""

    facts: PostgresFacts
    user: str
    owner: str


@pytest.fixture
async def known(database: str, database_as: Callable[..., str]) -> AsyncIterator[Known]:
    """Alice on a call, Bob free, a caller who waits; and another tenant with the same."""
    user = add_user(database, "ann", "agent")
    add_user(database, "bea", "agent", "other")
    agents = [busy(), agent("Bob"), agent("Theirs", tenant="other", pbx="pbx2")]
    queues = [queue(), queue("theirs", tenant="other"), queue("support", pbx="pbx3")]
    calls = [replace(told(WAITS).call, linkedid="2", tenant="default")]
    write(database, [*call_statements(calls), *live_statements(agents, queues)])
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE agent_extensions SET user_id = %s WHERE agent_id = 'PJSIP/Alice'", [user])
    pool = Database(database_as("trunkline_api"))
    await pool.open()
    yield Known(PostgresFacts(pool), user, database)
    await pool.close()


async def test_who_is_who(known: Known) -> None:
    (mine,) = await known.facts.own("default", known.user)
    assert (mine.agent.name, mine.user_id) == ("Alice", known.user)
    assert await known.facts.own("other", known.user) == []
    assert [seat.agent.name for seat in await known.facts.on_call("default", "pbx:1")] == ["Alice"]
    assert await known.facts.on_call("other", "pbx:1") == []
    # She is on that call alone; it is no other's that she would have on hold.
    assert await known.facts.holding("default", "pbx:1") == []
    (bob,) = await known.facts.agents("default", "PJSIP/Bob")
    assert bob.user_id is None
    assert await known.facts.agents("default", "PJSIP/Theirs") == []
    assert {each.name for each in await known.facts.members("default", "pbx", "support")} == {"Alice", "Bob"}


async def test_what_a_name_stands_for(known: Known) -> None:
    facts = known.facts
    assert [await facts.reached("default", "pbx", name) for name in ("support", "Bob", "theirs", "Theirs", "5")] == [
        *("queue", "agent", None, None, None)
    ]
    found = await facts.queue("default", "pbx:support")
    assert found is not None and found.pbx == "pbx"
    with pytest.raises(BadRequest, match="several"):
        await facts.queue("default", "support")
    assert await facts.queue("default", "theirs") is None


async def test_callers_contacts_and_left_queues(known: Known) -> None:
    waiting = await known.facts.waiting("default", "pbx:2")
    assert isinstance(waiting, Waiting) and (waiting.pbx, waiting.queue) == ("pbx", "support")
    assert await known.facts.waiting("other", "pbx:2") is None
    assert [await known.facts.has_contact("default", each) for each in ("x", str(uuid.uuid4()))] == [False, False]
    with psycopg.connect(known.owner) as connection:
        found = connection.execute(
            "INSERT INTO contacts (tenant_id, number, name) VALUES ('default', '+49301', 'Ana') RETURNING id::text"
        ).fetchone()
    assert found is not None
    forms = {found[0]: True, found[0].upper(): True, f"urn:uuid:{found[0]}": False, f"{{{found[0]}}}": False}
    assert {each: await known.facts.has_contact("default", each) for each in forms} == forms
    assert await known.facts.wrap_ups("default", "pbx") == {}
    with psycopg.connect(known.owner) as connection:
        connection.execute("UPDATE queues SET wrapup_s = 10 WHERE queue_id = 'support'")
    assert await known.facts.wrap_ups("default", "pbx") == {"support": 10.0}


STATUS = """
INSERT INTO commands (id, tenant_id, user_id, name, arguments, status, pbx, interface, owner, due_at, created_at)
VALUES (gen_random_uuid(), 'default', %s, 'status', %s, %s, 'pbx', 'PJSIP/Alice', gen_random_uuid(), now(),
  clock_timestamp())
"""


async def test_the_queues_that_an_agent_comes_back_to(known: Known) -> None:
    async def after(status: str, **arguments: list[str]) -> list[str]:
        with psycopg.connect(known.owner) as connection:
            connection.execute(STATUS, [known.user, Jsonb(arguments), status])
        return await known.facts.left_queues("default", "pbx", "PJSIP/Alice")

    assert await known.facts.left_queues("default", "pbx", "PJSIP/Alice") == []
    assert await after("confirmed", left=["support"]) == ["support"]
    assert await after("failed", left=["sales"]) == ["support"]
    # What did not end well may have taken the agent out of these, and not brought it back.
    assert await after("failed", left=[], again=["sales", "support"]) == ["sales", "support"]
    assert await after("confirmed", left=[], again=["sales", "support"]) == []
