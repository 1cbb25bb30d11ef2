"""One transaction, in its order; and what is read when a partition is loaded."""

from collections import defaultdict

import pytest
from streamed.recording_database import RecordingDatabase

from calls.call import Call
from calls.state import State
from streams.call_rows import Rows
from streams.errors import Fenced, RowsRefused, Unfit
from streams.partition import Advance, Attempts, Partition
from streams.parts import split
from streams.rows import GapRow, HealthRow, Kept
from streams.sink import Place, Sink

PLACE = Place("cluster", "pbx.events")
STATE = State(pbx="pbx", version=3, calls={"7": Call("7", "pbx", 0, "default")})
PARTS = [("pbx", part.kind, part.key, part.body) for part in split(STATE)]


async def test_compare_and_set_comes_first_and_commit_last() -> None:
    database = RecordingDatabase()
    rows: Rows = defaultdict(list)
    rows["pbx_health"].append(HealthRow("pbx", "2026-11-22T12:00:00.000Z", 3))
    rows["-legs"].append(Kept("pbx:7", 1))
    await Sink(database, PLACE).write({1: Advance(5, 6), 0: Advance(2, 9)}, rows)
    statements = [statement for statement, _ in database.asked]
    assert (statements[0], statements[-1]) == ("BEGIN", "COMMIT")
    assert database.asked[1] == ("SELECT advance_offset(%s, %s, %s, %s, %s)", ("cluster", "pbx.events", 0, 2, 9))
    assert [statement.split(" ")[0] for statement in statements[2:-1]] == [
        "DELETE",
        "SELECT",
        "DELETE",
        "DELETE",
        "INSERT",
    ]
    assert database.asked[-2][1] == ('[{"pbx":"pbx","last_event_at":"2026-11-22T12:00:00.000Z","version":3}]',)


async def test_text_that_is_not_unicode_is_refused_before_anything_is_sent() -> None:
    database = RecordingDatabase()
    rows: Rows = defaultdict(list, {"gaps": [GapRow("\udc80", "kafka", "lost")]})
    with pytest.raises(RowsRefused):
        await Sink(database, PLACE).write({0: Advance(0, 1)}, rows)
    assert database.asked == []


async def test_a_partition_is_loaded_with_its_states_and_failed_attempts() -> None:
    database = RecordingDatabase({"FOR SHARE": [(8,)], "pbx_state": PARTS, "sink_attempts": [(9, 2, "ValueError")]})
    partition = await Sink(database, PLACE).load(0)
    assert (partition.next_offset, partition.states) == (8, {"pbx": STATE})
    assert partition.attempts == {9: Attempts(2, "ValueError")}


async def test_a_new_place_looks_for_another_cluster() -> None:
    database = RecordingDatabase({"INSERT INTO sink_offsets": [(0,)], "FOR SHARE": [(0,)], "pbx_state": PARTS})
    await Sink(database, PLACE).load(0)
    (values,) = [values for statement, values in database.asked if "new Kafka cluster" in statement]
    assert values == (["pbx"], "cluster", "pbx.events")


async def test_an_unannounced_pbx_is_loaded_only_at_the_offset_that_we_know() -> None:
    sink = Sink(RecordingDatabase({"FOR SHARE": [(8,)], "pbx_state": PARTS}), PLACE)
    assert await sink.load_state(Partition(0, 8), "pbx") == STATE
    assert await sink.load_state(Partition(0, 8), "unheard") == State(pbx="unheard")
    with pytest.raises(Fenced):
        await sink.load_state(Partition(0, 7), "pbx")


async def test_a_state_that_was_thrown_away_begins_with_the_version_it_had() -> None:
    sink = Sink(RecordingDatabase({"FOR SHARE": [(8,)], "FROM pbx_health": [(41,)]}), PLACE)
    assert await sink.load_state(Partition(0, 8), "pbx") == State(pbx="pbx", version=41)


async def test_a_state_of_another_version_says_what_to_do() -> None:
    unknown = [("pbx", "call", "7", b"\x93\x01\x02\x03")]
    with pytest.raises(Unfit, match="delete its rows in pbx_state"):
        await Sink(RecordingDatabase({"FOR SHARE": [(8,)], "pbx_state": unknown}), PLACE).load(0)


async def test_calls_that_ended_just_now_are_asked_for_by_pbx() -> None:
    database = RecordingDatabase()
    assert await Sink(database, PLACE).just_ended("pbx") == []
    assert database.asked[0][1] == ("pbx", "pbx", "pbx")


async def test_an_attempt_is_counted() -> None:
    database = RecordingDatabase()
    await Sink(database, PLACE).count_attempt(0, 9, "ValueError")
    assert database.asked[0][1] == ("cluster", "pbx.events", 0, 9, "ValueError")
