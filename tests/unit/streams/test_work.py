"""What one transaction writes: the newest value of everything, and nothing of what failed."""

import pytest
from msgspec.structs import replace
from streamed.fakes import REDUCER, Word, record

from calls.call import MissedRing, Ring, Status, Stint, StintOutcome
from calls.events import Position
from calls.live import GapLive, decode_call, decode_gap, decode_reject
from calls.presence import Presence, PresenceState
from calls.settings import AgentSettings, Settings
from calls.state import Agent, AgentChanged, CallChanged, Gap, GapChanged, Queue, QueueChanged, State
from streams.errors import RowsRefused
from streams.rows import GapRow, Kept, TimelineRow
from streams.work import Reducer, Work, call_message, state_messages

EMPTY = State(pbx="pbx")
POS = Position("ami", "a", 1, 9)
PRESENCE = Presence(PresenceState.AVAILABLE, 0)


def done(*texts: str, state: State = EMPTY) -> Work:
    work = Work(REDUCER, {"pbx": state})
    work.take(record(*texts))
    return work


def field(row: object, name: str) -> object:
    return getattr(row, name)


def test_only_the_newest_value_of_a_call_is_written_and_published() -> None:
    outcome = done("CALL 7", "CALL 8", "CALL 7").finish()
    written = {field(row, "call_id"): field(row, "version") for row in outcome.rows["call_sessions"]}
    assert written == {"pbx:7": 3, "pbx:8": 2}
    assert {message.key: decode_call(message.value).version for message in outcome.messages} == {
        b"pbx:7": 3,
        b"pbx:8": 2,
    }


def test_a_transaction_adds_one_row_to_the_timeline_of_each_call_it_changed() -> None:
    rows = done("CALL 7", "CALL 8", "refuse", "end 7").finish().rows["call_timelines"]
    seven, eight = (row for row in rows if isinstance(row, TimelineRow))
    assert (seven.call_id, seven.version) == ("pbx:7", 4)
    assert [(it.seq, it.event, it.version) for it in seven.steps] == [(1, "Word", 1), (4, "Word", 4)]
    assert seven.steps[1].proved == {
        "to_number": "4", "status": Status.ENDED, "ended_at": "2026-11-22T12:00:00.004Z"
    }  # fmt: skip
    assert (eight.call_id, eight.version, [it.seq for it in eight.steps]) == ("pbx:8", 2, [2])


def test_the_next_transaction_adds_what_is_new() -> None:
    before = done("CALL 7").finish().states["pbx"]
    work = Work(REDUCER, {"pbx": before})
    work.take(record("CALL 7", seq=2))
    (row,) = work.finish().rows["call_timelines"]
    assert isinstance(row, TimelineRow)
    assert (row.version, [it.proved for it in row.steps]) == (2, [{"to_number": "2"}])


def test_a_change_that_the_form_does_not_show_is_no_row_of_a_timeline() -> None:
    before = done("CALL 7").finish().states["pbx"]
    call = before.calls["7"]
    rung = CallChanged(
        replace(call, rings=(Ring("u", "PJSIP/1", "Alice", None, 0),)), call, Word(pos=POS, at=0, text="")
    )
    outcome = changing(rung, state=before).finish()
    assert (len(outcome.rows["call_sessions"]), outcome.rows["call_timelines"]) == (1, [])


def test_a_call_that_ends_leaves_the_state() -> None:
    before = done("CALL 7").finish().states["pbx"]
    outcome = done("end 7", state=before).finish()
    assert outcome.states["pbx"].calls == {}
    assert [field(row, "key") for row in outcome.rows["-pbx_state"]] == ["7"]


def test_the_state_that_was_given_stays_as_it_is() -> None:
    done("CALL 7").finish()
    assert State(pbx="pbx") == EMPTY


def test_what_is_refused_is_kept_verbatim_with_its_reason() -> None:
    rejects = done("CALL 7", "refuse", "unreadable").finish().rows["rejects"]
    assert [(field(row, "seq"), field(row, "reason"), field(row, "raw")) for row in rejects] == [
        (2, "not now", b"refuse"),
        (3, "cannot be read", b"unreadable"),
    ]


def test_what_is_refused_is_published_under_its_position() -> None:
    messages = [it for it in done("CALL 7", "refuse", "refuse").finish().messages if it.topic == "rejects"]
    assert [message.key for message in messages] == [b"pbx:ami:a:1:2", b"pbx:ami:a:1:3"]
    assert (decode_reject(messages[0].value).reason, decode_reject(messages[0].value).raw) == ("not now", b"refuse")


def test_a_poisonous_record_is_taken_apart() -> None:
    work = Work(REDUCER, {"pbx": EMPTY})
    work.take_apart(record("CALL 7", "raise", "CALL 8"), "ValueError before")
    outcome = work.finish()
    assert set(outcome.states["pbx"].calls) == {"7", "8"}
    assert [field(row, "raw") for row in outcome.rows["rejects"]] == [b"raise"]


def test_a_record_can_be_rejected_whole() -> None:
    work = Work(REDUCER, {"pbx": EMPTY})
    work.reject(record("CALL 7", "CALL 8"), "does not fit")
    outcome = work.finish()
    assert len(outcome.rows["rejects"]) == 2 and outcome.states == {}


def test_health_says_how_far_and_when_it_was_heard() -> None:
    (row,) = done("CALL 7", "CALL 8").finish().rows["pbx_health"]
    assert (field(row, "version"), field(row, "last_event_at")) == (2, "2026-11-22T12:00:00.002Z")


