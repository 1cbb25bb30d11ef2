"""api/control/confirm.py: which events confirm, which refute, and which say nothing."""

import pytest

from api.control import confirm
from api.control.commands import Verdict
from api.control.confirm import EVENTS, GONE, Watch, seen
from asterisk.ami import Packet

U = ("Uniqueid", "u1")
OVER = ("Hangup", U)


def told(watch: Watch, *events: tuple[object, ...]) -> Watch | Verdict:
    """What these events come to, one after the other."""
    now: Watch | Verdict = watch
    for name, *headers in events:
        assert isinstance(now, Watch)
        now = seen(now, Packet((("Event", str(name)), *headers)))  # type: ignore[arg-type]
    return now


@pytest.mark.parametrize(
    ("watch", "event"),
    [
        (confirm.hangs_up("u1"), OVER),
        (confirm.answers("u1"), ("Newstate", U, ("ChannelState", "6"))),
        (confirm.holds("u1", hold=True), ("Hold", U)),
        (confirm.holds("u1", hold=False), ("Unhold", U)),
        (confirm.hands_over("u1"), ("BlindTransfer", ("TransfererUniqueid", "u1"), ("Result", "Success"))),
        (confirm.enters_a_bridge("u1"), ("BridgeEnter", U)),
        (confirm.completes("u1"), ("AttendedTransfer", ("OrigTransfererUniqueid", "u1"), ("Result", "Success"))),
        (confirm.arrives("u1", "2001"), ("QueueCallerJoin", U, ("Queue", "2001"))),
        (confirm.arrives("u1", None), ("DialBegin", U)),
        (confirm.records("u1", start=True), ("MixMonitorStart", U)),
        (confirm.records("u1", start=False), ("MixMonitorStop", U)),
        (confirm.is_member("I", "q", member=True), ("QueueMemberAdded", ("Interface", "I"), ("Queue", "q"))),
        (confirm.is_member("I", "q", member=False), ("QueueMemberRemoved", ("Interface", "I"), ("Queue", "q"))),
        (confirm.is_paused("I", None, paused=True), ("QueueMemberPause", ("Interface", "I"), ("Paused", "1"))),
        (confirm.dials("m"), ("OriginateResponse", ("ActionID", "m"), ("Response", "Success"))),
    ],
)
def test_what_was_waited_for_confirms_and_is_let_through(watch: Watch, event: tuple[object, ...]) -> None:
    assert told(watch, ("Newexten", U)) is watch
    assert told(watch, ("Newstate", ("Uniqueid", "u2"), ("ChannelState", "6"))) is watch
    assert told(watch, event) == Verdict(True)
    assert event[0] in EVENTS


@pytest.mark.parametrize(
    ("watch", "event", "means"),
    [
        (confirm.answers("u1"), OVER, GONE),
        (confirm.hands_over("u1"), ("BlindTransfer", ("TransfererUniqueid", "u1"), ("Result", "Fail")), "transfer"),
        (
            confirm.completes("u1"),
            ("AttendedTransfer", ("OrigTransfererUniqueid", "u1"), ("Result", "Fail")),
            "complete",
        ),
        (confirm.dials("m"), _failed := ("OriginateResponse", ("ActionID", "m"), ("Response", "Failure")), "reached"),
        (confirm.dials("m"), (*_failed, ("Reason", "3")), "not answered"),
        (confirm.dials("m"), (*_failed, ("Reason", "5")), "busy"),
    ],
)
def test_what_speaks_against_it_refutes_with_its_reason(watch: Watch, event: tuple[object, ...], means: str) -> None:
    verdict = told(watch, event)
    assert isinstance(verdict, Verdict) and not verdict.confirmed and means in verdict.detail


def test_of_several_all_are_needed() -> None:
    watch = confirm.joins("u1", "u2")
    half = told(watch, ("BridgeEnter", U))
    assert isinstance(half, Watch) and told(half, ("BridgeEnter", U)) is half
    assert told(half, ("BridgeEnter", ("Uniqueid", "u2"))) == Verdict(True)
    both = confirm.all_of(confirm.is_member("I", "q", member=True), confirm.is_paused("I", "q", paused=False))
    assert len(both.wanted) == 2
