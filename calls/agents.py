"""An agent's presence, from what queues, devices and calls say of it. Pure: old agent in, new agent out.

What hides what: a conversation, then ringing, then wrap-up, then pause, then being available. Without a queue, or with
an unreachable device, an agent is offline.
"""

from msgspec.structs import replace

from calls.call import Call
from calls.events import Member
from calls.presence import Presence, PresenceState, same
from calls.settings import Settings
from calls.state import KEPT_INTERVALS_MS, NEVER_SEEN, Agent, Engagement, Membership, Worked
from calls.tally import interval_start

UNREACHABLE = frozenset({4, 5})  # invalid, unavailable
DEVICE_BUSY = {
    2: PresenceState.ON_CALL,
    3: PresenceState.ON_CALL,
    6: PresenceState.RINGING,
    7: PresenceState.ON_CALL,
    8: PresenceState.ON_HOLD,
}
STRONGEST_FIRST = (PresenceState.ON_CALL, PresenceState.ON_HOLD, PresenceState.RINGING)


def new_agent(interface: str, member_name: str = "") -> Agent:
    """An agent of whom nothing is known yet."""
    return Agent(interface=interface, member_name=member_name or interface, presence=NEVER_SEEN)


def with_member(agent: Agent, event: Member, settings: Settings) -> Agent:
    """What one queue says of its member. A busy device counts only while no call of ours explains it."""
    reason = event.reason if event.paused else ""
    membership = Membership(event.status, event.paused, reason, event.paused and settings.is_wrapup(reason))
    device = event.status if event.status in DEVICE_BUSY and not agent.engaged else 0
    if agent.queues.get(event.queue) == membership and agent.device == device:
        return agent
    return settle(replace(agent, queues={**agent.queues, event.queue: membership}, device=device), event.at)


def without_queue(agent: Agent, queue: str, at: int) -> Agent:
    """The agent left a queue, which with that forgets the wrap-up after its call: who comes back is rung at once."""
    queues = {name: membership for name, membership in agent.queues.items() if name != queue}
    if queue == agent.wrap_queue:
        agent = replace(agent, wrap_until=None, wrap_queue=None)
    return settle(replace(agent, queues=queues), at)


def engagement(call: Call, interface: str) -> Engagement | None:
    """What this call keeps the interface busy with, None for nothing."""
    for leg in call.legs:
        if leg.interface == interface and leg.ended_at is None:
            state = PresenceState.ON_HOLD if leg.held_by else PresenceState.ON_CALL
            return Engagement(state, leg.answered_at, _queue(call, leg.stint))
    for ring in call.rings:
        if ring.interface == interface:
            return Engagement(PresenceState.RINGING, ring.since, _queue(call, ring.stint))
    return None


def with_call(agent: Agent, before: Call | None, call: Call, at: int, settings: Settings) -> Agent:
    """The agent after one of its calls changed: what keeps it busy, wrap-up, and the legs it has worked."""
    current = engagement(call, agent.interface) if call.ended_at is None else None
    engaged = agent.engaged
    if engaged.get(call.linkedid) != current:
        engaged = {key: value for key, value in engaged.items() if key != call.linkedid}
        if current is not None:
            engaged[call.linkedid] = current
    agent = _worked(agent, before, call, at, settings)
    return settle(replace(agent, engaged=engaged, device=0), at)


def _worked(agent: Agent, before: Call | None, call: Call, at: int, settings: Settings) -> Agent:
    for index, leg in enumerate(call.legs):
        was_open = before is None or index >= len(before.legs) or before.legs[index].ended_at is None
        if leg.interface != agent.interface or leg.ended_at is None or leg.talk_ms is None or not was_open:
            continue
        start = interval_start(leg.answered_at)
        old = agent.worked.get(start, Worked())
        spent = Worked(
            old.handled + 1, round(old.talk_s + leg.talk_ms / 1000, 3), round(old.hold_s + leg.hold_ms / 1000, 3)
        )
        queue = _queue(call, leg.stint)
        wrapup = settings.queue(queue).wrapup_s if queue is not None else None
        agent = replace(
            agent,
            worked=_kept(agent.worked, start) | {start: spent},
            wrap_until=at + round(wrapup * 1000) if wrapup else agent.wrap_until,
            wrap_queue=queue if wrapup else agent.wrap_queue,
        )
    return agent


def revised(agent: Agent, before: Call | None, call: Call) -> Agent:
    """The agent's work with the legs of a call that has ended in the place of those it was thought to have had."""
    worked = dict(agent.worked)
    for version, sign in ((before, -1), (call, 1)):
        for leg in version.legs if version is not None else ():
            if leg.interface == agent.interface and leg.talk_ms is not None:
                start = interval_start(leg.answered_at)
                old = worked.get(start, Worked())
                worked[start] = Worked(
                    old.handled + sign,
                    round(old.talk_s + sign * leg.talk_ms / 1000, 3),
                    round(old.hold_s + sign * leg.hold_ms / 1000, 3),
                )
    return replace(agent, worked=worked)


def _kept(worked: dict[int, Worked], start: int) -> dict[int, Worked]:
    """What an agent has worked, without what is too old to be shown beside a quarter that begins at `start`."""
    return {at: it for at, it in worked.items() if at > start - KEPT_INTERVALS_MS}


def settle(agent: Agent, at: int) -> Agent:
    """The presence that follows from the facts at `at`. An unchanged state keeps its `since`."""
    presence = _presence(agent, at)
    if not agent.presence.since:  # never seen before: it is so since now, as far as we know
        return replace(agent, presence=presence)
    if same(agent.presence, presence):
        return agent
    if presence.state is agent.presence.state and presence.reason == agent.presence.reason:
        presence = replace(presence, since=agent.presence.since)
    return replace(agent, presence=presence)


def _presence(agent: Agent, at: int) -> Presence:
    for state in STRONGEST_FIRST:
        for linkedid, engaged in agent.engaged.items():
            if engaged.state is state:
                return Presence(state, at, call_id=linkedid)
    if agent.device in DEVICE_BUSY:
        return Presence(DEVICE_BUSY[agent.device], at)
    rest = _rest(agent)
    timed = rest[0] not in (PresenceState.OFFLINE, PresenceState.WRAP_UP)
    if agent.wrap_until is not None and at < agent.wrap_until and timed:
        return Presence(PresenceState.WRAP_UP, at, until=agent.wrap_until, then=rest[0], then_reason=rest[1])
    return Presence(rest[0], at, reason=rest[1])


def _rest(agent: Agent) -> tuple[PresenceState, str]:
    memberships = list(agent.queues.values())
    if not memberships or all(membership.status in UNREACHABLE for membership in memberships):
        return PresenceState.OFFLINE, ""
    if all(membership.paused for membership in memberships):
        reason = next((m.reason for m in memberships if m.reason), "")
        wrapping = any(membership.wrapping for membership in memberships)
        return PresenceState.WRAP_UP if wrapping else PresenceState.PAUSED, reason
    return PresenceState.AVAILABLE, ""


def _queue(call: Call, stint: int | None) -> str | None:
    return None if stint is None else call.stints[stint].queue
