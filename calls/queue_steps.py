"""What the events of queues do to a call: stints, rings and the leg that a queue connects.

Each step is pure: (call, event) -> call, or a sentence that says why the event cannot be. None knows the state around
it.
"""

from collections.abc import Callable

from msgspec.structs import replace

from calls.call import Call, Leg, MissedRing, Ring, Stint, StintOutcome
from calls.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentEvent,
    AgentRingNoAnswer,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueStatusSet,
)
from calls.legs import end_leg, open_leg, open_leg_of, put
from calls.parties import party_of, phone_behind, talking_to

# Whether anybody of another call is in this bridge.
MeetsOthers = Callable[[str], bool]

# What Queue() leaves in QUEUESTATUS, as a stint's outcome. CONTINUE follows an answered stint and says nothing new.
LEFT = {
    "TIMEOUT": StintOutcome.TIMEOUT,
    "LEAVEEMPTY": StintOutcome.EXIT_EMPTY,
    "LEAVEUNAVAIL": StintOutcome.EXIT_EMPTY,
    "WITHDRAW": StintOutcome.WITHDRAWN,
    "ABANDON": StintOutcome.ABANDONED,
}
REFUSED = {
    "JOINEMPTY": StintOutcome.JOIN_EMPTY,
    "JOINUNAVAIL": StintOutcome.JOIN_EMPTY,
    "FULL": StintOutcome.FULL,
}


def queue_asked(call: Call, event: QueueAsked) -> Call:
    """Remember which queue the dialplan wants: a refusal names none."""
    parties = tuple(
        replace(party, asked_queue=event.queue) if party.uniqueid == event.channel.uniqueid else party
        for party in call.parties
    )
    return replace(call, parties=parties)


def joined(call: Call, event: QueueCallerJoin) -> Call:
    """A new stint; one that was left without a word is settled first."""
    call = settle_stints(call, event.channel.uniqueid, StintOutcome.EXIT_KEY)
    stint = Stint(event.channel.uniqueid, event.queue, event.at, event.position or None)
    return replace(call, stints=(*call.stints, stint))


def left(call: Call, event: QueueCallerLeave) -> Call | str:
    """The wait is over; why is told by what comes before (abandon) or after (connect, QUEUESTATUS).

    Rings stay: one of them may be connected with the next event.
    """
    index = _newest(call, event.channel.uniqueid, event.queue)
    if index is None:
        return f"no stint in queue {event.queue} to leave"
    if call.stints[index].left_at is not None:
        return call
    return _with_stint(call, index, replace(call.stints[index], left_at=event.at))


def abandoned(call: Call, event: QueueCallerAbandon) -> Call | str:
    """Left unanswered. Asterisk says this of timeouts too: QUEUESTATUS, which follows, corrects it."""
    index = _stint(call, event.channel.uniqueid, event.queue)
    if index is None:
        return f"no stint in queue {event.queue} to abandon"
    call = replace(call, rings=tuple(ring for ring in call.rings if ring.stint != index))
    return _with_stint(call, index, replace(call.stints[index], left_at=event.at, outcome=StintOutcome.ABANDONED))


def status_set(call: Call, event: QueueStatusSet) -> Call:
    """Why Queue() ended. A refusal makes a stint of no length; an answered stint stays answered."""
    who = event.channel.uniqueid
    refused = REFUSED.get(event.value)
    if refused is not None:
        asked = next((p.asked_queue for p in call.parties if p.uniqueid == who), "")
        stint = Stint(who, asked, event.at, left_at=event.at, outcome=refused)
        return replace(call, stints=(*call.stints, stint))
    outcome = LEFT.get(event.value)
    index = _newest(call, who)
    if outcome is None or index is None or call.stints[index].outcome not in (None, StintOutcome.ABANDONED):
        return call
    stint = call.stints[index]
    left_at = event.at if stint.left_at is None else stint.left_at
    return _with_stint(call, index, replace(stint, outcome=outcome, left_at=left_at))


def rang(call: Call, event: AgentCalled) -> Call | str:
    """A member's phone is asked to ring."""
    uniqueid = event.dest.uniqueid if event.dest else ""
    index = _waiting(call, event)
    if index is None:
        return f"{event.interface} is called for nobody in queue {event.queue}"
    ring = Ring(uniqueid, event.interface, event.member or event.interface, index, event.at)
    others = tuple(r for r in call.rings if not (r.interface == event.interface and r.stint == index))
    return replace(call, rings=(*others, ring))


def not_answered(call: Call, event: AgentRingNoAnswer) -> Call:
    """A missed ring, its start reckoned from Asterisk's own milliseconds."""
    index = _waiting(call, event)
    if index is None:  # a caller who left while the phone still rang
        index = next((r.stint for r in call.rings if r.interface == event.interface), None)
    missed = MissedRing(
        index, event.member or event.interface, event.interface, event.at - event.ring_ms, event.ring_ms
    )
    rings = tuple(r for r in call.rings if not (r.interface == event.interface and r.stint == index))
    return replace(call, rings=rings, missed=(*call.missed, missed))


