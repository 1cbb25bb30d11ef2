"""What channels, bridges, dials, holds and transfers do to a call.

Each step is pure: (call, event) -> call. Who is behind an interface is handed in where a step must know it.
"""

from collections.abc import Callable

from msgspec.structs import replace

from calls.call import Call, Leg, Outcome, Party, Recording, Ring, StintOutcome, Transfer
from calls.events import (
    AttendedTransfer,
    BlindTransfer,
    BridgeEnter,
    BridgeLeave,
    Channel,
    ChannelVanished,
    DialBegin,
    DialEnd,
    Hangup,
    HangupRequest,
    Hold,
    MixMonitorStart,
    MixMonitorStop,
    Unhold,
    VoicemailLeft,
)
from calls.legs import end_leg, hold_leg, open_leg, put, resume_leg
from calls.queue_steps import settle_stints

# The name of the agent behind an interface, None where it is nobody's.
AgentName = Callable[[str], str | None]
DIAL_OUTCOMES = {
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.NO_ANSWER,
    "CANCEL": Outcome.NO_ANSWER,
    "CHANUNAVAIL": Outcome.FAILED,
    "CONGESTION": Outcome.FAILED,
}


def begin(pbx: str, channel: Channel, at: int, tenant: str) -> Call:
    """A call as its first channel shows it."""
    return Call(
        linkedid=channel.linkedid,
        pbx=pbx,
        started_at=at,
        tenant=tenant,
        from_number=channel.number,
        from_name=channel.caller_name,
    )


def saw_channel(call: Call, channel: Channel, agent_name: AgentName) -> Call:
    """Every snapshot tells a little: who takes part, the number dialled, the direction where the dialplan says it."""
    if all(party.uniqueid != channel.uniqueid for party in call.parties):
        party = Party(channel.uniqueid, channel.interface, channel.number)
        call = replace(call, parties=(*call.parties, party))
    first = channel.uniqueid == call.linkedid
    if first and not call.to_number and channel.exten not in ("", "s"):
        call = replace(call, to_number=channel.exten)
    if first and not call.from_number and channel.number:
        call = replace(call, from_number=channel.number, from_name=channel.caller_name)
    if not call.direction_told:
        call = _direct(call, channel, first, agent_name)
    return call


def _direct(call: Call, channel: Channel, first: bool, agent_name: AgentName) -> Call:
    if channel.direction:
        return replace(call, direction=channel.direction, direction_told=True)
    if agent_name(channel.interface) is None:
        return call
    if first:
        return replace(call, direction="outbound") if call.direction != "outbound" else call
    return replace(call, direction="internal") if call.direction == "outbound" else call


def dial_began(call: Call, event: DialBegin) -> Call:
    """A phone that no queue calls begins to ring."""
    if any(ring.uniqueid == event.dest.uniqueid for ring in call.rings):
        return call
    interface = event.dest.interface
    return replace(call, rings=(*call.rings, Ring(event.dest.uniqueid, interface, interface, None, event.at)))


def dial_ended(call: Call, event: DialEnd) -> Call:
    """A dial is over. What a queue's own ring came to is told by the queue's events."""
    ring = next((ring for ring in call.rings if ring.uniqueid == event.dest.uniqueid), None)
    if ring is None or ring.stint is not None:
        return call
    if event.status == "ANSWER":  # the ring stays until the bridge, which wants to know since when it rang
        return call
    return replace(call, rings=_without(call.rings, ring), dial_status=event.status)


