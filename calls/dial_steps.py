"""What dialling does to a call: phones ring, are picked up elsewhere, and stop ringing. Steps as in `life_steps`."""

from msgspec.structs import replace

from calls.call import Call, Ring, StintOutcome
from calls.events import CallPickedUp, DialBegin, DialEnd
from calls.parties import AgentName, new_party
from calls.queue_steps import settle_stints


def dial_began(call: Call, event: DialBegin) -> Call:
    """A phone that no queue calls begins to ring. Whoever dials has left the queue, by a key if no reason was told."""
    if any(ring.uniqueid == event.dest.uniqueid for ring in call.rings):
        return call
    if event.channel is not None:
        call = settle_stints(call, event.channel.uniqueid, StintOutcome.EXIT_KEY)
    interface = event.dest.interface
    return replace(call, rings=(*call.rings, Ring(event.dest.uniqueid, interface, interface, None, event.at)))


def dial_ended(call: Call, event: DialEnd) -> Call:
    """A dial is over. What a queue's own ring came to is told by the queue's events."""
    ring = next((ring for ring in call.rings if ring.uniqueid == event.dest.uniqueid), None)
    if ring is None or ring.stint is not None:
        return call
    if event.status == "ANSWER":  # the ring stays until the bridge, which wants to know since when it rang
        return call
    call = replace(call, rings=_without(call.rings, ring))
    if call.stints and event.channel is not None and new_party(event.channel).pipe:
        return call  # how the phone of a queue's member was reached does not tell how the call went
    return replace(call, dial_status=event.status)


def picked_up(call: Call, event: CallPickedUp, agent_name: AgentName) -> Call:
    """Another phone takes the call: the ring is its own now, and the agent who did not answer has missed nothing."""
    ring = next((ring for ring in call.rings if ring.uniqueid == event.target.uniqueid), None)
    if ring is None:
        return call
    interface = event.channel.interface
    agent = agent_name(interface) or interface
    taken = Ring(event.channel.uniqueid, interface, agent, ring.stint, event.at, ring.interface)
    return replace(call, rings=tuple(taken if it is ring else it for it in call.rings))


def _without(rings: tuple[Ring, ...], ring: Ring) -> tuple[Ring, ...]:
    return tuple(it for it in rings if it is not ring)