def test_a_gap_is_a_row_and_a_message() -> None:
    lost = GapLive("pbx", "kafka", "lost", None, None, {"partition": 0, "from": 1, "to": 2})
    work = Work(REDUCER, {})
    work.add_gap(lost)
    outcome = work.finish()
    assert outcome.rows["gaps"] == [GapRow("pbx", "kafka", "lost", detail=lost.detail)]
    assert [(it.topic, it.key, decode_gap(it.value)) for it in outcome.messages] == [("gaps", b"pbx:kafka:0:1", lost)]


def test_a_gap_that_begins_and_ends_at_once_is_one_row() -> None:
    gap = Gap("ami", "the cable", 1_795_348_800_000)
    steps = [GapChanged(gap), GapChanged(replace(gap, end=gap.start + 1500))]
    work = Work(Reducer(lambda record: [steps], lambda state, both: (state, tuple(both)), *REDUCER[2:]), {"pbx": EMPTY})
    work.take(record("anything"))
    outcome = work.finish()
    (row,), (message,) = outcome.rows["gaps"], outcome.messages
    started, ended = "2026-11-22T12:00:00.000Z", "2026-11-22T12:00:01.500Z"
    assert row == GapRow("pbx", "ami", "the cable", started, ended)
    assert decode_gap(message.value) == GapLive("pbx", "ami", "the cable", gap.start, gap.start + 1500)


def test_what_no_row_can_hold_is_refused() -> None:
    now = record("CALL 7")
    work = Work(REDUCER, {"pbx": EMPTY})
    work.take(replace(now, entries=[now.entries[0]._replace(received=10**18)]))
    with pytest.raises(RowsRefused):
        work.finish()


def changing(*changes: AgentChanged | CallChanged | QueueChanged, state: State) -> Work:
    """A work that was given one event with these changes."""
    work = Work(Reducer(REDUCER.events_of, lambda old, event: (state, changes), *REDUCER[2:]), {"pbx": EMPTY})
    work.take(record("CALL 7"))
    return work


def test_one_person_on_two_interfaces_is_one_row() -> None:
    both = {"PJSIP/1": AgentSettings(agent_id="alice"), "PJSIP/2": AgentSettings(agent_id="alice")}
    agents = [Agent(name, "Alice", PRESENCE, version=version) for version, name in enumerate(both, 1)]
    state = State(pbx="pbx", settings=Settings(agents=both), agents={agent.interface: agent for agent in agents})
    outcome = changing(*map(AgentChanged, agents), state=state).finish()
    assert [field(row, "interface") for row in outcome.rows["agent_extensions"]] == ["PJSIP/2"]
    assert [message.key for message in outcome.messages] == [b"pbx:alice"]


def test_queues_are_written_with_their_settings() -> None:
    state = State(pbx="pbx", settings=Settings(wrapup_s=9.0), queues={"support": Queue("support")})
    (row,) = changing(QueueChanged(state.queues["support"]), state=state).finish().rows["queues"]
    assert (field(row, "queue_id"), field(row, "wrapup_s")) == ("support", 9.0)


def test_who_takes_over_publishes_everything_that_is_live() -> None:
    state = done("CALL 7").finish().states["pbx"]
    state = replace(state, agents={"PJSIP/1": Agent("PJSIP/1", "Alice", PRESENCE)}, queues={"q": Queue("q")})
    keys = [(message.topic, message.key) for message in state_messages(REDUCER, state)]
    assert keys == [("agents", b"pbx:PJSIP/1"), ("queues", b"pbx:q"), ("calls", b"pbx:7")]


def test_a_call_is_published_under_its_id() -> None:
    (message,) = done("CALL 7").finish().messages
    assert call_message(decode_call(message.value)) == message


def test_each_correction_in_a_transaction_is_a_row() -> None:
    before = done("CALL 7").finish().states["pbx"]
    call = before.calls["7"]
    steps = [replace(call, version=number, to_number=str(number)) for number in (5, 6, 7)]
    event = Word(pos=POS, at=1_795_348_800_000, text="")
    changes = [
        CallChanged(new, old, event, cause)
        for old, new, cause in zip([call, *steps], steps, ("", "the cable", "the cable"), strict=False)
    ]
    rows = changing(*changes, state=before).finish().rows["corrections"]
    assert [(field(row, "version"), field(row, "fields")) for row in rows] == [
        (6, {"to_number": ("5", "6")}), (7, {"to_number": ("6", "7")})
    ]  # fmt: skip


def test_of_a_call_that_had_ended_only_what_the_files_changed_is_written() -> None:
    stint = Stint("7", "support", 1_795_348_800_000, outcome=StintOutcome.ABANDONED)
    missed = MissedRing(0, "Alice", "PJSIP/1", 1_795_348_801_000, 0)
    call = replace(done("CALL 7").finish().states["pbx"].calls["7"], stints=(stint,), missed=(missed, missed))
    better = replace(call, version=9, missed=(missed,))
    change = CallChanged(better, call, Word(pos=POS, at=1_795_348_800_000, text=""), "the cable")
    reducer = Reducer(REDUCER.events_of, lambda old, event: (replace(old, ended={}), (change,)), *REDUCER[2:])
    work = Work(reducer, {"pbx": State(pbx="pbx", ended={"7": call})})
    work.take(record("anything"))
    rows = work.finish().rows
    assert (rows["stints"], rows["missed_rings"], rows["-missed_rings"]) == ([], [], [Kept("pbx:7", 1)])
