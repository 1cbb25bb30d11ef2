"""Which event proved which field of a call, and that all of them together say what the call says."""

from typing import Any

import msgspec
import pytest
from folded import fields_of, folded
from msgspec import Struct
from msgspec.structs import replace
from stories import NOON, Told, told

from calls import events as e
from calls.call import Call, Stint, StintOutcome
from calls.form import CallForm, LegForm, MissedForm, RecordingForm, StintForm, TransferForm, call_form
from calls.state import CallChanged
from calls.timeline import CALL_FIELDS, PART_FIELDS, Step, proved, step

CARL = e.Channel("one", "one", "PJSIP/trunk-one", "5551234")
STORIES = {
    "answered": "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 65 caller ends, 65 agent Alice leaves",
    "missed": "0 arrives, 1 joins support, 2 rings Alice, 7 misses Alice, 8 rings Bob, 10 answers Bob, 20 caller ends",
    "timed out": "0 arrives, 1 joins support, 31 queue support TIMEOUT, 40 caller ends",
    "transferred": "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9 agent Alice transfers 3000",
    "held": "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9 caller holds, 12 caller resumes, 20 boots",
}


def steps(story: Told, linkedid: str = "one") -> list[Step]:
    """The timeline of a call of this story."""
    changes = [it for it in story.changes if isinstance(it, CallChanged) and it.call.linkedid == linkedid]
    return [found for change in changes if (found := step(change)) is not None]


def proof(story: Told, event: str) -> dict[str, Any]:
    """What the only step of this event proved."""
    (found,) = [it.proved for it in steps(story) if it.event == event]
    return found


def form(call: Call) -> dict[str, Any]:
    return fields_of(msgspec.to_builtins(call_form(call)))


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_all_steps_together_say_what_the_call_says(story: str) -> None:
    result = told(story)
    assert folded(steps(result)) == form(result.call)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_steps_are_in_the_order_of_the_calls_versions_and_name_their_place(story: str) -> None:
    found = steps(told(story))
    assert [it.version for it in found] == sorted(it.version for it in found)
    assert [(it.source, it.ingester, it.epoch) for it in found] == [("ami", "test", 1)] * len(found)
    assert [it.seq for it in found] == [it.version for it in found]


def test_the_first_event_proves_what_it_shows_and_nothing_that_is_open() -> None:
    (first,) = steps(told("0 arrives"))
    assert (first.event, first.at, first.version) == ("Newchannel", "2026-11-22T12:00:00.000Z", 1)
    assert first.proved == {
        "tenant": "default", "direction": "inbound", "from_number": "5551234", "from_name": "Carl Caller",
        "to_number": "2001", "status": "ringing", "certainty": "provisional", "started_at": "2026-11-22T12:00:00.000Z",
    }  # fmt: skip


def test_each_event_proves_its_own_fields() -> None:
    story = told(STORIES["answered"])
    connected = proof(story, "AgentConnect")
    assert {path for path in connected if path.startswith("stints")} == {"stints[0].outcome", "stints[0].agent"}
    assert (connected["status"], connected["answered_at"]) == ("connected", "2026-11-22T12:00:05.000Z")
    assert proof(story, "QueueCallerLeave") == {
        "stints[0].left_at": "2026-11-22T12:00:05.000Z",
        "stints[0].wait_s": 4.0,
    }
    assert proof(story, "HangupRequest")["legs[0].ended_by"] == "caller"
    assert proof(story, "HangupRequest")["legs[0].talk_s"] == 60.0


def test_what_proved_that_a_wait_timed_out_is_the_queues_status() -> None:
    story = told(STORIES["timed out"])
    assert proof(story, "QueueCallerAbandon")["stints[0].outcome"] == StintOutcome.ABANDONED
    assert proof(story, "QueueStatusSet") == {"stints[0].outcome": StintOutcome.TIMEOUT}


def test_a_transfer_is_one_value() -> None:
    assert proof(told(STORIES["transferred"]), "BlindTransfer")["legs[0].transfer"] == TransferForm("blind", "3000")


def test_what_the_form_does_not_say_is_no_step() -> None:
    story = told("0 arrives, 1 joins support, 2 rings Alice")
    asked = [it for it in story.changes if isinstance(it, CallChanged) and isinstance(it.event, e.QueueAsked)]
    assert [step(change) for change in asked] == [None]
    assert proved(story.call, story.call) == {}


def test_a_part_that_is_gone_is_said_so_and_takes_its_fields_with_it() -> None:
    call = Call("one", "pbx", NOON, "t", stints=(Stint("one", "support", NOON), Stint("one", "sales", NOON)))
    less = replace(call, stints=call.stints[:1])
    assert proved(call, less) == {"stints[1]": None}
    place = e.Position("ami", "a", 1, 2)
    changes = [
        CallChanged(call, None, e.Newchannel(pos=place, at=NOON, channel=CARL)),
        CallChanged(less, call, e.Newstate(pos=place, at=NOON, channel=CARL, state=6)),
    ]
    assert folded(found for it in changes if (found := step(it)) is not None) == form(less)


def test_a_value_that_is_taken_back_is_proved_to_be_none() -> None:
    call = Call("one", "pbx", NOON, "t", hangup_cause=16)
    assert proved(call, replace(call, hangup_cause=None)) == {"hangup_cause": None}


def test_what_a_gap_hid_is_proved_at_the_time_at_which_it_can_have_happened() -> None:
    story = told("0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 9 boots")
    last = steps(story)[-1]
    assert (last.event, last.at) == ("PbxBooted", "2026-11-22T12:00:09.000Z")
    assert (last.proved["outcome"], last.proved["legs[0].ended_by"]) == ("failed", "system")


@pytest.mark.parametrize(
    ("part", "known"), [("stints", StintForm), ("legs", LegForm), ("missed", MissedForm), ("recordings", RecordingForm)]
)
def test_every_field_of_a_part_of_the_form_can_be_proved(part: str, known: type[Struct]) -> None:
    assert [field.name for field in PART_FIELDS[part]] == list(known.__struct_fields__)


def test_every_field_of_the_form_can_be_proved_but_its_name() -> None:
    assert {"call_id", "pbx", *(field.name for field in CALL_FIELDS), *PART_FIELDS} == set(CallForm.__struct_fields__)