def entered(call: Call, event: BridgeEnter, agent_name: AgentName) -> Call:
    """Two in one bridge are a conversation: each agent in it has a leg."""
    parties = tuple(
        replace(party, bridge=event.bridge) if party.uniqueid == event.channel.uniqueid else party
        for party in call.parties
    )
    call = replace(call, parties=parties)
    together = [party for party in parties if party.bridge == event.bridge]
    if len(together) < 2:
        return call
    if call.answered_at is None:
        call = replace(call, answered_at=event.at)
    for party in together:
        name = agent_name(party.interface)
        if name is not None and not any(leg.uniqueid == party.uniqueid for leg in call.legs):
            ring = next((ring for ring in call.rings if ring.uniqueid == party.uniqueid), None)
            since = ring.since if ring else None
            leg = Leg(None, name, party.interface, party.uniqueid, since, event.at)
            call = replace(call, legs=(*call.legs, leg))
    here = {party.uniqueid for party in together}
    return replace(call, rings=tuple(ring for ring in call.rings if ring.uniqueid not in here))


def left_bridge(call: Call, event: BridgeLeave) -> Call:
    """A channel talks to nobody now. Its leg ends by what follows: it may come back."""
    parties = tuple(
        replace(p, bridge="") if p.uniqueid == event.channel.uniqueid and p.bridge == event.bridge else p
        for p in call.parties
    )
    return replace(call, parties=parties)


def held(call: Call, event: Hold) -> Call:
    """Hold by either side holds the legs of the conversation."""
    who = event.channel.uniqueid
    return replace(call, legs=tuple(hold_leg(g, who, event.at) if _with(call, g, who) else g for g in call.legs))


def resumed(call: Call, event: Unhold) -> Call:
    """The side that held is back."""
    return replace(call, legs=tuple(resume_leg(leg, event.channel.uniqueid, event.at) for leg in call.legs))


def blind_transferred(call: Call, event: BlindTransfer) -> Call:
    """The agent sent the caller on: the leg is over."""
    index = open_leg(call, event.transferer.uniqueid) if event.ok else None
    return call if index is None else end_leg(call, index, event.at, "transfer", Transfer("blind", event.exten))


def attended_transferred(call: Call, event: AttendedTransfer) -> Call:
    """The agent joined two parties and left, perhaps by hanging up just before."""
    if not event.ok:
        return call
    transfer = Transfer("attended", event.second.exten or (event.target.number if event.target else ""))
    for channel in (event.transferer, event.second):
        index = open_leg(call, channel.uniqueid)
        if index is not None:
            call = end_leg(call, index, event.at, "transfer", transfer)
            continue
        legs = tuple(
            replace(leg, ended_by="transfer", transfer=transfer)
            if leg.uniqueid == channel.uniqueid and leg.ended_by == "agent"
            else leg
            for leg in call.legs
        )
        call = replace(call, legs=legs) if legs != call.legs else call
    return call


def asked_to_end(call: Call, event: HangupRequest) -> Call:
    """The first to ask ended the conversation; with three in a bridge only the one who asks leaves."""
    who = event.channel.uniqueid
    parties = tuple(replace(p, asked_to_end=True) if p.uniqueid == who else p for p in call.parties)
    call = replace(call, parties=parties)
    own = open_leg(call, who)
    bridge = next((party.bridge for party in parties if party.uniqueid == who), "")
    others = [p.uniqueid for p in parties if p.bridge == bridge and p.uniqueid != who] if bridge else []
    if own is not None:
        call = end_leg(call, own, event.at, "agent")
    if len(others) != 1:
        return call
    index = open_leg(call, others[0])
    return call if index is None else end_leg(call, index, event.at, "caller")


def gone(call: Call, event: Hangup) -> Call:
    """A channel is gone; with the last one the call."""
    who = event.channel.uniqueid
    index = open_leg(call, who)
    if index is not None:
        call = end_leg(call, index, event.at, "system")
    waited = any(stint.uniqueid == who and stint.left_at is None for stint in call.stints)
    call = settle_stints(call, who, StintOutcome.ABANDONED if waited else _unsaid(call, who), event.at)
    call = replace(
        call,
        parties=tuple(party for party in call.parties if party.uniqueid != who),
        rings=tuple(ring for ring in call.rings if ring.uniqueid != who),
    )
    if who == call.linkedid or call.hangup_cause is None:
        call = replace(call, hangup_cause=event.cause)
    return call if call.parties else end_call(call, event.at)


