"""Calls of a few channels, for tests of single steps: no state around them, and no queue unless a test adds one."""

from calls import events as e
from calls.call import Call
from calls.life_steps import begin, directed, saw_channel
from calls.talk_steps import entered

POS = e.Position("ami", "a", 1, 1)
AGENTS = {"PJSIP/1001": "Alice", "PJSIP/1002": "Bob"}
CARL = e.Channel("carl", "carl", "PJSIP/trunk-00000001", "5551234", "Carl Caller", "2001")
ALICE = e.Channel("alice", "carl", "PJSIP/1001-00000002", "1001", "Alice")
BOB = e.Channel("bob", "carl", "PJSIP/1002-00000003", "1002", "Bob")
# Both ends of a pipe: what dials extension 1002 holds the first, its dialplan runs in the second.
NEAR = e.Channel("near", "carl", "Local/1002@agents-00000005;1")
FAR = e.Channel("far", "carl", "Local/1002@agents-00000005;2")


def shown(call: Call, *channels: e.Channel) -> Call:
    """The call after events that show these channels."""
    for channel in channels:
        call = directed(saw_channel(call, channel), channel, AGENTS.get)
    return call


def call_of(*channels: e.Channel) -> Call:
    """A call that the first of these channels began, at 0."""
    return shown(begin("p", channels[0], 0, "t"), *channels)


def bridged(call: Call, at: int, bridge: str, *channels: e.Channel, swap: str = "", conference: bool = False) -> Call:
    """The call after these channels have entered a bridge."""
    for channel in channels:
        event = e.BridgeEnter(pos=POS, at=at, channel=channel, bridge=bridge, swap=swap, conference=conference)
        call = entered(call, event, AGENTS.get)
    return call
