"""api/managers/past.py and what is made of it: with the marts as without them, whatever changed since."""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from api_parts import agent
from api_rows import change, live_statements, write
from made_day import AGENTS, DAYS_END, DAYS_START, HOUR_MS, QUEUES, agent_of, made_calls, made_presence
from made_installation import Installation
from manager_parts import NO_MARTS
from msgspec.structs import replace

from api.database import Database
from api.managers.past import marts_under
from api.managers.performance import performance_form
from api.managers.store import PostgresManagerStore
from calls.form import iso
from calls.live import AgentLive
from calls.presence import Presence, PresenceState
from calls.settings import QueueSettings
from streams.rows import IntervalRow
from warehouse.marts import Marts
from warehouse.published import marts_path
from warehouse.refresh import Refresher

# What began before was settled when the marts were made; what began later was written just then.
SETTLED = DAYS_START + 30 * HOUR_MS
NOW = DAYS_END + HOUR_MS
RULES = QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)
LIVE = [
    agent(
        interface=AGENTS[n], agent_id=agent_of(AGENTS[n]), pbx="pbx1",
        presence=Presence(PresenceState.AVAILABLE, DAYS_END - HOUR_MS),
    )
    for n in range(3)
]  # fmt: skip


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def states_of(agent: AgentLive) -> Iterator[IntervalRow]:
    """What the agent did until what it does now."""
    for span in made_presence()[agent.interface]:
        if span.start < agent.presence.since:
            ends = iso(min(span.end, agent.presence.since))
            yield IntervalRow("pbx1", agent.agent_id, "default", span.state.value, "", iso(span.start), ends)


class Place:
    """Two days of calls, their marts, and stores with and without them. `opened`: whose marts were asked."""

    def __init__(self, installation: Installation, database: Database) -> None:
        self.installation, self.opened = installation, set[str]()
        self.with_marts = PostgresManagerStore(database, self._open)
        self.without = PostgresManagerStore(database, NO_MARTS)
        self._marts = marts_under(installation.data)

    def _open(self, tenant: str) -> Marts:
        self.opened.add(tenant)
        return self._marts(tenant)

    async def differing(self, seed: int, count: int = 6) -> list[object]:
        """Ranges of which both do not say the same; nothing if they always do."""
        dice, found = random.Random(seed), list[object]()
        whole = (DAYS_START, DAYS_END)
        ranges = [whole, *(sorted(dice.sample(range(*whole), 2)) for _ in range(count))]
        for start, end in ranges:
            for interface in (None, AGENTS[0]):
                asked = ("default", at(start), at(end), interface)
                tallies = [await store.tally(*asked) for store in (self.with_marts, self.without)]
                found += [asked] * (tallies[0] != tallies[1])
            who = ("default", agent_of(dice.choice(AGENTS[:3])), at(start), at(end), NOW)
            works = [await store.work(*who) for store in (self.with_marts, self.without)]
            told = [performance_form(it) for it in works if it is not None]
            found += [who] * (len(told) != 2 or told[0] != told[1])
        return found


@pytest.fixture
def filled(database_as: Callable[..., str], lake_database: str, tmp_path: Path) -> Iterator[Installation]:
    """Two days of two tenants, loaded and published a while after the first thirty hours were written."""
    made = Installation(database_as(), database_as("trunkline_warehouse"), lake_database, tmp_path / "data")
    theirs = [replace(call, pbx="pbx2", linkedid=f"other{n}") for n, call in enumerate(made_calls(40, 3, "other"))]
    made.write(*made_calls(400), *theirs)
    write(made.owner, live_statements(LIVE, [], 0.0))
    for name in QUEUES:
        made.write_queue(name, RULES)
    made.write_presence(*(row for it in LIVE for row in states_of(it)))
    for table in ("call_sessions", "presence_intervals"):
        change(
            made.owner, f"UPDATE {table} SET changed_at = now() - interval '1 day' WHERE started_at < %s", at(SETTLED)
        )
    change(made.owner, "UPDATE call_sessions SET disposition = 'SALE' WHERE right(call_id, 1) IN ('1', '2')")
    change(made.owner, "UPDATE call_sessions SET disposition = 'GONE' WHERE right(call_id, 1) = '3'")
    refresher = Refresher(made.catalog, made.source, made.data)
    refresher.refresh()
    refresher.close()
    yield made
    made.close()


@pytest.fixture
async def place(filled: Installation, database_as: Callable[..., str]) -> AsyncIterator[Place]:
    database = Database(database_as("trunkline_api"))
    await database.open()
    yield Place(filled, database)
    await database.close()


async def test_with_marts_as_without_them_whatever_changed_since(place: Place) -> None:
    assert await place.differing(1) == []
    # Calls that came since, one of them put right by the PBX's files, and one that began long ago and ends now.
    calls = made_calls(420)
    moved = replace(calls[7], started_at=calls[7].started_at + 2 * HOUR_MS, version=2)
    place.installation.write(*calls[400:], moved)
    assert await place.differing(2) == []
    # A call filed anew, an agent who is reached elsewhere now, other thresholds.
    change(place.installation.owner, "UPDATE call_sessions SET disposition = 'NO', changed_at = now()"
           " WHERE call_id = 'pbx1:l12'")  # fmt: skip
    change(
        place.installation.owner, "UPDATE agent_extensions SET interface = 'PJSIP/9' WHERE interface = %s", AGENTS[1]
    )
    assert await place.differing(3) == []
    place.installation.write_queue("sales", replace(RULES, service_level_s=60.0))
    assert await place.differing(4) == []
    assert place.opened == {"default"}


async def test_each_tenants_own_marts_answer_and_where_there_are_none_postgresql(place: Place) -> None:
    whole = (at(DAYS_START), at(DAYS_END), None)
    expected = {tenant: await place.without.tally(tenant, *whole) for tenant in ("default", "other", "nobody")}
    assert expected["default"].offered > expected["other"].offered > expected["nobody"].offered == 0
    assert {tenant: await place.with_marts.tally(tenant, *whole) for tenant in expected} == expected
    # What PostgreSQL has lost only the marts know.
    change(place.installation.owner, "DELETE FROM call_sessions WHERE started_at < %s", at(SETTLED - HOUR_MS))
    rest = {tenant: await place.without.tally(tenant, *whole) for tenant in expected}
    assert 0 < rest["default"].offered < expected["default"].offered / 2
    assert {tenant: await place.with_marts.tally(tenant, *whole) for tenant in expected} == expected
    for tenant in ("default", "other"):
        marts_path(place.installation.data, tenant).unlink()
        marts_path(place.installation.data, tenant).write_bytes(b"no database")
    assert {tenant: await place.with_marts.tally(tenant, *whole) for tenant in expected} == rest
