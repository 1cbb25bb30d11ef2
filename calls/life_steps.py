"""How a call begins, who is in it, which way it goes, and how it ends.

Each step is pure: (call, event) -> call. Who is behind an interface is handed in where a step must know it.
"""

from msgspec.structs import replace

from calls.call import Call, Outcome, StintOutcome
from calls.events import Channel, ChannelVanished, Hangup
from calls.legs import end_leg, open_leg, resume_leg, with_legs
from calls.parties import AgentName, new_party, party_of
from calls.queue_steps import settle_stints

DIAL_OUTCOMES = {
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.NO_ANSWER,
    "CANCEL": Outcome.NO_ANSWER,
    "CHANUNAVAIL": Outcome.FAILED,
    "CONGESTION": Outcome.FAILED,
}
# Q.850 causes. Everything else says why a call could not be set up.
UNKNOWN_CAUSE, NORMAL, USER_BUSY, REJECTED, UNSPECIFIED = 0, 16, 17, 21, 31
NO_ANSWER = (18, 19)


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


def saw_channel(call: Call, channel: Channel) -> Call:
    """Every snapshot tells a little: who takes part, who called, the number dialled."""
    if party_of(call, channel.uniqueid) is None:
        call = replace(call, parties=(*call.parties, new_party(channel)))
    first = channel.uniqueid == call.linkedid
    if first and not call.to_number and channel.exten not in ("", "s"):
        call = replace(call, to_number=channel.exten)
    if first and not call.from_number and channel.number:
        call = replace(call, from_number=channel.number, from_name=channel.caller_name)
    return call


def directed(call: Call, channel: Channel, agent_name: AgentName) -> Call:
    """The direction, where the dialplan says it with the channel, else as far as it is known whose phone this is."""
    if call.direction_told:
        return call
    if channel.direction:
        return replace(call, direction=channel.direction, direction_told=True)
    return _by_agent(call, channel.uniqueid, channel.interface, agent_name)


def redirected(call: Call, agent_name: AgentName) -> Call:
    """The direction, now that more is known of whose the phones in the call are."""
    if call.direction_told:
        return call
    for party in sorted(call.parties, key=lambda it: it.uniqueid != call.linkedid):
        call = _by_agent(call, party.uniqueid, party.interface, agent_name)
    return call


def _by_agent(call: Call, uniqueid: str, interface: str, agent_name: AgentName) -> Call:
    if agent_name(interface) is None:
        return call
    if uniqueid == call.linkedid:
        return replace(call, direction="outbound") if call.direction == "inbound" else call
    return replace(call, direction="internal") if call.direction == "outbound" else call


def gone(call: Call, event: Hangup) -> Call:
    """A channel is gone; with the last one the call."""
    who = event.channel.uniqueid
    index = open_leg(call, who)
    if index is not None:
        call = end_leg(call, index, event.at, "system")
    call = settle_stints(call, who, _unsaid(call, who), event.at)
    call = replace(
        with_legs(call, lambda leg: resume_leg(leg, who, event.at)),
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
        with_legs(call, lambda leg: resume_leg(leg, who, at)),
        stints=tuple(
            replace(it, left_at=at) if it.uniqueid == who and it.left_at is None else it for it in call.stints
        ),
        parties=tuple(party for party in call.parties if party.uniqueid != who),
        rings=tuple(ring for ring in call.rings if ring.uniqueid != who),
    )
    return call if call.parties else end_call(call, at)


def _unsaid(call: Call, uniqueid: str) -> StintOutcome:
    """A stint that was left without a reason: by a caller who waited or asked to end, or else by a key."""
    left_at = next((it.left_at for it in reversed(call.stints) if it.uniqueid == uniqueid), None)
    party = party_of(call, uniqueid)
    asked_at = party.asked_at if party is not None else None
    gave_up = left_at is None or (asked_at is not None and asked_at <= left_at)
    return StintOutcome.ABANDONED if gave_up else StintOutcome.EXIT_KEY


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
    if call.dial_status in DIAL_OUTCOMES or call.stints:
        return DIAL_OUTCOMES.get(call.dial_status, Outcome.OTHER)
    return _by_cause(call.hangup_cause or 0)


def _by_cause(cause: int) -> Outcome:
    """What a call that no dial's end told of came to: one to a number that is not there, say, ends before any dial."""
    if cause in (USER_BUSY, REJECTED):
        return Outcome.BUSY
    if cause in NO_ANSWER:
        return Outcome.NO_ANSWER
    return Outcome.OTHER if cause in (UNKNOWN_CAUSE, NORMAL, UNSPECIFIED) else Outcome.FAILED