def connected(call: Call, event: AgentConnect) -> Call | str:
    """The stint is answered and the agent's leg begins."""
    index = _waiting(call, event)
    if index is None:
        return _connected_again(call, event)
    agent = event.member or event.interface
    ring = next((r for r in call.rings if event.interface == (r.picked_from or r.interface) and r.stint == index), None)
    uniqueid = event.dest.uniqueid if event.dest else ring.uniqueid if ring else ""
    if ring is not None and ring.picked_from:  # the queue knows only whom it rang
        leg = Leg(index, ring.agent, ring.interface, uniqueid, None, event.at)
    else:
        leg = Leg(index, agent, event.interface, uniqueid, ring.since if ring else None, event.at)
    stint = replace(call.stints[index], outcome=StintOutcome.ANSWERED, left_at=event.at, agent=agent)
    call = replace(
        call,
        legs=(*call.legs, leg),
        rings=tuple(r for r in call.rings if r.stint != index),
        answered_at=event.at if call.answered_at is None else call.answered_at,
    )
    return _with_stint(call, index, stint)


def _connected_again(call: Call, event: AgentConnect) -> Call | str:
    """A list may have shown the connection before the queue told of it, which knows better when it was."""
    index = open_leg_of(call, event.interface)
    stint = call.legs[index].stint if index is not None else None
    if index is None or stint is None or call.stints[stint].queue != event.queue:
        return f"{event.interface} was connected to nobody who waits in queue {event.queue}"
    call = replace(call, legs=put(call.legs, index, replace(call.legs[index], answered_at=event.at)))
    return _with_stint(call, stint, replace(call.stints[stint], left_at=event.at))


def completed(call: Call, event: AgentComplete, meets_others: MeetsOthers) -> Call:
    """The queue's own word for a conversation's end: it closes what nothing else has closed.

    An agent who talks on to somebody else, as after a bridge or in a conference, has another leg for that.
    """
    index = open_leg_of(call, event.interface)
    if index is None and event.dest is not None:  # somebody else's phone had picked it up
        index = open_leg(call, event.dest.uniqueid)
    if index is None or call.legs[index].stint is None:
        return call
    leg = call.legs[index]
    call = end_leg(call, index, event.at, event.reason)
    if not _talks_on(call, leg, meets_others):
        return call
    return replace(call, legs=(*call.legs, Leg(None, leg.agent, leg.interface, leg.uniqueid, None, event.at)))


def _talks_on(call: Call, leg: Leg, meets_others: MeetsOthers) -> bool:
    """Whether the agent talks to anybody else than the caller whom the queue connected."""
    party = party_of(call, leg.uniqueid)
    if party is None or not party.bridge or leg.stint is None:
        return False
    waited = call.stints[leg.stint].uniqueid
    caller = next((it for it in call.parties if waited in (it.uniqueid, it.instead_of)), None)
    behind = phone_behind(call, caller.uniqueid) if caller is not None else None
    return meets_others(party.bridge) or any(it not in (caller, behind) for it in talking_to(call, leg.uniqueid))


def settle_stints(call: Call, uniqueid: str, outcome: StintOutcome, at: int | None = None) -> Call:
    """Give the channel's stint that has no outcome this one. With `at` a stint that still waits is left then."""
    for index, stint in enumerate(call.stints):
        if stint.uniqueid != uniqueid or stint.outcome is not None or (stint.left_at is None and at is None):
            continue
        left_at = stint.left_at if stint.left_at is not None else at
        call = _with_stint(call, index, replace(stint, outcome=outcome, left_at=left_at))
    return call


def _newest(call: Call, uniqueid: str, queue: str | None = None) -> int | None:
    """The channel's newest stint, in this queue if one is named."""
    for index in range(len(call.stints) - 1, -1, -1):
        stint = call.stints[index]
        if stint.uniqueid == uniqueid and queue in (None, stint.queue):
            return index
    return None


def _stint(call: Call, uniqueid: str, queue: str) -> int | None:
    """The channel's newest stint in this queue that has no outcome yet."""
    for index in range(len(call.stints) - 1, -1, -1):
        stint = call.stints[index]
        if stint.uniqueid == uniqueid and stint.queue == queue and stint.outcome is None:
            return index
    return None


def _waiting(call: Call, event: AgentEvent) -> int | None:
    """The stint an agent event is about: by the caller's channel where it is told, else the newest in the queue."""
    if event.channel is not None:
        return _stint(call, event.channel.uniqueid, event.queue)
    for index in range(len(call.stints) - 1, -1, -1):
        if call.stints[index].queue == event.queue and call.stints[index].outcome is None:
            return index
    return None


def _with_stint(call: Call, index: int, stint: Stint) -> Call:
    return replace(call, stints=put(call.stints, index, stint))
