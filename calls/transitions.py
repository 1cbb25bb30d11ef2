"""The transitions of a call, as data.

Two rules. Everything that decides whether an event is allowed in a status, and where it may lead, is in this file. An
event that a call's status does not list, or that would lead elsewhere, changes nothing and is a reject.

What an event does to a call's facts is in the `*_steps.py` beside this file; the status follows from the facts
(`status_of`), the strongest first, and is then held against this table.
"""

from calls.call import Call, Status
from calls.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentRingNoAnswer,
    AttendedTransfer,
    BlindTransfer,
    BridgeEnter,
    BridgeLeave,
    CallParked,
    CallPickedUp,
    ChannelVanished,
    DialBegin,
    DialEnd,
    Event,
    Hangup,
    HangupRequest,
    Hold,
    MixMonitorStart,
    MixMonitorStop,
    Newchannel,
    Newstate,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueStatusSet,
    RecordingNamed,
    SoftHangupRequest,
    Unhold,
    VoicemailLeft,
)
from calls.parties import conversation

QUEUED, RINGING, CONNECTED, ON_HOLD, ENDED = Status

OPEN = frozenset({QUEUED, RINGING, CONNECTED, ON_HOLD})

Row = dict[Status, frozenset[Status]]


def _stays() -> Row:
    return {status: frozenset({status}) for status in OPEN}


def _from(statuses: frozenset[Status], *leads_to: Status) -> Row:
    return {status: frozenset(leads_to) | {status} for status in statuses}


TRANSITIONS: dict[type[Event], Row] = {
    Newchannel: _stays(),
    Newstate: _stays(),
    QueueAsked: _stays(),
    # A caller may come to a second queue after a conversation (a transfer), even while the first agent still hangs up.
    QueueCallerJoin: _from(OPEN, QUEUED),
    QueueCallerLeave: _from(OPEN, RINGING, CONNECTED),
    QueueCallerAbandon: _from(OPEN, RINGING, CONNECTED),
    QueueStatusSet: _from(OPEN, RINGING),
    AgentCalled: _from(OPEN, RINGING),
    AgentRingNoAnswer: _from(OPEN, QUEUED),
    AgentConnect: _from(OPEN, CONNECTED),
    AgentComplete: _from(OPEN, RINGING, QUEUED, CONNECTED),
    DialBegin: _from(OPEN, RINGING),
    DialEnd: _from(OPEN, RINGING, QUEUED, CONNECTED),
    BridgeEnter: _from(OPEN, CONNECTED, ON_HOLD),
    BridgeLeave: _from(OPEN, RINGING, QUEUED, CONNECTED),
    # Outside of a conversation hold says nothing: a phone may hold its consultation before it is answered.
    Hold: _from(OPEN, ON_HOLD),
    # Also sent by phones that never held, just before they transfer.
    Unhold: _from(OPEN, CONNECTED),
    BlindTransfer: _from(OPEN, RINGING, QUEUED, CONNECTED),
    AttendedTransfer: _from(OPEN, RINGING, QUEUED, CONNECTED, ON_HOLD),
    CallParked: _from(OPEN, RINGING, QUEUED, CONNECTED),
    CallPickedUp: _stays(),
    HangupRequest: _from(OPEN, RINGING, QUEUED, CONNECTED),
    SoftHangupRequest: _stays(),
    Hangup: _from(OPEN, RINGING, QUEUED, CONNECTED, ON_HOLD, ENDED),
    ChannelVanished: _from(OPEN, RINGING, QUEUED, CONNECTED, ON_HOLD, ENDED),
    RecordingNamed: _stays(),
    MixMonitorStart: _stays(),
    MixMonitorStop: _stays(),
    VoicemailLeft: _stays(),
}


def status_of(call: Call) -> Status:
    """Where a call stands by its facts: ended, in a conversation, ringing somewhere, waiting, else being set up."""
    if call.ended_at is not None:
        return ENDED
    talking = [leg for leg in call.legs if leg.ended_at is None]
    if talking:
        return ON_HOLD if any(leg.held_by for leg in talking) else CONNECTED
    if conversation(call):
        return CONNECTED
    if call.rings:
        return RINGING
    if any(stint.left_at is None for stint in call.stints):
        return QUEUED
    return CONNECTED if call.answered_at is not None else RINGING


def refusal(event: Event, before: Status, after: Status) -> str | None:
    """Why the table forbids this step, None when it allows it."""
    leads_to = TRANSITIONS[type(event)].get(before)
    if leads_to is None:
        return f"{type(event).__name__} is not allowed while a call is {before}"
    if after not in leads_to:
        return f"{type(event).__name__} cannot lead from {before} to {after}"
    return None
