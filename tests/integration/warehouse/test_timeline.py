"""Timelines through the real sink: what PostgreSQL tells of a call, event by event, and to whom."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import psycopg
import pytest
from folded import fields_of, folded
from psycopg.rows import dict_row
from streamed.records import recorded

from asterisk.decode import events_of
from asterisk.replay import Replay, replay_records
from calls.codec import Record
from calls.reducer import advance
from calls.settings import QueueSettings, Settings
from calls.state import State
from calls.timeline import Step
from calls.views import agent_live, queue_live
from streams.database import Database
from streams.partition import Advance
from streams.sink import Place, Sink
from streams.work import Reducer, Work
from warehouse.readback import stored_timeline

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
PLACE = Place("cluster", "pbx.events")
Roles = Callable[..., str]
# A transfer to another queue, a merger, a place that is taken (a stint that is gone), a conference, and quality.
SCENARIOS = (
    "s07c_blind_transfer_to_other_queue",
    "s08a_attended_transfer_sip_refer_replaces",
    "s13_confbridge_three",
    "s24_rtcp_loss_and_jitter",
    "s55_blonde_transfer_to_queue",
)


async def write(database: str, records: list[Record], settings: Settings | None = None) -> None:
    """Let the sink's own role write these records, a transaction each."""
    connection = Database(database)
    sink = Sink(connection, PLACE)
    states = {record.pbx: State(pbx=record.pbx, settings=settings or Settings()) for record in records}
    first = (await sink.load(0)).next_offset
    for offset, record in enumerate(records, first):
        work = Work(REDUCER, states)
        work.take(record)
        outcome = work.finish()
        await sink.write({0: Advance(offset, offset + 1)}, outcome.rows)
        states |= outcome.states
    connection.drop()


def followed(records: list[Record]) -> Replay:
    """The same records replayed, with the timeline of every call."""
    return replay_records(records, follow=list(replay_records(records).calls))


def plain(steps: list[Step]) -> list[dict[str, object]]:
    """Steps as JSON has them."""
    return [msgspec.to_builtins(step) for step in steps]


@pytest.mark.parametrize("packed", [11, 5000])
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_stored_timeline_is_what_a_replay_tells(database_as: Roles, scenario: str, packed: int) -> None:
    records = recorded(scenario, packed=packed)
    await write(database_as("trunkline_streams"), records)
    replay = followed(records)
    for call_id, steps in replay.steps.items():
        timeline = stored_timeline(database_as("trunkline_warehouse"), call_id)
        assert timeline is not None
        assert plain(timeline.steps) == plain(steps)
        assert folded(timeline.steps) == fields_of(msgspec.to_builtins(timeline.call))


def test_a_call_that_is_not_there_has_no_timeline(database_as: Roles) -> None:
    assert stored_timeline(database_as("trunkline_warehouse"), "lab1:nobody") is None


async def test_what_is_written_twice_is_there_once(database_as: Roles) -> None:
    records = recorded("s01_queue_caller_hangup", packed=11)
    for _ in range(2):
        await write(database_as("trunkline_streams"), records)
    ((call_id, steps),) = followed(records).steps.items()
    timeline = stored_timeline(database_as("trunkline_warehouse"), call_id)
    assert timeline is not None and plain(timeline.steps) == plain(steps)


async def test_the_view_has_a_row_an_event(database_as: Roles) -> None:
    records = recorded("s01_queue_caller_hangup", packed=11)
    await write(database_as("trunkline_streams"), records)
    ((call_id, steps),) = followed(records).steps.items()
    with psycopg.connect(database_as("trunkline_warehouse"), row_factory=dict_row) as connection:
        rows = connection.execute(
            "SELECT * FROM call_timeline WHERE call_id = %s ORDER BY version, place", [call_id]
        ).fetchall()
    assert all(row.pop("place") >= 1 for row in rows)
    name = {"call_id": call_id, "tenant_id": "default"}
    assert rows == [name | it | {"at": datetime.fromisoformat(str(it["at"]))} for it in plain(steps)]


@pytest.mark.parametrize("packed", [1, 5000])
async def test_the_api_sees_one_tenants_timelines_or_none(database_as: Roles, packed: int) -> None:
    """A call's first events may be written before it comes to the queue by which its tenant is known."""
    theirs = Settings(queues={"2001": QueueSettings(tenant="other")})
    for pbx, settings in (("lab1", None), ("lab2", theirs)):
        await write(
            database_as("trunkline_streams"), recorded("s01_queue_caller_hangup", pbx=pbx, packed=packed), settings
        )  # fmt: skip
    with psycopg.connect(database_as("trunkline_api")) as connection:
        for table in ("call_timelines", "call_timeline"):
            seen = {tenant: pbxs_seen(connection, table, tenant) for tenant in ("default", "other", "nobody", "")}
            assert seen == {"default": {"lab1"}, "other": {"lab2"}, "nobody": set(), "": set()}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE call_timelines SET version = 0")


def pbxs_seen(connection: psycopg.Connection, table: str, tenant: str) -> set[str]:
    """The PBXs of whose calls this tenant sees a timeline."""
    connection.execute("SELECT set_config('trunkline.tenant', %s, true)", [tenant])
    rows = connection.execute(f"SELECT call_id FROM {table}".encode()).fetchall()
    return {call_id.partition(":")[0] for (call_id,) in rows}


async def test_a_timeline_goes_with_its_call(database_as: Roles) -> None:
    await write(database_as("trunkline_streams"), recorded("s01_queue_caller_hangup"))
    with psycopg.connect(database_as()) as owner:
        owner.execute("DELETE FROM call_sessions")
        assert owner.execute("SELECT count(*) FROM call_timelines").fetchone() == (0,)
