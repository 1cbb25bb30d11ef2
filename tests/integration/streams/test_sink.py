"""The sink against a real PostgreSQL, with the rights of its own role."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator

import psycopg
import pytest
from msgspec.structs import replace
from streamed.records import recorded
from streamed.worker import replayed, stored, stored_state

from asterisk.decode import events_of
from asterisk.replay import replay_records
from calls.call import Call
from calls.form import call_form
from calls.live import GapLive
from calls.reducer import advance
from calls.settings import QueueSettings, Settings
from calls.state import State
from calls.views import agent_live, queue_live
from streams.call_rows import Rows, add_call
from streams.database import Database
from streams.errors import Fenced, RowsRefused, Unavailable
from streams.partition import Advance, Attempts
from streams.progress import Progress
from streams.rows import GapRow, Kept, LegRow
from streams.sink import Place, Sink
from streams.work import Reducer, Work

PLACE = Place("cluster", "pbx.events")
REDUCER = Reducer(events_of, advance, agent_live, queue_live)


SCENARIOS = (
    "s07a_blind_transfer_sip_refer",
    "s08a_attended_transfer_sip_refer_replaces",
    "s14_voicemail",
    "s19_positions_three_callers_one_agent",
    "s20_odd_callerids",
    "s24_rtcp_loss_and_jitter",
)


@pytest.fixture
def connect(database_as: Callable[..., str]) -> Iterator[Callable[[], Database]]:
    """Makes connections of the sink's own role."""
    made: list[Database] = []

    def make() -> Database:
        made.append(Database(database_as("trunkline_streams")))
        return made[-1]

    yield make
    for database in made:
        database.drop()


@pytest.fixture
def sink(connect: Callable[[], Database]) -> Sink:
    return Sink(connect(), PLACE)


def nothing() -> Rows:
    return defaultdict(list)


def assign(database: str, pbx: str, partition: int = 0) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("INSERT INTO pbx_partitions (pbx, partition) VALUES (%s, %s)", (pbx, partition))


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_what_is_written_record_by_record_is_what_a_replay_gives(
    sink: Sink, database: str, scenario: str
) -> None:
    assign(database, "lab1")
    records = recorded(scenario, packed=11)
    for offset, record in enumerate(records):
        partition = await sink.load(0)
        work = Work(REDUCER, {"lab1": partition.states.get("lab1") or State(pbx="lab1")})
        work.take(record)
        await sink.write({0: Advance(offset, offset + 1)}, work.finish().rows)
    assert await stored(database) == replayed(records)
    assert stored_state(database, "lab1") == replay_records(records).states["lab1"]


async def test_agents_queues_and_intervals_are_rows(sink: Sink, database: str) -> None:
    records = recorded("s19_positions_three_callers_one_agent", packed=500)
    settings = Settings(queues={"support": QueueSettings(wrapup_s=5.0)})
    work = Work(REDUCER, {"lab1": State(pbx="lab1", settings=settings)})
    for record in records:
        work.take(record)
    await sink.load(0)
    await sink.write({0: Advance(0, 1)}, work.finish().rows)
    with psycopg.connect(database) as connection:
        agents = connection.execute("SELECT live->>'agent_id' = agent_id, version > 0 FROM agent_extensions").fetchall()
        queues = connection.execute("SELECT live->>'queue_id' = queue_id, target FROM queues").fetchall()
        spent = connection.execute("SELECT count(*) FROM presence_intervals WHERE ended_at > started_at").fetchone()
        health = connection.execute("SELECT version FROM pbx_health").fetchall()
    assert set(agents) == {(True, True)} and set(queues) == {(True, 0.8)}
    assert spent is not None and spent[0] > 0
    assert health == [(work.finish().states["lab1"].version,)]


async def test_only_one_of_two_workers_may_advance(sink: Sink, connect: Callable[[], Database]) -> None:
    other = Sink(connect(), PLACE)
    assert (await sink.load(0)).next_offset == (await other.load(0)).next_offset == 0
    await sink.write({0: Advance(0, 5)}, nothing())
    with pytest.raises(Fenced):
        await other.write({0: Advance(0, 3)}, nothing())
    assert (await other.load(0)).next_offset == 5


async def test_fenced_rows_are_not_written(sink: Sink, database: str) -> None:
    await sink.load(0)
    rows = nothing()
    rows["gaps"].append(GapRow("pbx", "kafka", "lost", detail={"from": 1, "to": 2}))
    with pytest.raises(Fenced):
        await sink.write({0: Advance(7, 8)}, rows)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM gaps").fetchone() == (0,)


