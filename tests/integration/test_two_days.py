"""Two days of a simulated PBX, 2,400 calls with transfers, the second day with 25 hours: one number everywhere.

What the live view ends with, the marts, SQL, and the API say what an independent recount says: every metric of queues,
agents and contacts, in every interval.
"""

import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
import recount
from api_parts import FakeAccounts, bearer, client_of, make_parts, user
from api_rows import change, live_statements, write
from made_day import DAYS_END, DAYS_START, HOUR_MS
from made_installation import Installation
from simulated import run

from api.app import create_origin
from api.database import Database
from api.managers.past import calls_until, marts_under
from api.managers.routes import Desk
from api.managers.store import PostgresManagerStore
from api.roles import Role
from asterisk.noise import IGNORED
from asterisk.replay import Replay, replay_records
from asterisk.simulator.floor import Habits
from asterisk.simulator.pbx import Options, Pbx
from asterisk.simulator.traffic import Plan, Traffic
from calls.agent_metrics import AGENT_METRICS
from calls.agent_tally import AgentTally
from calls.codec import RECORD_VERSION, Entry, Record
from calls.contact_metrics import CONTACT_METRICS
from calls.form import call_form
from calls.metrics import METRICS
from calls.presence import intervals
from calls.settings import Settings
from calls.views import agent_live, extension_of, queue_live
from streams.live_rows import interval_row
from warehouse.analyst import ask
from warehouse.marts import Asked, Marts, open_marts
from warehouse.published import marts_path
from warehouse.refresh import Refresher
from warehouse.verify import verify

BERLIN, CALLS, PBX = "Europe/Berlin", 2_400, "lab1"
SETTINGS = Settings(wrapup_s=5.0)
FROM, TO = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (DAYS_START, DAYS_END))
SUNDAY = DAYS_START // 1000 + 24 * 3600
QUARTER_S = 900
# What began before was written long before the marts were made, so that they answer for it; the rest is PostgreSQL's.
SETTLED = DAYS_START + 36 * HOUR_MS
NO_CALLS = dict.fromkeys(METRICS) | {"offered": 0, "answered": 0, "abandoned": 0}
NO_WORK = dict.fromkeys(AGENT_METRICS) | {"handled": 0}
PERFORMANCE = (
    ("callsHandled", "handled", 1),
    ("avgCallDuration", "agent_call_duration", 1),
    ("avgWrapUpTime", "agent_wrap", 1),
    ("availability", "availability", 100),
)
Cells = dict[tuple[str, int], dict[str, float | None]]


def told() -> Iterator[Record]:
    """What an ingester would have kept of it."""
    plan = Plan(rate=0.0138, calls=CALLS, queues=3, agents=3, habits=Habits(talk_s=90, transfer_share=0.15))
    made = Traffic(Pbx(Options(name=PBX), DAYS_START * 1000, 5), plan)
    made.start()
    said = (raw.strip(b"\r\n") for raw in run(made).events)
    kept = [raw for raw in said if raw.partition(b"\r\n")[0].removeprefix(b"Event: ") not in IGNORED]
    for n in range(0, len(kept), 500):
        entries = [Entry(n + place + 1, 0, raw) for place, raw in enumerate(kept[n : n + 500])]
        yield Record(RECORD_VERSION, PBX, "ami", "one", 1, entries)


