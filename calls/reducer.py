"""The one reducer: `advance(state, event) -> (state, changes)`, pure, over frozen values.

Live stream processors, batch replay, rebuild and tests all call it. An event at or before the last applied position of
its source changes nothing. An event that the state does not allow becomes a `Rejected` change and changes nothing else;
no event raises.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from calls import queue_steps, talk_steps
from calls.agents import new_agent, settle, with_call, with_member, without_queue
from calls.call import Call
from calls.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentEvent,
    AgentRingNoAnswer,
    AttendedTransfer,
    BlindTransfer,
    BridgeEnter,
    BridgeLeave,
    Channel,
    ChannelEvent,
    DialBegin,
    DialEnd,
    Event,
    Hangup,
    HangupRequest,
    Hold,
    Member,
    MemberRemoved,
    MixMonitorStart,
    MixMonitorStop,
    Newchannel,
    Newstate,
    PbxBooted,
    PbxStopped,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueParams,
    QueueStatusSet,
    SettingsChanged,
    SoftHangupRequest,
    Unhold,
    VoicemailLeft,
)
from calls.presence import intervals
from calls.queues import touched
from calls.queues import with_call as queue_with_call
from calls.state import Agent, AgentChanged, CallChanged, Change, Queue, QueueChanged, Rejected, State
from calls.transitions import refusal, status_of

Step = Callable[[Call, Any], Call | str]
Result = tuple[State, tuple[Change, ...]]

# As many ended calls are remembered by name as one busy second can end: a late word about them is not a new call.
REMEMBERED = 256
# An event of these may be the first we hear of a call that began before we listened; the others only end things.
MAY_BEGIN = (
    Newchannel,
    Newstate,
    QueueAsked,
    QueueCallerJoin,
    BridgeEnter,
    DialBegin,
    Hold,
    MixMonitorStart,
)
# A PBX's own clock and ours may differ by this much when we reckon whether a call began before it came up.
BOOT_SLACK_MS = 2000


def _unchanged(call: Call, event: Event) -> Call:
    return call


STEPS: dict[type[Event], Step] = {
    Newchannel: _unchanged,
    Newstate: _unchanged,
    SoftHangupRequest: _unchanged,
    QueueAsked: queue_steps.queue_asked,
    QueueCallerJoin: queue_steps.joined,
    QueueCallerLeave: queue_steps.left,
    QueueCallerAbandon: queue_steps.abandoned,
    QueueStatusSet: queue_steps.status_set,
    AgentCalled: queue_steps.rang,
    AgentRingNoAnswer: queue_steps.not_answered,
    AgentConnect: queue_steps.connected,
    AgentComplete: queue_steps.completed,
    DialBegin: talk_steps.dial_began,
    DialEnd: talk_steps.dial_ended,
    BridgeLeave: talk_steps.left_bridge,
    Hold: talk_steps.held,
    Unhold: talk_steps.resumed,
    BlindTransfer: talk_steps.blind_transferred,
    AttendedTransfer: talk_steps.attended_transferred,
    HangupRequest: talk_steps.asked_to_end,
    Hangup: talk_steps.gone,
    MixMonitorStart: talk_steps.recording_began,
    MixMonitorStop: talk_steps.recording_ended,
    VoicemailLeft: talk_steps.voicemail_left,
}


def advance(state: State, event: Event) -> Result:
    """The state after this event, and what changed by it. Never raises for an event of `calls.events`."""
    source = f"{event.pos.source}/{event.pos.ingester}"
    place = (event.pos.epoch, event.pos.seq)
    if place <= state.positions.get(source, (-1, -1)):
        return state, ()
    state = replace(state, version=state.version + 1, positions={**state.positions, source: place})
    handler = HANDLERS.get(type(event))
    return handler(state, event) if handler is not None else _call_event(state, event)


def replay(state: State, events: Iterable[Event]) -> Iterator[tuple[State, tuple[Change, ...]]]:
    """Fold events over a state, giving each new state with its changes."""
    for event in events:
        state, changes = advance(state, event)
        yield state, changes


def _reject(state: State, event: Event, reason: str) -> Result:
    pos = event.pos
    return state, (Rejected(pos.source, pos.ingester, pos.epoch, pos.seq, type(event).__name__, reason),)


# -- events of calls -------------------------------------------------------------------------------------------------


def _channels(event: Event) -> tuple[Channel, ...]:
    """The channels an event shows, the one that names the call first."""
    if isinstance(event, ChannelEvent):
        return (event.channel,)
    if isinstance(event, AgentEvent | DialBegin | DialEnd):
        return tuple(channel for channel in (event.channel, event.dest) if channel is not None)
    if isinstance(event, BlindTransfer):
        return tuple(channel for channel in (event.transferer, event.transferee) if channel is not None)
    if isinstance(event, AttendedTransfer):
        several = (event.transferer, event.second, event.transferee, event.target)
        return tuple(channel for channel in several if channel is not None)
    return ()


def _call_event(state: State, event: Event) -> Result:
    channels = _channels(event)
    state, changes = _merge(state, event, channels)
    before = _find(state, event, channels)
    if before is None:
        if not channels or any(channel.linkedid in state.closed for channel in channels):
            return state, changes  # a late word about a call that is over
        if not isinstance(event, MAY_BEGIN):
            _, rejected = _reject(state, event, f"no open call {channels[0].linkedid}")
            return state, changes + rejected
    state, more = _step(state, before, event, channels)
    return state, changes + more


def _find(state: State, event: Event, channels: tuple[Channel, ...]) -> Call | None:
    for channel in channels:
        linkedid = state.channels.get(channel.uniqueid) or state.merged.get(channel.linkedid, channel.linkedid)
        call = state.calls.get(linkedid)
        if call is not None:
            return call
    if isinstance(event, AgentEvent) and event.channel is None:
        return _find_by_agent(state, event)
    return None


def _find_by_agent(state: State, event: AgentEvent) -> Call | None:
    """Under load Asterisk leaves out the channels: then the agent's own open call in that queue is meant."""
    agent = state.agents.get(event.interface)
    for linkedid, engaged in agent.engaged.items() if agent else ():
        if engaged.queue == event.queue and linkedid in state.calls:
            return state.calls[linkedid]
    return None


