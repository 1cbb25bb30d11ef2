"""The one reducer: `advance(state, event) -> (state, changes)`, pure, over frozen values.

Live stream processors, batch replay, rebuild and tests all call it. An event at or before the last applied position of
its source changes nothing. An event that the state does not allow becomes a `Rejected` change and changes nothing else;
no event raises.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from calls import members, queue_steps, resync, talk_steps
from calls.apply import Result, apply_call, reject, tenant_of
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
    CallerListed,
    Channel,
    ChannelEvent,
    ChannelListed,
    ChannelsListed,
    ChannelVanished,
    DialBegin,
    DialEnd,
    Event,
    Hangup,
    HangupRequest,
    Hold,
    LinkLost,
    LinkRestored,
    MixMonitorStart,
    MixMonitorStop,
    Newchannel,
    Newstate,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueuesListed,
    QueueStatusSet,
    SoftHangupRequest,
    Unhold,
    VoicemailLeft,
)
from calls.state import Change, State
from calls.transitions import refusal, status_of

HANDLERS: dict[type[Event], Callable[[State, Any], Result]] = {
    **members.HANDLERS,
    LinkLost: resync.link_lost,
    LinkRestored: resync.link_restored,
    ChannelListed: resync.saw_channel,
    CallerListed: resync.saw_caller,
}
Step = Callable[[Call, Any], Call | str]
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
    ChannelVanished: talk_steps.vanished,
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
    if event.pos.source == "ami" and source in state.positions and place[0] > state.positions[source][0]:
        state = resync.new_login(state)
    state = replace(state, version=state.version + 1, positions={**state.positions, source: place})
    return _apply(state, event)


def _apply(state: State, event: Event) -> Result:
    handler = HANDLERS.get(type(event))
    if handler is not None:
        return handler(state, event)
    if isinstance(event, ChannelsListed):
        return resync.channels_listed(state, event, _apply)
    if isinstance(event, QueuesListed):
        return resync.queues_listed(state, event, _apply)
    return _call_event(state, event)


def replay(state: State, events: Iterable[Event]) -> Iterator[tuple[State, tuple[Change, ...]]]:
    """Fold events over a state, giving each new state with its changes."""
    for event in events:
        state, changes = advance(state, event)
        yield state, changes


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
            _, rejected = reject(state, event, f"no open call {channels[0].linkedid}")
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

    if not isinstance(event, Hangup | ChannelVanished | AgentComplete):
        for channel in channels:
            if state.channels.get(channel.uniqueid, call.linkedid) == call.linkedid:
                call = talk_steps.saw_channel(call, channel, name_of)
    moved = (
        talk_steps.entered(call, event, name_of) if isinstance(event, BridgeEnter) else STEPS[type(event)](call, event)
    )
    if isinstance(moved, str):
        return reject(state, event, moved)
    status = status_of(moved)
    forbidden = refusal(event, was, status)
    if forbidden is not None:
        return reject(state, event, forbidden)
    if before is not None and moved == before:
        return state, ()
    return apply_call(state, before, replace(moved, status=status, tenant=tenant_of(state, moved)), event.at)


def _agent_name(state: State, interface: str) -> str | None:
    agent = state.agents.get(interface)
    if agent is not None:
        return agent.member_name
    return state.settings.agent(interface).name if interface in state.settings.agents else None


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
    state, changes = apply_call(state, absorbed, replace(over, status=status_of(over)), at)
    whole = replace(into, parties=(*into.parties, *parties))
    state, more = apply_call(state, into, replace(whole, status=status_of(whole)), at)
    merged = {key: into.linkedid if value == absorbed.linkedid else value for key, value in state.merged.items()}
    return replace(state, merged={**merged, absorbed.linkedid: into.linkedid}), changes + more
