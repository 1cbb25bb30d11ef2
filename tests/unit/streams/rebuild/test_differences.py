"""When a call of the archive differs from the database's, and when it may be written."""

import pytest
from msgspec.structs import replace

from calls.call import Call, Leg, Status
from calls.form import call_form
from calls.live import CallLive
from calls.timeline import Step
from streams.rebuild.differences import SETTLING_MS, Fence, Finding, Stored, Verdict, differences, judge, kind_of
from streams.rebuild.spool import Derived
from streams.rows import CorrectionRow

LEG = Leg(None, "Alice", "PJSIP/1", "1.2", None, answered_at=1000, ended_at=5000)
CALL = Call("1.1", "pbx", 0, "default", version=7, status=Status.ENDED, ended_at=6000, legs=(LEG,))
STEP = Step(3, "1970-01-01T00:00:00.000Z", "Hangup", "ami", "a", 1, 9, {"status": "ended"})
DERIVED = Derived(CALL, "alice", 6000, [STEP])
FENCE = Fence(6000, 6000 + SETTLING_MS)


def stored(call: Call = CALL, agent_id: str | None = "alice", **more: bool) -> Stored:
    return Stored(CallLive(call.version, call_form(call), agent_id), (replace(STEP, version=70),), **more)


def test_the_same_call_is_as_before_whatever_its_versions() -> None:
    assert judge(DERIVED, stored(replace(CALL, version=99)), FENCE) == Finding(Verdict.SAME, {})


def test_differences_are_named_by_their_paths() -> None:
    other = replace(CALL, to_number="9", legs=(replace(LEG, hold_ms=500), LEG))
    found = differences(DERIVED, stored(other, agent_id=None))
    assert found["to_number"] == ("9", None)
    assert found["legs[0].talk_s"] == (3.5, 4.0) and found["legs[0].hold_s"] == (0.5, 0.0)
    assert found["legs[1].agent"] == ("Alice", None)
    assert found["agent_id"] == (None, "alice")
    assert kind_of("legs[12].talk_s") == "legs[].talk_s"


def test_another_timeline_is_a_difference() -> None:
    without = stored()._replace(steps=())
    assert judge(DERIVED, without, FENCE) == Finding(Verdict.CHANGED, {"timeline": ("0", "1, not the same")})


def test_other_corrections_are_a_difference_whatever_their_versions() -> None:
    mine = CorrectionRow("pbx:1.1", 3, "1970-01-01T00:00:06.000Z", "AMI was cut", False, {"outcome": (None, "other")})
    derived = replace(DERIVED, corrections=[mine])
    same = stored()._replace(corrections=(replace(mine, version=30),))
    assert judge(derived, same, FENCE).verdict is Verdict.SAME
    other = stored()._replace(corrections=(replace(mine, fields={"outcome": (None, "busy")}),))
    assert judge(derived, other, FENCE).fields == {"corrections": ("1", "1, not the same")}


def test_a_call_that_the_database_has_not_is_new() -> None:
    found = judge(DERIVED, Stored(None), FENCE)
    assert found.verdict is Verdict.NEW and found.fields["call_id"] == (None, "pbx:1.1")


WRONG = replace(CALL, to_number="9")


@pytest.mark.parametrize(
    ("derived", "there", "fence", "reason"),
    [
        (replace(DERIVED, call=replace(CALL, ended_at=None)), Stored(None), FENCE, "not over in the archive"),
        (DERIVED, stored(WRONG, is_open=True), FENCE, "still open"),
        (DERIVED, stored(replace(WRONG, status=Status.RINGING)), FENCE, "still open"),
        (DERIVED, stored(WRONG), Fence(5999, FENCE.now), "not applied by a stream worker yet"),
        (DERIVED, Stored(None), Fence(5999, FENCE.now), "not applied by a stream worker yet"),
        (DERIVED, stored(WRONG), Fence(None, FENCE.now - 1), "over for less than five minutes"),
        (DERIVED, stored(WRONG, is_locked=True), FENCE, "being written by somebody else"),
        (DERIVED, stored(replace(WRONG, certainty="final")), FENCE, "final, and only provisional by the archive"),
    ],
)
def test_what_the_live_path_is_not_done_with_is_left_alone(
    derived: Derived, there: Stored, fence: Fence, reason: str
) -> None:
    found = judge(derived, there, fence)
    assert (found.verdict, found.reason) == (Verdict.LEFT, reason)


def test_a_pbx_that_no_worker_ever_heard_of_is_no_hindrance() -> None:
    assert judge(DERIVED, Stored(None), Fence(None, FENCE.now)).verdict is Verdict.NEW