class Days:
    """The two days: what the fold came to, stored, loaded and published, and the recount of it."""

    def __init__(self, replay: Replay, installation: Installation) -> None:
        self.replay, self.state = replay, replay.states[PBX]
        self.calls = [msgspec.to_builtins(call_form(call)) for call in replay.calls.values()]
        self.spans = [(change.agent, span) for change in replay.spent for span in change.spent]
        # What still lasts at the end is over when the range is.
        self.spans += [(it, span) for it in self.state.agents.values() for span in intervals(it.presence, DAYS_END)]
        self.rules = {queue: (20.0, 5.0, 5.0) for queue in self.state.queues}
        self._store(installation)
        self.data = installation.data
        self.marts: Marts = open_marts(self.data, "default")

    def _store(self, installation: Installation) -> None:
        installation.write(*self.replay.calls.values())
        queues = [queue_live(self.state, it) for it in self.state.queues.values()]
        agents = [agent_live(self.state, it) for it in self.state.agents.values()]
        write(installation.owner, live_statements(agents, queues, 5.0))
        installation.write_presence(*(interval_row(PBX, SETTINGS, agent, span) for agent, span in self.spans))
        for table in ("call_sessions", "presence_intervals"):
            earlier = f"UPDATE {table} SET changed_at = now() - interval '1 day' WHERE started_at < %s"
            change(installation.owner, earlier, datetime.fromtimestamp(SETTLED / 1000, UTC))
        refresher = Refresher(installation.catalog, installation.source, installation.data, ("UTC", BERLIN))
        refresher.refresh()
        refresher.close()

    def agents_recounted(self, step: int = QUARTER_S) -> Cells:
        spans = [(agent.interface, span.state.value, span.start / 1000, span.end / 1000) for agent, span in self.spans]
        cells = recount.agents(self.calls, spans, {extension_of(it) for it in self.state.agents}, step)
        return {key: it for key, it in cells.items() if DAYS_START <= key[1] * 1000 < DAYS_END}

    def rows(self, name: str, key: str, interval: str = "15m") -> Cells:
        """A mart's metrics by what it is about and interval."""
        found = self.marts.report(name, Asked(FROM, TO, interval=interval, timezone=BERLIN)).to_dicts()
        return {(row[key], round(row["interval_start"].timestamp())): row for row in found}

    def in_sql(self, view: str, key: str, names: Iterable[str]) -> Cells:
        """The same as an analyst gets it."""
        question = f"SELECT {key}, epoch(interval_start)::BIGINT, {', '.join(names)} FROM {view}"
        rows = ask(marts_path(self.data, "default"), question).rows
        return {row[:2]: dict(zip(names, row[2:], strict=True)) for row in rows}


@pytest.fixture(scope="module")
def place(
    module_database_as: Callable[..., str], module_lake_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    data = tmp_path_factory.mktemp("days") / "data"
    made = Installation(module_database_as(), module_database_as("trunkline_warehouse"), module_lake_database, data)
    yield made
    made.close()


@pytest.fixture(scope="module")
def days(place: Installation) -> Days:
    return Days(replay_records(told(), SETTINGS), place)


@pytest.fixture
async def manager(days: Days, module_database_as: Callable[..., str]) -> AsyncIterator[httpx.AsyncClient]:
    """A manager who asks the API, which reads the marts and PostgreSQL."""
    database = Database(module_database_as("trunkline_api"))
    await database.open()
    # What still lasts is stored as over by then.
    desk = Desk(PostgresManagerStore(database, marts_under(days.data)), ZoneInfo(BERLIN), lambda: DAYS_START)
    origin = create_origin(make_parts(accounts=FakeAccounts(user(Role.MANAGER)), desk=desk))
    async with client_of(origin, headers=bearer(Role.MANAGER)) as browser:
        yield browser
    await database.close()


def same(found: dict[str, Any], expected: dict[str, float | None]) -> bool:
    return all(_near(found[name], value) for name, value in expected.items())


def _near(found: float | None, expected: float | None, off_by: float = 1e-6) -> bool:
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=off_by)


def span(start: int, end: int) -> dict[str, str]:
    """As a request names it; seconds since the epoch."""
    return {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in (("startDate", start), ("endDate", end))}


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _guide(cell: dict[str, float | None]) -> dict[str, float | None]:
    names = {"totalCalls": "offered", "answeredCalls": "answered", "abandonedCalls": "abandoned"}
    names |= {"avgWaitTime": "asa", "avgCallDuration": "call_duration"}
    return {it: cell[name] for it, name in names.items()} | {"serviceLevel": _times(cell["service_level"], 100)}


def differing(found: Cells, expected: Cells) -> list[Any]:
    """The first cells that differ; nothing if all agree."""
    keys = sorted(found.keys() ^ expected.keys())
    keys += [key for key in expected.keys() & found.keys() if not same(found[key], expected[key])]
    return [(key, found.get(key), expected.get(key)) for key in keys[:2]]


def test_there_were_so_many_calls_and_many_were_transferred(days: Days) -> None:
    assert sum(bool(call["stints"]) for call in days.calls) == CALLS
    assert sum(leg["transfer"] is not None for call in days.calls for leg in call["legs"]) > 100
    assert days.replay.rejects == []
    assert {stint["outcome"] for call in days.calls for stint in call["stints"]} >= {"answered", "abandoned", "timeout"}