def _step(state: State, before: Call | None, event: Event, channels: tuple[Channel, ...]) -> Result:
    call = before or talk_steps.begin(state.pbx, channels[0], event.at, state.settings.default_tenant)
    was = call.status

    def name_of(interface: str) -> str | None:
        return _agent_name(state, interface)

    if not isinstance(event, Hangup | AgentComplete):
        for channel in channels:
            if state.channels.get(channel.uniqueid, call.linkedid) == call.linkedid:
                call = talk_steps.saw_channel(call, channel, name_of)
    moved = (
        talk_steps.entered(call, event, name_of) if isinstance(event, BridgeEnter) else STEPS[type(event)](call, event)
    )
    if isinstance(moved, str):
        return _reject(state, event, moved)
    status = status_of(moved)
    forbidden = refusal(event, was, status)
    if forbidden is not None:
        return _reject(state, event, forbidden)
    if before is not None and moved == before:
        return state, ()
    return _apply(state, before, replace(moved, status=status, tenant=_tenant(state, moved)), event.at)


def _agent_name(state: State, interface: str) -> str | None:
    agent = state.agents.get(interface)
    if agent is not None:
        return agent.member_name
    return state.settings.agent(interface).name if interface in state.settings.agents else None


def _tenant(state: State, call: Call) -> str:
    """From the first queue, then the first agent, then the PBX's default."""
    if call.stints:
        return state.settings.queue(call.stints[0].queue).tenant or call.tenant
    if call.legs:
        return state.settings.agent(call.legs[0].interface).tenant or call.tenant
    return call.tenant


def _apply(state: State, before: Call | None, call: Call, at: int) -> Result:
    """Put a changed call into the state, and into its agents and queues."""
    call = replace(call, version=state.version)
    changes: list[Change] = [CallChanged(call)]
    calls = {key: value for key, value in state.calls.items() if key != call.linkedid}
    closed = state.closed
    if call.ended_at is None:
        calls[call.linkedid] = call
    else:
        closed = (*closed[-REMEMBERED + 1 :], call.linkedid)
    state = replace(state, calls=calls, closed=closed, channels=_index(state, before, call))
    state = _to_queues(state, before, call, changes)
    return _to_agents(state, before, call, at, changes), tuple(changes)


def _index(state: State, before: Call | None, call: Call) -> dict[str, str]:
    old = {party.uniqueid for party in before.parties} if before is not None else set()
    new = {party.uniqueid for party in call.parties}
    if old == new:
        return state.channels
    channels = {key: value for key, value in state.channels.items() if key not in old - new}
    channels.update(dict.fromkeys(new - old, call.linkedid))
    return channels


def _to_queues(state: State, before: Call | None, call: Call, changes: list[Change]) -> State:
    for queue_id in touched(before, call):
        old = state.queues.get(queue_id) or Queue(queue_id)
        new = queue_with_call(old, before, call, state.settings)
        if new != old or queue_id not in state.queues:
            state = _put_queue(state, new, changes)
    return state


def _put_queue(state: State, queue: Queue, changes: list[Change]) -> State:
    queue = replace(queue, version=state.version)
    changes.append(QueueChanged(queue))
    return replace(state, queues={**state.queues, queue.queue_id: queue})


def _to_agents(state: State, before: Call | None, call: Call, at: int, changes: list[Change]) -> State:
    if before is not None and before.legs is call.legs and before.rings is call.rings and call.ended_at is None:
        return state
    interfaces: dict[str, str | None] = {}
    for version in (before, call):
        for leg in version.legs if version else ():
            interfaces[leg.interface] = leg.agent if leg.stint is not None else None
        for ring in version.rings if version else ():
            interfaces[ring.interface] = ring.agent if ring.stint is not None else None
    for interface, member_name in sorted(interfaces.items()):
        old = state.agents.get(interface)
        if old is None and member_name is None:
            continue  # nobody that a queue has rung: a trunk, or a phone that is no agent's
        old = old or new_agent(interface, member_name or "")
        state = _put_agent(state, old, with_call(old, before, call, at, state.settings), at, changes)
    return state


