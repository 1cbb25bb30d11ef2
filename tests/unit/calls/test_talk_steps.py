"""Steps of channels, dials and recordings."""

import pytest

from calls import events as e
from calls.call import Call, Outcome
from calls.talk_steps import (
    begin,
    dial_began,
    dial_ended,
    entered,
    outcome_of,
    recording_began,
    recording_ended,
    saw_channel,
)

POS = e.Position("ami", "a", 1, 1)
AGENTS = {"PJSIP/1001": "Alice", "PJSIP/1002": "Bob"}


def dialled(status: str) -> Call:
    """Alice dials 95559876; the dial ends so."""
    alice = e.Channel("u1", "u1", "PJSIP/1001-1", "1001", "Alice", "95559876")
    trunk = e.Channel("u2", "u1", "PJSIP/trunk-2")
    call = saw_channel(begin("p", alice, 0, "t"), alice, AGENTS.get)
    call = dial_began(saw_channel(call, trunk, AGENTS.get), e.DialBegin(pos=POS, at=1000, channel=alice, dest=trunk))
    call = dial_ended(call, e.DialEnd(pos=POS, at=5000, channel=alice, dest=trunk, status=status))
    if status == "ANSWER":
        for channel in (alice, trunk):
            call = entered(call, e.BridgeEnter(pos=POS, at=5000, channel=channel, bridge="b"), AGENTS.get)
    return call


def test_a_call_that_an_agent_dials() -> None:
    call = dialled("ANSWER")
    assert (call.direction, call.to_number, call.answered_at) == ("outbound", "95559876", 5000)
    assert [(leg.agent, leg.rang_at, leg.stint) for leg in call.legs] == [("Alice", None, None)]


def test_a_call_between_agents_is_internal_and_has_a_leg_each() -> None:
    alice, bob = e.Channel("u1", "u1", "PJSIP/1001-1", exten="1002"), e.Channel("u2", "u1", "PJSIP/1002-2")
    call = saw_channel(saw_channel(begin("p", alice, 0, "t"), alice, AGENTS.get), bob, AGENTS.get)
    call = dial_began(call, e.DialBegin(pos=POS, at=1000, channel=alice, dest=bob))
    for channel in (alice, bob):
        call = entered(call, e.BridgeEnter(pos=POS, at=4000, channel=channel, bridge="b"), AGENTS.get)
    assert call.direction == "internal"
    assert [(leg.agent, leg.rang_at) for leg in call.legs] == [("Alice", None), ("Bob", 1000)]


def test_what_the_dialplan_says_of_the_direction_stands() -> None:
    alice = e.Channel("u1", "u1", "PJSIP/1001-1", direction="inbound")
    later = e.Channel("u1", "u1", "PJSIP/1001-1", direction="internal")
    call = saw_channel(saw_channel(begin("p", alice, 0, "t"), alice, AGENTS.get), later, AGENTS.get)
    assert call.direction == "inbound"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("ANSWER", "answered"), ("BUSY", "busy"), ("NOANSWER", "no_answer"), ("CANCEL", "no_answer"),
     ("CHANUNAVAIL", "failed"), ("CONGESTION", "failed"), ("UNHEARD-OF", "other")],
)  # fmt: skip
def test_how_a_dialled_call_ends(status: str, outcome: str) -> None:
    assert outcome_of(dialled(status)) == outcome


def test_a_message_that_was_left() -> None:
    call = Call(linkedid="l", pbx="p", started_at=0, tenant="t", voicemail=True)
    assert outcome_of(call) is Outcome.VOICEMAIL


def test_a_recording_begins_and_ends() -> None:
    who = e.Channel("u1", "u1")
    call = recording_began(dialled("BUSY"), e.MixMonitorStart(pos=POS, at=10, channel=who, file="a.wav"))
    call = recording_ended(call, e.MixMonitorStop(pos=POS, at=20, channel=who))
    assert [(it.file, it.started_at, it.ended_at) for it in call.recordings] == [("a.wav", 10, 20)]
    assert recording_ended(call, e.MixMonitorStop(pos=POS, at=30, channel=who)) is call