def test_every_metric_of_queues_in_every_interval(days: Days) -> None:
    expected = recount.queues(days.calls, days.rules)
    assert set(next(iter(expected.values()))) == set(METRICS)
    assert differing(days.rows("queue_summary", "queue"), expected) == []
    assert differing(days.in_sql("queue_summary", "queue", METRICS), expected) == []
    hours = recount.queues(days.calls, days.rules, lambda at: int(at // 3600 * 3600))
    assert differing(days.rows("queue_summary", "queue", "1h"), hours) == []
    local_days = recount.queues(days.calls, days.rules, lambda at: SUNDAY if at >= SUNDAY else DAYS_START // 1000)
    assert differing(days.rows("queue_summary", "queue", "1d"), local_days) == []


def test_the_live_view_ends_with_the_same(days: Days) -> None:
    expected = recount.queues(days.calls, days.rules)
    live = {
        (queue.queue_id, start // 1000): {name: metric.value(tally) for name, metric in METRICS.items()}
        for queue in days.state.queues.values()
        for start, tally in queue.tallies.items()
    }
    # It keeps all of the second day.
    kept = {key: it for key, it in expected.items() if key[1] >= SUNDAY}
    assert kept and differing({key: it for key, it in live.items() if key[1] >= SUNDAY}, kept) == []
    worked = {
        (agent.interface, start // 1000): AgentTally(handled=it.handled, talk_s=it.talk_s, hold_s=it.hold_s)
        for agent in days.state.agents.values()
        for start, it in agent.worked.items()
        if it.handled
    }
    names = ("handled", "agent_talk", "agent_hold")
    found = {key: {name: AGENT_METRICS[name].value(it) for name in names} for key, it in worked.items()}
    mine = {key: {name: it[name] for name in names} for key, it in days.agents_recounted().items() if it["handled"]}
    assert differing(found, {key: it for key, it in mine.items() if key in found or key[1] >= SUNDAY}) == []


def test_every_metric_of_agents_in_every_interval(days: Days) -> None:
    expected = days.agents_recounted()
    assert set(next(iter(expected.values()))) == set(AGENT_METRICS)
    assert differing(days.rows("agent_performance", "agent_id"), expected) == []
    assert differing(days.in_sql("agent_performance", "agent_id", AGENT_METRICS), expected) == []
    assert differing(days.rows("agent_performance", "agent_id", "1h"), days.agents_recounted(3600)) == []


def test_every_metric_of_contacts_in_every_interval(days: Days) -> None:
    expected = recount.contacts(days.calls)
    assert set(next(iter(expected.values()))) == set(CONTACT_METRICS)
    assert differing(days.rows("contact_summary", "queue"), expected) == []
    assert differing(days.in_sql("contact_summary", "queue", CONTACT_METRICS), expected) == []


async def test_the_api_says_the_same_of_every_quarter(days: Days, manager: httpx.AsyncClient) -> None:
    together = [call | {"stints": [it | {"queue": "all"} for it in call["stints"]]} for call in days.calls]
    expected = recount.queues(together, {"all": (20.0, 5.0, 5.0)})
    for start in range(DAYS_START // 1000, DAYS_END // 1000, QUARTER_S):
        answer = (await manager.get("/api/pbx/manager/metrics", params=span(start, start + QUARTER_S))).json()
        assert same(answer, _guide(expected.get(("all", start), NO_CALLS))), (start, answer)
    whole = recount.queues(together, {"all": (20.0, 5.0, 5.0)}, lambda at: 0)["all", 0]
    answer = (await manager.get("/api/pbx/manager/metrics", params=span(DAYS_START // 1000, DAYS_END // 1000))).json()
    assert same(answer, _guide(whole))


async def test_the_api_says_the_same_of_every_agent_and_hour(days: Days, manager: httpx.AsyncClient) -> None:
    counted = days.agents_recounted(3600)
    for agent in {agent for agent, _ in counted}:
        for start in range(DAYS_START // 1000, DAYS_END // 1000, 3600):
            asked = {"agentId": agent, **span(start, start + 3600)}
            answer = (await manager.get("/api/pbx/manager/reports/agent-performance", params=asked)).json()
            cell = counted.get((agent, start), NO_WORK)
            expected = {name: _times(cell[metric], factor) for name, metric, factor in PERFORMANCE}
            # The report is rounded to milliseconds.
            assert all(_near(answer[name], it, 0.001) for name, it in expected.items()), (agent, start, answer)


async def test_what_the_api_says_of_the_first_day_it_reads_from_the_marts(
    days: Days, module_database_as: Callable[..., str]
) -> None:
    database = Database(module_database_as("trunkline_api"))
    await database.open()
    try:
        async with database.seeing("default") as connection:
            until = await calls_until(connection, days.marts)
    finally:
        await database.close()
    # The first call that was not settled when the marts were made.
    assert timedelta(0) <= until - datetime.fromtimestamp(SETTLED / 1000, UTC) < timedelta(hours=1)


def test_every_rollup_is_its_recount(days: Days, place: Installation) -> None:
    with place.lake() as lake:
        found = verify(lake, place.data)
    assert (found.rows, found.files) == ([], [])
