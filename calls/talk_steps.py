"""What bridges, holds and parking do to a call: who talks to whom, and whose conversation is over.

Steps as in `life_steps`.
"""

from msgspec.structs import replace

from calls.call import Call, Leg, Party, StintOutcome, Transfer
from calls.events import BridgeEnter, BridgeLeave, CallParked, HangupRequest, Hold, Unhold
from calls.legs import end_leg, hold_leg, join_leg, open_leg, part_leg, put, resume_leg, with_legs
from calls.parties import LOCAL, AgentName, party_of, phone_behind, talking, talking_to


def entered(call: Call, event: BridgeEnter, agent_name: AgentName) -> Call:
    """Two in one bridge are a conversation: each agent in it has a leg."""
    party = party_of(call, event.channel.uniqueid)
    if party is None:
        return call
    swapped = party_of(call, event.swap) if event.swap else None
    here = replace(
        party,
        bridge="" if event.holding else event.bridge,
        since=event.at,
        conference=event.conference,
        instead_of=event.swap if swapped is not None and swapped.pipe else party.instead_of,
        space=party.space if event.holding else "",
    )
    parties = tuple(here if it is party else it for it in call.parties)
    call = _phones(_taken_out(replace(call, parties=parties), here, event.at), event, agent_name)
    together = talking(call, event.bridge)
    return call if len(together) < 2 else converse(call, together, event.at, agent_name)


def _taken_out(call: Call, party: Party, at: int) -> Call:
    """A caller who waits and is in a bridge with none of the phones that ring for it was taken out of the queue."""
    ringing = {ring.uniqueid: ring.stint for ring in call.rings}
    for index, stint in enumerate(call.stints):
        if stint.uniqueid == party.uniqueid and stint.left_at is None and party.bridge:
            if any(ringing.get(it.uniqueid) == index for it in call.parties if it.bridge == party.bridge):
                continue
            gone = replace(stint, left_at=at, outcome=StintOutcome.WITHDRAWN)
            rings = tuple(ring for ring in call.rings if ring.stint != index)
            call = replace(call, stints=put(call.stints, index, gone), rings=rings)
    return call


def converse(call: Call, together: list[Party], at: int, agent_name: AgentName) -> Call:
    """These parties have a conversation, perhaps with others who are in other calls."""
    here = {party.uniqueid for party in together}
    call = with_legs(call, lambda leg: join_leg(leg, at) if leg.uniqueid in here else leg)
    if call.answered_at is None:
        call = replace(call, answered_at=at)
    for party in together:
        name = agent_name(party.interface)
        if name is not None and not any(_covers(leg, party) for leg in call.legs):
            ring = next((ring for ring in call.rings if ring.uniqueid == party.uniqueid), None)
            since = ring.since if ring and not ring.picked_from else None
            leg = Leg(None, name, party.interface, party.uniqueid, since, at)
            call = replace(call, legs=(*call.legs, leg))
    bridges = {party.bridge for party in together}
    here |= {party.uniqueid for party in call.parties if party.pipe and party.bridge in bridges}
    return replace(call, rings=tuple(ring for ring in call.rings if ring.uniqueid not in here))


def _covers(leg: Leg, party: Party) -> bool:
    """Whether this leg is the party's for the bridge it is in now; one that ended before it entered is not.

    Nor is one that ended with the caller's leave from a conference in which the party stays.
    """
    if leg.uniqueid != party.uniqueid:
        return False
    stays = party.conference and party.asked_at is None
    return leg.ended_at is None or (leg.ended_at >= party.since and not stays)


def _phones(call: Call, event: BridgeEnter, agent_name: AgentName) -> Call:
    """A leg that is reached through a pipe belongs to the phone at its end, as soon as it is known which.

    A queue's member who is no pipe is reached through one where the phone forwards its calls: ring and talk are the
    other's.
    """
    swapped = party_of(call, event.swap) if event.swap else None
    legs = call.legs
    for index, leg in enumerate(legs):
        if leg.ended_at is not None:
            continue
        phone = phone_behind(call, leg.uniqueid)
        if phone is None and swapped is not None and swapped.pipe and swapped.uniqueid == leg.uniqueid:
            phone = party_of(call, event.channel.uniqueid)
        if phone is None:
            continue
        name = agent_name(phone.interface)
        forwarded = not leg.interface.startswith(LOCAL) and phone.interface != leg.interface
        leg = replace(leg, uniqueid=phone.uniqueid)
        if name is not None and forwarded:
            rang = next((ring.since for ring in call.rings if ring.uniqueid == phone.uniqueid), leg.rang_at)
            leg = replace(leg, agent=name, interface=phone.interface, rang_at=rang)
        legs = put(legs, index, leg)
    return call if legs is call.legs else replace(call, legs=legs)