async def test_loading_waits_for_a_commit_that_is_under_way(sink: Sink, database: str) -> None:
    await sink.load(0)
    with psycopg.connect(database) as owner:
        owner.execute("UPDATE sink_offsets SET next_offset = 9")
        loading = asyncio.create_task(sink.load(0))
        await asyncio.sleep(0.2)
        assert not loading.done()
    assert (await loading).next_offset == 9


async def test_rows_that_cannot_be_stored_are_refused_and_nothing_is_written(sink: Sink, database: str) -> None:
    await sink.load(0)
    work = Work(REDUCER, {"pbx": State(pbx="pbx")})
    rows = work.finish().rows
    rows["gaps"].append(GapRow("with a \x00", "kafka", "lost"))
    with pytest.raises(RowsRefused):
        await sink.write({0: Advance(0, 1)}, rows)
    assert (await sink.load(0)).next_offset == 0


async def test_a_connection_that_was_cut_comes_back(sink: Sink, database: str) -> None:
    await sink.load(0)
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'trunkline_streams'")
    with pytest.raises(Unavailable):
        await sink.write({0: Advance(0, 1)}, nothing())
    assert (await sink.load(0)).next_offset == 0


async def test_an_older_version_of_a_call_changes_nothing(sink: Sink, database: str) -> None:
    await sink.load(0)
    call = Call("1", "pbx", 0, "default", version=5, from_number="new")
    for offset, value in enumerate([call, replace(call, version=4, from_number="old")]):
        rows = nothing()
        add_call(rows, None, value, call_form(value), None)
        await sink.write({0: Advance(offset, offset + 1)}, rows)
    assert [form.from_number for form in (await stored(database)).values()] == ["new"]


async def test_legs_that_went_to_another_call_are_gone(sink: Sink, database: str) -> None:
    records = recorded("s01_queue_caller_hangup", packed=500)
    work = Work(REDUCER, {"lab1": State(pbx="lab1")})
    work.take(records[0])
    await sink.load(0)
    rows = work.finish().rows
    await sink.write({0: Advance(0, 1)}, rows)
    (leg,) = rows["legs"]
    assert isinstance(leg, LegRow)
    gone = nothing()
    gone["-legs"].append(Kept(leg.call_id, 0))
    await sink.write({0: Advance(1, 2)}, gone)
    assert (await stored(database))[leg.call_id].legs == []


async def test_attempts_are_counted_and_forgotten_once_passed(sink: Sink) -> None:
    await sink.load(0)
    for reason in ("first", "second"):
        await sink.count_attempt(0, 3, reason)
    assert (await sink.load(0)).attempts == {3: Attempts(2, "second")}
    await sink.write({0: Advance(0, 4)}, nothing())
    assert (await sink.load(0)).attempts == {}


async def test_a_new_cluster_begins_at_its_start_with_the_state_and_a_gap(
    sink: Sink, database: str, connect: Callable[[], Database]
) -> None:
    assign(database, "lab1")
    work = Work(REDUCER, {"lab1": State(pbx="lab1")})
    work.take(recorded("s01_queue_caller_hangup", packed=500)[0])
    await sink.load(0)
    await sink.write({0: Advance(0, 1)}, work.finish().rows)
    later = Sink(connect(), Place("another", PLACE.topic))
    found = []
    for _ in range(2):
        partition = await later.load(0)
        found += partition.gaps
        assert (partition.next_offset, partition.states["lab1"].version) == (0, work.finish().states["lab1"].version)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT pbx, source, cause FROM gaps").fetchall() == [
            ("lab1", "kafka", "new Kafka cluster")
        ]
        (times,) = connection.execute("SELECT started_at, ended_at FROM gaps").fetchall()
    started, ended = (int(at.timestamp() * 1000) for at in times)
    assert found == [GapLive("lab1", "kafka", "new Kafka cluster", started, ended, {"cluster": "another"})]


async def test_an_idle_pbx_is_said_to_be_up_to_date(
    sink: Sink, database: str, database_as: Callable[..., str], connect: Callable[[], Database]
) -> None:
    assign(database, "pbx", 2)
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO pbx_health VALUES ('pbx', '2026-01-01', '2026-01-01', 3)")
    await sink.load(2)
    progress = Progress(connect(), PLACE)
    await progress.up_to_date([2])
    assert await progress.total() == 0
    with psycopg.connect(database_as("trunkline_api")) as reader:
        row = reader.execute("SELECT applied_at > now() - interval '1 minute', version FROM pbx_health").fetchone()
    assert row == (True, 3)
