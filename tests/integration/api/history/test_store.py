"""api/history/store.py: behind each number of the marts are as many rows, page by page, for those who may see them."""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from api_parts import agent, queue
from api_rows import add_user, call_statements, change, live_statements, write
from made_day import AGENTS, DAYS_END, DAYS_START, agent_rows, made_calls
from made_lake import publish_calls
from msgspec.structs import replace

from api.database import Database
from api.errors import NotFound
from api.history.search import Search, read_cursor
from api.history.store import PostgresHistory
from api.managers.period import Period
from api.roles import Role
from api.tokens import Principal
from calls.call import Call, Recording
from calls.form import iso
from calls.settings import QueueSettings
from warehouse.marts import Asked, Marts, open_marts
from warehouse.published import marts_path

BERLIN = ZoneInfo("Europe/Berlin")
FROM, TO = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (DAYS_START, DAYS_END))
# Of the other queues nothing is said: the defaults hold.
KNOWN = QueueSettings("Support", None, 10.0, 30.0, 7.0, 0.8)
CORRECTED = {"pbx1:l3": True, "pbx1:l4": False}
STAYS = ("offered", "answered", "abandoned", "short_abandoned", "flow_out", "refused", "missed")


def calls_of(tenant: str = "default") -> list[Call]:
    """Two days, every seventh call recorded."""
    made = made_calls(400, tenant=tenant)
    kept = Recording("a.wav", "u", DAYS_START)
    return [replace(call, recordings=(kept,)) if n % 7 == 0 else call for n, call in enumerate(made)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the marts of these days."""
    folder = tmp_path_factory.mktemp("data")
    agents = [*agent_rows(), agent_rows()[0] | {"agent_id": "agent-7", "name": "Agent 7", "interface": AGENTS[7]}]
    right = {"pbx": "pbx1", "tenant": "default", "call_started_at": iso(DAYS_START), "version": 2, "fields": "{}"}
    rows = {
        "agents": agents,
        "corrections": [
            right | {"call_id": name, "corrected_at": iso(DAYS_END), "cause": "gap", "appeared": appeared}
            for name, appeared in CORRECTED.items()
        ],
    }
    publish_calls(folder, calls_of(), {"support": KNOWN}, rows, zones=("UTC", "Europe/Berlin"))
    return folder


@pytest.fixture(scope="module")
def marts(data: Path) -> Marts:
    return open_marts(data, "default")


@pytest.fixture(scope="module")
def filled(module_database_as: Callable[..., str]) -> str:
    """The same days in PostgreSQL, and a call of another tenant's; the API's own URL."""
    owner = module_database_as()
    theirs = [replace(call, linkedid=f"theirs-{call.linkedid}") for call in calls_of("other")[:20]]
    agents = [agent(f"agent-{n}", agent_id=f"agent-{n}", interface=it, pbx="pbx1") for n, it in enumerate(AGENTS)]
    ours = queue("support", pbx="pbx1", service_level_s=KNOWN.service_level_s, short_abandon_s=KNOWN.short_abandon_s)
    write(owner, [*call_statements([*calls_of(), *theirs]), *live_statements(agents, [ours])])
    for name, appeared in CORRECTED.items():
        statement = "INSERT INTO corrections VALUES (%s, 2, now(), 'gap', %s, '{}')"
        change(owner, statement, name, appeared)
    for n, verdict in enumerate(("agree", "agree", "explained", "unexplained")):
        change(
            owner,
            "INSERT INTO reconciliations VALUES (%s, 'default', 'pbx1', 1, %s, NULL, %s, 1, 0, 0, '{}', '[]', '[]')",
            *(f"pbx1:{'l' if n else 'unheard-'}{n}", FROM, verdict),
        )
    for seq, pbx in ((1, "pbx1"), (2, "pbx1"), (3, "elsewhere")):
        refused = "INSERT INTO rejects VALUES (%s, 'ami', 'a', 1, %s, 'not understood', '', %s)"
        change(owner, refused, pbx, seq, FROM)
    change(owner, "ANALYZE")
    user = add_user(owner, "alice", "agent")
    change(owner, "UPDATE agent_extensions SET user_id = %s WHERE agent_id = 'agent-1'", user)
    change(owner, "CREATE TABLE known_users AS SELECT id FROM users")
    change(owner, "GRANT SELECT ON known_users TO trunkline_api")
    return module_database_as("trunkline_api")


@pytest.fixture
async def database(filled: str) -> AsyncIterator[Database]:
    opened = Database(filled)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Database) -> PostgresHistory:
    return PostgresHistory(database)


def asker(role: Role = Role.MANAGER, tenant: str = "default", user: str = "") -> Principal:
    return Principal(user or "00000000-0000-0000-0000-000000000001", "A", tenant, role, 4_000_000_000, "sign-in")


def search(**more: Any) -> Search:
    return Search(Period(FROM, TO), BERLIN, **more)


async def counted(store: PostgresHistory, **more: Any) -> int:
    return await store.count(asker(), search(**more))


def handled(data: Path, marts: Marts, queues: list[str]) -> int:
    """What handle times are divided by, of which no report has a column."""
    wanted = [row for row in marts.queue_names() if not queues or row.queue in queues]
    with duckdb.connect(str(marts_path(data, "default")), read_only=True) as connection:
        found = connection.execute("SELECT queue, sum(handled) FROM q15 GROUP BY queue").fetchall()
    return int(sum(dict(found)[row.queue] for row in wanted))


def told(marts: Marts, name: str, **more: Any) -> list[dict[str, Any]]:
    return marts.report(name, Asked(FROM, TO, timezone="Europe/Berlin")._replace(**more)).to_dicts()


@pytest.mark.parametrize("queues", [(), ("support",), ("pbx1:sales", "billing")])
async def test_as_many_rows_as_each_figure_of_queues(
    store: PostgresHistory, data: Path, marts: Marts, queues: tuple[str, ...]
) -> None:
    rows = told(marts, "queue_summary", queues=list(queues) or None)
    shown = {name: await counted(store, show=name, queues=queues) for name in (*STAYS, "in_time", "later", "handled")}
    expected = {name: sum(row[name] for row in rows) for name in STAYS}
    expected["in_time"] = int(marts.total(FROM, TO, list(queues) or None)["service_level_met"])
    expected["later"] = expected["answered"] - expected["in_time"]
    expected["handled"] = handled(data, marts, [name.partition(":")[2] or name for name in queues])
    assert shown == expected
    assert min(expected.values()) > 0


@pytest.mark.parametrize("agents", [(), ("agent-1",), ("pbx1:agent-2", "agent-3")])
async def test_as_many_rows_as_each_figure_of_agents(
    store: PostgresHistory, marts: Marts, agents: tuple[str, ...]
) -> None:
    rows = told(marts, "agent_performance", agents=list(agents) or None)
    names = ("handled", "from_queue", "missed", "transferred")
    shown = {name: await counted(store, show=name, agents=agents, of_agents=True) for name in names}
    assert shown == {name: sum(row[name] for row in rows) for name in names}
    assert min(shown.values()) > 0


@pytest.mark.parametrize("queues", [(), ("support",)])
@pytest.mark.parametrize("agents", [(), ("agent-1",)])
async def test_as_many_rows_as_each_figure_of_parts(
    store: PostgresHistory, marts: Marts, queues: tuple[str, ...], agents: tuple[str, ...]
) -> None:
    asked = {"queues": list(queues) or None, "agents": list(agents) or None}
    expected = {
        "transferred": len(told(marts, "transfers", **asked)),
        "held": sum(row["held"] for row in told(marts, "hold", **asked)),
        "bad_quality": sum(row["below_3_6"] for row in told(marts, "quality", **asked)),
    }
    assert expected == {name: await counted(store, show=name, queues=queues, agents=agents) for name in expected}
    assert min(expected.values()) > 0


async def test_as_many_rows_as_calls_that_agents_filed(store: PostgresHistory, marts: Marts) -> None:
    for agents in ((), ("agent-1",)):
        rows = told(marts, "agent_dispositions", agents=list(agents) or None)
        assert await counted(store, show="filed", agents=agents) == sum(row["calls"] for row in rows) > 0
        unfiled = sum(row["calls"] for row in rows if row["disposition"] is None)
        assert await counted(store, show="filed", agents=agents, dispositions=("-",)) == unfiled


async def test_as_many_rows_as_each_figure_of_trust(store: PostgresHistory, marts: Marts) -> None:
    (row,) = told(marts, "data_quality")
    expected = {"over": row["calls"], **{name: row[name] for name in ("provisional", "corrected", "appeared")}}
    assert expected == {name: await counted(store, show=name) for name in expected}
    assert (expected["corrected"], expected["appeared"]) == (2, 1)
    assert [await counted(store, show=name) for name in ("compared", "agree", "explained", "unexplained")] == [
        4, 2, 1, 1,
    ]  # fmt: skip
    assert await counted(store, show="recorded") == 58
    assert await counted(store) == sum(call.merged_into is None for call in calls_of())


async def test_as_many_rows_as_each_field_of_the_heat_map(store: PostgresHistory, marts: Marts) -> None:
    cells = [row for row in told(marts, "heat_map") if row["zone"] == "Europe/Berlin"][::9]
    for cell in cells:
        at = {"weekday": cell["weekday"], "hour": cell["hour"]}
        assert await counted(store, show="offered", **at) == cell["offered"], at
    assert cells


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"show": "offered"},
        {"show": "missed"},
        {"show": "handled", "of_agents": True},
        {"show": "missed", "of_agents": True, "agents": ("agent-1",)},
        {"show": "compared"},
    ],
    ids=str,
)
async def test_pages_have_every_row_once_newest_first_and_go_both_ways(
    store: PostgresHistory, asked: dict[str, Any]
) -> None:
    wanted, pages, after = search(**asked), [], None
    while True:
        page = await store.page(asker(), wanted, 37, after, None)
        pages.append(page.rows)
        if not page.more:
            break
        after = read_cursor("after", page.rows[-1].cursor)
    rows = list(itertools.chain.from_iterable(pages))
    assert len({row.cursor for row in rows}) == len(rows) == await store.count(asker(), wanted)
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    if len(pages) > 1:
        back = await store.page(asker(), wanted, 37, None, read_cursor("before", pages[1][0].cursor))
        assert ([row.cursor for row in back.rows], back.more) == ([row.cursor for row in pages[0]], False)


async def test_a_row_tells_of_its_own_stay_and_a_call_of_all(store: PostgresHistory) -> None:
    twice = next(call for call in calls_of() if len(call.stints) > 1 and len(call.legs) > 1)
    at = Period(*(datetime.fromtimestamp((twice.started_at + ms) / 1000, UTC) for ms in (0, 7_200_000)))
    whole = await store.page(asker(), replace(search(), period=at), 50, None, None)
    row = next(row for row in whole.rows if row.call_id == twice.call_id)
    assert row.stays == len(twice.stints)
    assert row.talk_s == sum(leg.talk_ms or 0 for leg in twice.legs) / 1000
    assert set(row.queues) == {"Support" if it.queue == "support" else it.queue for it in twice.stints}
    stays = await store.page(asker(), replace(search(show="offered"), period=at), 50, None, None)
    mine = [row for row in stays.rows if row.call_id == twice.call_id]
    assert [row.wait_s for row in reversed(mine)] == [(stint.wait_ms or 0) / 1000 for stint in twice.stints]


async def test_searches(store: PostgresHistory) -> None:
    some = next(call for call in calls_of() if call.from_number and call.legs)
    found = await store.page(asker(), search(number=some.from_number[-6:]), 50, None, None)
    assert some.call_id in {row.call_id for row in found.rows}
    assert all(some.from_number[-6:] in (row.from_number or "") for row in found.rows)
    open_call = next(call for call in calls_of() if call.ended_at is None and call.from_number)
    found = await store.page(asker(), search(number=open_call.from_number[-6:]), 200, None, None)
    assert open_call.call_id in {row.call_id for row in found.rows}
    assert await counted(store, number="99999999") == 0
    assert await counted(store, number="%%%") == 0
    assert 0 < await counted(store, min_seconds=120.0, max_seconds=180.0) < await counted(store, min_seconds=120.0)
    assert await counted(store, pbx="pbx1") == await counted(store)
    assert await counted(store, pbx="pbx2") == 0
    assert await counted(store, queues=("nowhere",)) == 0
    assert await counted(store, dispositions=("SALE",)) == 0
    assert await counted(store, queues=("support",)) + await counted(store, queues=("sales",)) > 0


async def test_each_tenant_sees_its_own(store: PostgresHistory) -> None:
    for name in ("calls", "offered", "compared"):
        theirs = await store.page(asker(tenant="other"), search(show=name), 200, None, None)
        assert all(row.call_id.startswith("pbx1:theirs") for row in theirs.rows)
    assert await store.count(asker(tenant="other"), search(number="4930")) < 21
    assert await store.count(asker(tenant="nobody"), search()) == 0


async def test_what_was_refused_is_told_to_those_who_are_on_the_pbx(store: PostgresHistory) -> None:
    (told_of,) = await store.rejects(asker(), Period(FROM, TO))
    assert (told_of.pbx, told_of.source, told_of.rejects) == ("pbx1", "ami", 2)
    assert await store.rejects(asker(tenant="other"), Period(FROM, TO)) == []
    assert await store.rejects(asker(), Period(TO, TO.replace(year=2030))) == []


async def test_agents_see_calls_in_which_they_have_a_part(store: PostgresHistory, database: Database) -> None:
    async with database.tenantless() as connection:
        row = await (await connection.execute("SELECT id FROM known_users")).fetchone()
    assert row is not None
    alice = asker(Role.AGENT, user=str(row["id"]))
    mine = {call.call_id for call in calls_of() if any(leg.interface == AGENTS[1] for leg in call.legs)}
    found = await store.page(alice, search(show="handled", of_agents=True), 200, None, None)
    assert {row.call_id for row in found.rows} == mine
    others = next(call.call_id for call in calls_of() if call.legs and call.call_id not in mine)
    assert (await store.one(alice, min(mine))).call_id == min(mine)
    for refused in (store.one(alice, others), store.events(alice, others)):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(NotFound):
        await store.count(alice, search(agents=("agent-2",)))
    nobody = asker(Role.AGENT)
    assert await store.count(nobody, search()) == 0


async def test_an_agent_or_a_call_that_is_not_there(store: PostgresHistory) -> None:
    for refused in (
        store.count(asker(), search(agents=("agent-1", "nobody"))),
        store.count(asker(tenant="other"), search(agents=("agent-1",))),
        store.one(asker(tenant="other"), "pbx1:l1"),
        store.one(asker(), "pbx1:\x00"),
    ):
        with pytest.raises(NotFound):
            await refused