def left_bridge(call: Call, event: BridgeLeave) -> Call:
    """A channel talks to nobody now, nor does one that it leaves alone. What follows ends their legs: they may return.

    Whether it leaves one alone in a conference is told by those in other calls (`calls.rooms`). One that had asked to
    end before it was let in ends the conversation only now.
    """
    who = event.channel.uniqueid
    party = party_of(call, who)
    if party is None or party.bridge != event.bridge:
        return call
    if party.asked_at is not None:
        call = _end_by(call, who, event.at, party.asked_at)
    parties = tuple(replace(p, bridge="", left=event.bridge) if p is party else p for p in call.parties)
    call = alone(replace(call, parties=parties), who, event.at)
    others = talking(call, event.bridge)
    return alone(call, others[0].uniqueid, event.at) if len(others) == 1 and not others[0].conference else call


def alone(call: Call, uniqueid: str, at: int) -> Call:
    """This channel's party talks to nobody."""
    return with_legs(call, lambda leg: part_leg(leg, at) if leg.uniqueid == uniqueid else leg)


def held(call: Call, event: Hold) -> Call:
    """Hold by either side holds the legs of the conversation."""
    who = event.channel.uniqueid
    held = {who, *(party.uniqueid for party in talking_to(call, who))}
    return with_legs(call, lambda leg: hold_leg(leg, who, event.at) if leg.uniqueid in held else leg)


def resumed(call: Call, event: Unhold) -> Call:
    """The side that held is back."""
    return with_legs(call, lambda leg: resume_leg(leg, event.channel.uniqueid, event.at))


def asked_to_end(call: Call, event: HangupRequest) -> Call:
    """The first to ask ended the conversation; with three in a bridge only the one who asks leaves."""
    who = event.channel.uniqueid
    parties = tuple(replace(p, asked_at=event.at) if p.uniqueid == who else p for p in call.parties)
    return _end_by(replace(call, parties=parties), who, event.at)


def _end_by(call: Call, uniqueid: str, at: int, begun: int = 0) -> Call:
    """This channel's party ends its leg, and that of the one it leaves alone, if they began at `begun` or later."""
    own, others = open_leg(call, uniqueid), _left_alone(call, uniqueid)
    if own is not None and call.legs[own].answered_at >= begun:
        call = end_leg(call, own, at, "agent")
    index = open_leg(call, others[0].uniqueid) if len(others) == 1 else None
    if index is not None and call.legs[index].answered_at >= begun:
        call = end_leg(call, index, at, "caller")
    return call


def _left_alone(call: Call, uniqueid: str) -> list[Party]:
    """Whose conversation is over when this channel goes: nobody's in a conference, or where a pipe only went away.

    An agent who leaves the one consulted through a pipe may be about to hand the caller over.
    """
    leaving = party_of(call, uniqueid)
    if leaving is None or leaving.conference or leaving.pipe:
        return []
    others = talking_to(call, uniqueid)
    consulted = open_leg(call, uniqueid) is not None and any(it.bridge != leaving.bridge for it in others)
    return [] if consulted else others


def parked(call: Call, event: CallParked) -> Call:
    """The party waits in a parking space: whoever talked to it does so no more, even if they stay in the bridge.

    The agent who parked it has sent it there.
    """
    party = party_of(call, event.channel.uniqueid)
    if party is None:
        return call
    together = {it.uniqueid: it.interface for it in (party, *talking(call, party.bridge or party.left))}
    for uniqueid, phone in together.items():
        index = open_leg(call, uniqueid)
        if index is None:
            continue
        sent = event.parker in (phone, call.legs[index].interface) and uniqueid != party.uniqueid
        ended_by, transfer = ("transfer", Transfer("blind", event.space)) if sent else ("system", None)
        call = end_leg(call, index, event.at, ended_by, transfer)
    return replace(call, parties=tuple(replace(it, space=event.space) if it is party else it for it in call.parties))
