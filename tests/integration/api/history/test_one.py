"""api/history/one.py: one call as PostgreSQL has it, whole, with the events that prove it."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from api_parts import queue
from api_rows import call_statements, change, live_statements, write
from msgspec.structs import replace
from stories import NOON, told

from api.database import Database
from api.history.forms import Whole
from api.history.one import read_events, read_whole

PLAIN = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
STEPS = [
    {"version": 1, "at": "2026-11-22T12:00:00.000Z", "event": "ChannelStarted", "source": "ami", "ingester": "a",
     "epoch": 1, "seq": 7, "proved": {"direction": "inbound"}},
    {"version": 1, "at": "2026-11-22T12:00:01.000Z", "event": "CallerJoined", "source": "ami", "ingester": "a",
     "epoch": 1, "seq": 9, "proved": {"stints[0].queue": "support"}},
    {"version": 2, "at": "2026-11-22T12:00:30.000Z", "event": "Unhold", "source": "ami", "ingester": "a",
     "epoch": 1, "seq": 12, "proved": {"legs[0].hold_s": 10.0}},
]  # fmt: skip


@pytest.fixture
def filled(database_as: Callable[..., str]) -> str:
    """A call with all that a call can have, and one that became part of it."""
    owner = database_as()
    whole = replace(told(PLAIN).call, linkedid="1")
    inside = replace(told("0 arrives, 1 joins support, 30 abandons support").call, linkedid="2", merged_into="pbx:1")
    write(owner, [*call_statements([whole, inside]), *live_statements([], [queue()])])
    for version in (1, 2):
        steps = json.dumps([step for step in STEPS if step["version"] == version])
        change(owner, "INSERT INTO call_timelines VALUES ('pbx:1', %s, %s)", version, steps)
    change(owner, "INSERT INTO corrections VALUES ('pbx:1', 2, now(), 'gap', false, %s)", '{"ended_at": ["a", "b"]}')
    facts = '[{"subject": "ended_at", "ours": 1, "source": "cel", "theirs": 1, "verdict": "agree", "rule": null}]'
    change(
        owner,
        "INSERT INTO reconciliations"
        " VALUES ('pbx:1', 'default', 'pbx', 2, now(), now(), 'agree', 1, 0, 0, '{}', %s, '[]')",
        facts,
    )
    change(
        owner,
        "INSERT INTO phone_quality"
        " SELECT call_id, interface, ordinal, tenant_id, 3.5, 0.04, 20, 150, 'getstats' FROM legs",
    )
    contact = "00000000-0000-0000-0000-00000000000c"
    change(owner, "INSERT INTO contacts (id, tenant_id, number, name) VALUES (%s, 'default', '+4930', 'Lind')", contact)
    change(owner, "INSERT INTO dispositions (tenant_id, code, title) VALUES ('default', 'SALE', 'Sale')")
    change(
        owner,
        "UPDATE call_sessions SET contact_id = %s, disposition = 'SALE', notes = 'Well.' WHERE call_id = 'pbx:1'",
        contact,
    )
    return database_as("trunkline_api")


@pytest.fixture
async def database(filled: str) -> AsyncIterator[Database]:
    opened = Database(filled)
    await opened.open()
    yield opened
    await opened.close()


async def read(database: Database, call_id: str) -> Whole:
    async with database.seeing("default") as connection:
        return await read_whole(connection, call_id, None)


async def test_a_call_has_all_that_is_known_of_it(database: Database) -> None:
    call = await read(database, "pbx:1")
    assert (call.call_id, call.status, call.outcome, call.merged) == ("pbx:1", "ENDED", "answered", ["pbx:2"])
    assert (call.disposition_title, call.notes, call.contact and call.contact.name) == ("Sale", "Well.", "Lind")
    ((stay,), (part,)) = (call.stays, call.parts)
    assert (stay.name, stay.outcome, stay.wait_s, stay.service_level_s) == ("Support", "answered", 4.0, 20.0)
    assert (part.agent, part.mos, part.loss_ratio, part.mos_method) == ("Alice", 3.5, 0.04, "getstats")
    assert [(hold.part, (hold.ended_at - hold.began_at).total_seconds()) for hold in call.holds] == [(0, 10.0)]
    assert call.ledger is not None and call.ledger.facts[0]["subject"] == "ended_at"
    assert (call.corrections[0].fields, call.events) == ({"ended_at": ["a", "b"]}, 3)
    assert round(call.started_at.timestamp() * 1000) == NOON


async def test_one_that_became_part_of_another_says_so(database: Database) -> None:
    call = await read(database, "pbx:2")
    assert (call.merged_into, call.merged, call.parts, call.ledger, call.events) == ("pbx:1", [], [], None, 0)


async def test_events_come_in_their_order_with_their_places(database: Database) -> None:
    async with database.seeing("default") as connection:
        events = await read_events(connection, "pbx:1", None)
    assert [(each.version, each.event, each.seq) for each in events] == [
        (1, "ChannelStarted", 7), (1, "CallerJoined", 9), (2, "Unhold", 12),
    ]  # fmt: skip
    assert events[1].proved == {"stints[0].queue": "support"}