def vanished(call: Call, event: ChannelVanished) -> Call:
    """A channel went unseen: what it was part of ended no later than this, and nobody knows why."""
    who = event.channel.uniqueid
    index = open_leg(call, who)
    if index is not None:
        call = end_leg(call, index, event.at, "system")
    at = max(event.at, call.started_at)
    call = replace(
        call,
        stints=tuple(
            replace(it, left_at=at) if it.uniqueid == who and it.left_at is None else it for it in call.stints
        ),
        parties=tuple(party for party in call.parties if party.uniqueid != who),
        rings=tuple(ring for ring in call.rings if ring.uniqueid != who),
    )
    return call if call.parties else end_call(call, at)


def _unsaid(call: Call, uniqueid: str) -> StintOutcome:
    """A stint that was left without a reason: a caller who asked to end abandoned, another left by a key."""
    asked = any(party.asked_to_end for party in call.parties if party.uniqueid == uniqueid)
    return StintOutcome.ABANDONED if asked else StintOutcome.EXIT_KEY


def end_call(call: Call, at: int) -> Call:
    """The call is over: what is still open ends with it."""
    for index, leg in enumerate(call.legs):
        if leg.ended_at is None:
            call = end_leg(call, index, at, "system")
    recordings = tuple(replace(it, ended_at=at) if it.ended_at is None else it for it in call.recordings)
    return replace(call, ended_at=at, outcome=outcome_of(call), recordings=recordings, rings=(), parties=())


def cut_off(call: Call, at: int) -> Call:
    """The PBX died: the call failed, nobody knows how a stint would have ended, and no cause was given."""
    stints = tuple(replace(it, left_at=at) if it.left_at is None else it for it in call.stints)
    over = end_call(replace(call, stints=stints), max(at, call.started_at))
    return replace(over, outcome=Outcome.FAILED, hangup_cause=None)


def outcome_of(call: Call) -> Outcome:
    """How a call ended: the first that fits."""
    if call.merged_into is not None:
        return Outcome.OTHER
    if call.answered_at is not None:
        return Outcome.ANSWERED
    if call.voicemail:
        return Outcome.VOICEMAIL
    last = call.stints[-1].outcome if call.stints else None
    if last is StintOutcome.ABANDONED:
        return Outcome.ABANDONED
    if last is StintOutcome.TIMEOUT:
        return Outcome.TIMEOUT
    return DIAL_OUTCOMES.get(call.dial_status, Outcome.OTHER)


def recording_began(call: Call, event: MixMonitorStart) -> Call:
    """A recording of one of the channels."""
    recording = Recording(event.file, event.channel.uniqueid, event.at)
    return replace(call, recordings=(*call.recordings, recording))


def recording_ended(call: Call, event: MixMonitorStop) -> Call:
    """The channel's newest open recording is over."""
    for index in range(len(call.recordings) - 1, -1, -1):
        it = call.recordings[index]
        if it.uniqueid == event.channel.uniqueid and it.ended_at is None:
            return replace(call, recordings=put(call.recordings, index, replace(it, ended_at=event.at)))
    return call


def voicemail_left(call: Call, event: VoicemailLeft) -> Call:
    """A message was left."""
    return replace(call, voicemail=True)


def _with(call: Call, leg: Leg, uniqueid: str) -> bool:
    """Whether this channel is part of the leg's conversation."""
    if leg.uniqueid == uniqueid:
        return True
    bridges = {party.uniqueid: party.bridge for party in call.parties}
    return bool(bridges.get(uniqueid)) and bridges.get(uniqueid) == bridges.get(leg.uniqueid)


def _without(rings: tuple[Ring, ...], ring: Ring) -> tuple[Ring, ...]:
    return tuple(it for it in rings if it is not ring)
