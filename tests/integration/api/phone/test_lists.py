"""api/phone/lists.py: the directory, today's calls and their quality, of one tenant and one place."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest
from api_parts import agent, principal, queue
from api_rows import add_user, call_statements, change, live_statements, write
from msgspec.structs import replace
from stories import NOON, told

from api.database import Database
from api.phone.forms import QualityBody
from api.phone.lists import PostgresLists
from api.phone.sessions import Line
from api.roles import Role

ANSWERED = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
MISSED = "0 arrives, 1 joins support, 2 rings Alice, 12 misses Alice, 30 abandons support"
SINCE = datetime.fromtimestamp(NOON / 1000 - 60, UTC)
WENDY, OTHER = principal(Role.AGENT), principal(Role.AGENT, "other")


class Desk(NamedTuple):
    """The lists, and where Alice is reached."""

    lists: PostgresLists
    line: Line
    owner: str


@pytest.fixture
async def desk(database_as: Callable[..., str]) -> AsyncIterator[Desk]:
    owner, database = database_as(), Database(database_as("trunkline_api"))
    calls = [replace(told(story).call, linkedid=name) for name, story in (("1", ANSWERED), ("2", MISSED))]
    interface = calls[0].legs[0].interface
    agents = [agent(interface=interface), agent("Bob", extension="1002"), agent("Theirs", tenant="other")]
    write(owner, [*call_statements(calls), *live_statements(agents, [queue(), queue("theirs", tenant="other")])])
    user = add_user(owner, "carol", "agent")
    change(
        owner,
        "INSERT INTO extensions (tenant_id, user_id, pbx, interface, extension)"
        " VALUES ('default', %s, 'pbx', 'PJSIP/1003', '1003')",
        user,
    )
    await database.open()
    yield Desk(PostgresLists(database), Line("pbx", interface, "Alice", "Alice", "", "Alice", 0), owner)
    await database.close()


async def test_the_directory_has_who_fits_and_nobody_of_another_tenant(desk: Desk) -> None:
    async def names(find: str) -> list[str]:
        seen = await desk.lists.people(WENDY, "pbx", find)
        return [each.name for each in [*seen, *await desk.lists.mapped(WENDY, "pbx", find)]]

    assert await names("") == ["Alice", "Bob", "carol"]
    assert (await names("bO"), await names("1002"), await names("%"), await names("_")) == (["Bob"], ["Bob"], [], [])
    assert [each.queue_id for each in await desk.lists.queues(WENDY, "pbx", "")] == ["support"]
    assert await desk.lists.people(WENDY, "elsewhere", "") == []
    assert [each.name for each in await desk.lists.people(OTHER, "pbx", "")] == ["Theirs"]


async def test_the_history_has_calls_taken_and_missed(desk: Desk) -> None:
    calls = await desk.lists.history(WENDY, desk.line, SINCE)
    assert {(each.call_id, each.missed, each.talk_s > 0, each.queue) for each in calls} == {
        ("pbx:1", False, True, "support"),
        ("pbx:2", True, False, "support"),
    }
    assert await desk.lists.history(WENDY, desk.line, SINCE.replace(year=2100)) == []
    assert await desk.lists.history(OTHER, desk.line, SINCE) == []


async def test_the_last_word_on_a_legs_sound_is_kept(desk: Desk) -> None:
    said = QualityBody(call_id="pbx:1", mos=4.2, loss_ratio=0.0, jitter_ms=3.0)
    assert await desk.lists.keep_quality(WENDY, desk.line, said)
    assert await desk.lists.keep_quality(WENDY, desk.line, replace(said, mos=3.1, rtt_ms=40.0))
    # Not one's own leg, and not one's own tenant's.
    assert not await desk.lists.keep_quality(WENDY, replace(desk.line, interface="PJSIP/Bob"), said)
    assert not await desk.lists.keep_quality(OTHER, desk.line, said)
    with psycopg.connect(desk.owner) as connection:
        rows = connection.execute("SELECT call_id, leg, mos, rtt_ms, method FROM phone_quality").fetchall()
    assert rows == [("pbx:1", 0, 3.1, 40.0, "e_model_getstats")]
