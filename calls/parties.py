"""Who talks to whom: the channels of a call, by the bridges they are in. Pure functions over a call.

A Local channel is a pipe with two ends, `…;1` and `…;2`, not a person: whoever is in a bridge with one end talks to
whoever is in a bridge with the other. Asterisk often takes the pipe out again once both ends are answered.
"""

from collections.abc import Callable

from calls.call import Call, Party
from calls.events import Channel

LOCAL = "Local/"
# The name of the agent behind an interface, None where it is nobody's.
AgentName = Callable[[str], str | None]


def new_party(channel: Channel) -> Party:
    """A channel as part of a call; it talks to nobody yet."""
    pipe = channel.name.rpartition(";")[0] if channel.name.startswith(LOCAL) else ""
    return Party(channel.uniqueid, channel.interface, channel.number, pipe=pipe)


def party_of(call: Call, uniqueid: str) -> Party | None:
    """The party with this channel."""
    return next((party for party in call.parties if party.uniqueid == uniqueid), None)


def talking(call: Call, bridge: str) -> list[Party]:
    """Who is in this bridge or, through pipes, in one with those in it. Empty for no bridge (""). Pipes are nobody."""
    if not bridge:
        return []
    if not any(party.pipe for party in call.parties):
        return [party for party in call.parties if party.bridge == bridge]
    joined, found = set[str](), {bridge}
    while found:
        joined |= found
        ends = (party for party in call.parties if party.pipe and party.bridge in joined)
        found = {far for end in ends for far in _far(call, end)} - joined
    return [party for party in call.parties if party.bridge in joined and not party.pipe]


def talking_to(call: Call, uniqueid: str) -> list[Party]:
    """Who this channel's party talks to, itself left out."""
    party = party_of(call, uniqueid)
    return [it for it in talking(call, party.bridge) if it is not party] if party is not None else []


def conversation(call: Call) -> bool:
    """Whether two people of the call talk to each other."""
    bridges = [party.bridge for party in call.parties if party.bridge]
    if len(bridges) < 2:
        return False
    if not any(party.pipe for party in call.parties):
        return len(bridges) != len(set(bridges))
    return any(len(talking(call, bridge)) > 1 for bridge in set(bridges))


def phone_behind(call: Call, uniqueid: str) -> Party | None:
    """The one phone at the far end of a pipe, or of pipes one behind the other; None where none or several are."""
    end, passed = party_of(call, uniqueid), set[str]()
    while end is not None and end.pipe and end.pipe not in passed:
        passed.add(end.pipe)
        far = _far(call, end)
        there = [it for it in call.parties if it.bridge in far and it.pipe not in passed]
        if len(there) != 1:
            return None
        end = there[0]
    return end if passed and end is not None and not end.pipe else None


def _far(call: Call, end: Party) -> set[str]:
    """The bridge at the other end of a pipe, if there is one."""
    return {it.bridge for it in call.parties if it.pipe == end.pipe and it is not end and it.bridge}
