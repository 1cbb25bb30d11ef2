"""Channels, bridges, members and queues tell of themselves as Asterisk does."""

import pytest

from asterisk.simulator.world import Agent, Bridge, Call, Channel, Member, Queue


def channel() -> Channel:
    """Alice's leg."""
    return Channel("PJSIP/1001-0000000d", "lab1-5.13", "lab1-5.12", "1001", "Alice Agent", "pbx-internal")


def test_a_channels_text_follows_its_changes() -> None:
    leg = channel()
    before = leg.block()
    leg.set(state=6)
    assert "ChannelStateDesc: Down\r\n" in before and "ChannelStateDesc: Up\r\n" in leg.block()


def test_a_channels_headers_take_a_prefix() -> None:
    assert channel().block("Dest").startswith("DestChannel: PJSIP/1001-0000000d\r\nDestChannelState: 0\r\n")


def test_only_the_variables_that_events_repeat_are_kept() -> None:
    leg = channel()
    leg.set_variable("__CALL_DIRECTION", "inbound")
    leg.set_variable("SIPDOMAIN", "127.0.0.1")
    assert leg.variables == {"CALL_DIRECTION": "inbound", "CUSTOMER_ID": "", "RECORDING_FILE": ""}


def test_a_channel_knows_its_endpoint() -> None:
    assert channel().device == "PJSIP/1001"


def test_a_bridge_counts_its_channels() -> None:
    assert "BridgeNumChannels: 1\r\n" in Bridge("b", [channel()]).block()


def test_a_member_is_told_with_its_agents_state() -> None:
    member = Member(
        Queue("Sales", "2002"), Agent("PJSIP/1001", "Alice", device="ONHOLD"), 5, paused=True, reason="Lunch"
    )
    assert "Status: 8\r\nPaused: 1\r\nPausedReason: Lunch\r\n" in member.block()
    assert member.block("Name", "Location").startswith("Name: Alice\r\nLocation: PJSIP/1001\r\n")


def test_a_queues_performance_is_app_queues() -> None:
    queue = Queue("Sales", "2002", completed=19, completed_in_time=19, abandoned=5, abandoned_in_time=3)
    assert (queue.performance(), round(queue.performance2(), 1)) == (100.0, 91.7)
    assert Queue("New", "2009").performance() == 0.0


def test_a_call_without_an_agent_says_so() -> None:
    call = Call(channel(), Queue("Sales", "2002"))
    with pytest.raises(LookupError, match="no agent"):
        _ = call.agent_channel
    with pytest.raises(LookupError, match="no member"):
        _ = call.ringing_member
