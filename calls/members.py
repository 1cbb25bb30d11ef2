"""Events of queues' members, of settings, and of the PBX itself. Pure: (state, event) -> (state, changes)."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from calls import life_steps
from calls.agents import engagement, new_agent, settle, with_member, without_queue
from calls.apply import Result, apply_call, put_agent, put_queue, reject
from calls.call import Call
from calls.events import Event, Member, MemberRemoved, PbxBooted, PbxStopped, QueueParams, SettingsChanged
from calls.presence import PresenceState
from calls.resync import saw_member
from calls.state import Agent, AgentChanged, Change, Queue, State
from calls.transitions import status_of

# A PBX's own clock and ours may differ by this much when we reckon whether a call began before it came up.
BOOT_SLACK_MS = 2000


def _member(state: State, event: Member) -> Result:
    changes: list[Change] = []
    state = saw_member(state, event)
    if event.queue not in state.queues:
        state = put_queue(state, Queue(event.queue), changes)
    known = state.agents.get(event.interface)
    old = known or _newcomer(state, event)
    new = with_member(replace(old, member_name=event.name or old.member_name), event, state.settings)
    resting = new.presence.state in (PresenceState.PAUSED, PresenceState.WRAP_UP)
    if known is None and resting and event.last_pause:
        new = replace(new, presence=replace(new.presence, since=event.last_pause * 1000))
    state = put_agent(state, old, new, event.at, changes)
    return _recount(state, old, new, changes), tuple(changes)


def _newcomer(state: State, event: Member) -> Agent:
    """An agent who is heard of for the first time may be in a call already."""
    busy = {linkedid: engagement(call, event.interface) for linkedid, call in state.calls.items()}
    engaged = {linkedid: found for linkedid, found in busy.items() if found is not None}
    return replace(new_agent(event.interface, event.name), engaged=engaged)


def _recount(state: State, old: Agent, new: Agent, changes: list[Change]) -> State:
    """Queues publish how many members are logged in: those whose number this agent changed are published again."""
    before, after = _staffed(old), _staffed(new)
    for queue_id in sorted(before ^ after):
        if queue_id in state.queues:
            state = put_queue(state, state.queues[queue_id], changes)
    return state


def _staffed(agent: Agent) -> set[str]:
    return set() if agent.presence.state is PresenceState.OFFLINE else set(agent.queues)


def _member_removed(state: State, event: MemberRemoved) -> Result:
    agent = state.agents.get(event.interface)
    if agent is None or event.queue not in agent.queues:
        return reject(state, event, f"{event.interface} is not a member of queue {event.queue}")
    changes: list[Change] = []
    new = without_queue(agent, event.queue, event.at)
    state = put_agent(state, agent, new, event.at, changes)
    return _recount(state, agent, new, changes), tuple(changes)


def _queue_params(state: State, event: QueueParams) -> Result:
    if event.queue in state.queues:
        return state, ()
    changes: list[Change] = []
    return put_queue(state, Queue(event.queue), changes), tuple(changes)


def _settings_changed(state: State, event: SettingsChanged) -> Result:
    """New names and thresholds hold from now on; what was counted under the old ones stays counted so."""
    state = replace(state, settings=event.settings)
    changes: list[Change] = []
    for queue in state.queues.values():
        state = put_queue(state, queue, changes)
    for agent in state.agents.values():
        named = replace(agent, version=state.version)
        state = replace(state, agents={**state.agents, agent.interface: named})
        changes.append(AgentChanged(named))
    return state, tuple(changes)


def booted(state: State, event: PbxBooted, heard_at: int) -> Result:
    """Sent at each login. Only a PBX that came up since ends the calls that were open and forgets its members.

    All of them, if it was heard last (`heard_at`) before it came up; else, should a clock have been set, the older.
    """
    booted_at = event.at - event.uptime_s * 1000
    if booted_at <= state.booted_at + BOOT_SLACK_MS:
        return state, ()
    unheard = heard_at <= booted_at + BOOT_SLACK_MS
    dead = [call for call in state.calls.values() if unheard or call.started_at < booted_at - BOOT_SLACK_MS]
    state, changes = _cut_off(replace(state, booted_at=booted_at), dead, replace(event, at=booted_at))
    several = list(changes)
    for agent in list(state.agents.values()):
        cleared = settle(replace(agent, queues={}, engaged={}, device=0, wrap_until=None, wrap_queue=None), booted_at)
        state = _recount(put_agent(state, agent, cleared, booted_at, several), agent, cleared, several)
    return state, tuple(several)


def _stopped(state: State, event: PbxStopped) -> Result:
    return _cut_off(state, list(state.calls.values()), event)


def _cut_off(state: State, dead: list[Call], event: Event) -> Result:
    changes: tuple[Change, ...] = ()
    for call in dead:
        over = life_steps.cut_off(call, event.at)
        state, more = apply_call(state, call, replace(over, status=status_of(over)), event)
        changes += more
    return state, changes


HANDLERS: dict[type[Event], Callable[[State, Any], Result]] = {
    Member: _member,
    MemberRemoved: _member_removed,
    QueueParams: _queue_params,
    SettingsChanged: _settings_changed,
    PbxStopped: _stopped,
}