def _put_agent(state: State, old: Agent, new: Agent, at: int, changes: list[Change]) -> State:
    if new == old:
        return state
    new = replace(new, version=state.version)
    moved = new.presence.since != old.presence.since and old.presence.since > 0
    changes.append(AgentChanged(new, intervals(old.presence, at) if moved else ()))
    return replace(state, agents={**state.agents, new.interface: new})


# -- calls that turn out to be one -----------------------------------------------------------------------------------


def _merge(state: State, event: Event, channels: tuple[Channel, ...]) -> Result:
    """A channel of one open call that now names another open call: the first is absorbed by the second."""
    changes: tuple[Change, ...] = ()
    for channel in channels:
        mine = state.channels.get(channel.uniqueid)
        other = state.merged.get(channel.linkedid, channel.linkedid)
        if mine is None or mine == other or other not in state.calls or mine not in state.calls:
            continue
        state, more = _absorb(state, state.calls[mine], state.calls[other], event.at)
        changes += more
    return state, changes


def _absorb(state: State, absorbed: Call, into: Call, at: int) -> Result:
    parties = absorbed.parties
    over = talk_steps.end_call(replace(absorbed, merged_into=into.call_id), at)
    state, changes = _apply(state, absorbed, replace(over, status=status_of(over)), at)
    whole = replace(into, parties=(*into.parties, *parties))
    state, more = _apply(state, into, replace(whole, status=status_of(whole)), at)
    merged = {key: into.linkedid if value == absorbed.linkedid else value for key, value in state.merged.items()}
    return replace(state, merged={**merged, absorbed.linkedid: into.linkedid}), changes + more


# -- events of queues, members and the PBX itself --------------------------------------------------------------------


def _member(state: State, event: Member) -> Result:
    changes: list[Change] = []
    if event.queue not in state.queues:
        state = _put_queue(state, Queue(event.queue), changes)
    known = state.agents.get(event.interface)
    old = known or new_agent(event.interface, event.name)
    joined = event.queue not in old.queues
    new = with_member(replace(old, member_name=event.name or old.member_name), event)
    if known is None and event.paused and event.last_pause:
        new = replace(new, presence=replace(new.presence, since=event.last_pause * 1000))
    state = _put_agent(state, old, new, event.at, changes)
    if joined:
        state = _put_queue(state, state.queues[event.queue], changes)
    return state, tuple(changes)


def _member_removed(state: State, event: MemberRemoved) -> Result:
    agent = state.agents.get(event.interface)
    if agent is None or event.queue not in agent.queues:
        return _reject(state, event, f"{event.interface} is not a member of queue {event.queue}")
    changes: list[Change] = []
    state = _put_agent(state, agent, without_queue(agent, event.queue, event.at), event.at, changes)
    if event.queue in state.queues:
        state = _put_queue(state, state.queues[event.queue], changes)
    return state, tuple(changes)


def _queue_params(state: State, event: QueueParams) -> Result:
    if event.queue in state.queues:
        return state, ()
    changes: list[Change] = []
    return _put_queue(state, Queue(event.queue), changes), tuple(changes)


def _settings_changed(state: State, event: SettingsChanged) -> Result:
    """New names and thresholds hold from now on; what was counted under the old ones stays counted so."""
    state = replace(state, settings=event.settings)
    changes: list[Change] = []
    for queue in state.queues.values():
        state = _put_queue(state, queue, changes)
    for agent in state.agents.values():
        named = replace(agent, version=state.version)
        state = replace(state, agents={**state.agents, agent.interface: named})
        changes.append(AgentChanged(named))
    return state, tuple(changes)


def _booted(state: State, event: PbxBooted) -> Result:
    """Sent at each login. Only a PBX that came up since ends the calls that were open and forgets its members."""
    booted_at = event.at - event.uptime_s * 1000
    if booted_at <= state.booted_at + BOOT_SLACK_MS:
        return state, ()
    dead = [call for call in state.calls.values() if call.started_at < booted_at - BOOT_SLACK_MS]
    state, changes = _cut_off(replace(state, booted_at=booted_at), dead, booted_at)
    several = list(changes)
    for agent in list(state.agents.values()):
        cleared = settle(replace(agent, queues={}, engaged={}, device=0, wrap_until=None), booted_at)
        state = _put_agent(state, agent, cleared, booted_at, several)
    return state, tuple(several)


def _stopped(state: State, event: PbxStopped) -> Result:
    return _cut_off(state, list(state.calls.values()), event.at)


def _cut_off(state: State, dead: list[Call], at: int) -> Result:
    changes: tuple[Change, ...] = ()
    for call in dead:
        over = talk_steps.cut_off(call, at)
        state, more = _apply(state, call, replace(over, status=status_of(over)), at)
        changes += more
    return state, changes


HANDLERS: dict[type[Event], Callable[[State, Any], Result]] = {
    Member: _member,
    MemberRemoved: _member_removed,
    QueueParams: _queue_params,
    SettingsChanged: _settings_changed,
    PbxBooted: _booted,
    PbxStopped: _stopped,
}
