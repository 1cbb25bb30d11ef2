"""api/phone/customers.py: what a desk is told of the other party, and whom it is not told of."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import pytest
from api_parts import agent, principal
from api_rows import add_user, call_statements, change, live_statements, write
from msgspec.structs import replace
from stories import told

from api.contacts.book import PostgresCallers
from api.database import Database
from api.errors import NotFound
from api.phone.customers import PostgresCustomers
from api.roles import Role
from api.tokens import Principal

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
MISSED = "100 arrives, 101 joins support, 102 rings Alice, 112 misses Alice, 130 abandons support"
RINGS = "200 arrives, 201 joins support, 202 rings Alice"
NUMBER = "+15551234567"


class Known(NamedTuple):
    """Customers by the API's role; Alice's user, another's, and another tenant's supervisor."""

    customers: PostgresCustomers
    alice: Principal
    bob: Principal
    stranger: Principal
    owner: str


@pytest.fixture
async def known(database: str, database_as: Callable[..., str]) -> AsyncIterator[Known]:
    """Three calls of one customer, who is written in two ways; the last rings at Alice's."""
    calls = [replace(told(story).call, tenant="default") for story in (ANSWERED, MISSED, RINGS)]
    calls = [replace(call, linkedid=str(n)) for n, call in enumerate(calls, 1)]
    interface = calls[0].legs[0].interface
    theirs = replace(calls[0], linkedid="9", tenant="other")
    write(database, [*call_statements([*calls, theirs]), *live_statements([agent("Alice", interface=interface)], [])])
    users = [add_user(database, name, "agent") for name in ("ann", "bob")]
    change(database, "UPDATE agent_extensions SET user_id = %s, call_id = 'pbx:3'", users[0])
    change(database, "UPDATE call_sessions SET from_number = '5551234567'")
    change(database, "UPDATE call_sessions SET from_number = %s WHERE call_id = 'pbx:2'", NUMBER)
    change(database, "UPDATE call_sessions SET notes = %s, disposition = 'SOLD' WHERE call_id = 'pbx:1'", "Red.\nBig.")
    change(database, "INSERT INTO dispositions VALUES ('default', 'SOLD', 'Sold')")
    change(database, "INSERT INTO contacts (tenant_id, number, name) VALUES ('default', %s, 'Ana Lind')", NUMBER)
    pool = Database(database_as("trunkline_api"))
    await pool.open()
    alice, bob = (replace(principal(Role.AGENT), user_id=each) for each in users)
    customers = PostgresCustomers(pool, PostgresCallers(pool, "US"), "US")
    yield Known(customers, alice, bob, replace(principal(Role.SUPERVISOR, "other"), user_id=users[1]), database)
    await pool.close()


async def test_who_rings_and_what_was_said_before(known: Known) -> None:
    told_ = await known.customers.of(known.alice, "pbx:3")
    assert told_.number == "5551234567" and told_.contact is not None and told_.contact.name == "Ana Lind"
    assert (told_.calls, [each.call_id for each in told_.last]) == (2, ["pbx:2", "pbx:1"])
    first = told_.last[-1]
    assert (first.agent, first.result, first.notes, first.queue) == ("Alice", "Sold", "Red.\nBig.", "support")
    assert first.talk_s > 0 and first.at == told_.first_at
    # What came later is no earlier call, and of a first one there is none.
    assert (await known.customers.of(known.alice, "pbx:1")).last == []


async def test_a_withheld_number_and_a_colleague_are_nobody(known: Known) -> None:
    change(known.owner, "UPDATE call_sessions SET from_number = NULL WHERE call_id = 'pbx:3'")
    assert await known.customers.of(known.alice, "pbx:3") == await _internal(known)


async def _internal(known: Known) -> object:
    change(known.owner, "UPDATE call_sessions SET direction = 'internal', from_number = '1' WHERE call_id = 'pbx:2'")
    told_ = await known.customers.of(known.alice, "pbx:2")
    assert (told_.number, told_.contact, told_.calls, told_.last) == (None, None, 0, [])
    return told_


async def test_nobody_looks_into_calls_of_others(known: Known) -> None:
    for who, call in ((known.bob, "pbx:3"), (known.stranger, "pbx:3"), (known.alice, "pbx:9"), (known.alice, "\x00")):
        with pytest.raises(NotFound):
            await known.customers.of(who, call)
