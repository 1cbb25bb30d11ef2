"""The one reducer: `advance(state, event) -> (state, changes)`, pure, over frozen values.

Live stream processors, batch replay, rebuild and tests all call it. An event at or before the last applied position of
its source changes nothing. An event that the state does not allow becomes a `Rejected` change and changes nothing else;
no event raises.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from calls import (
    dial_steps,
    filing,
    life_steps,
    listeners,
    members,
    merging,
    newcomers,
    queue_steps,
    recording_steps,
    resync,
    rooms,
    talk_steps,
    transfer_steps,
)
from calls.apply import Result, agent_name, apply_call, reject, tenant_of
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
    BridgeListed,
    CallerListed,
    CallParked,
    CallPickedUp,
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
    MixMonitorStart,
    MixMonitorStop,
    Newchannel,
    Newstate,
    PbxBooted,
    QueueAsked,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueuesListed,
    QueueStatusSet,
    RecordingNamed,
    RtcpReport,
    SoftHangupRequest,
    Unhold,
    VoicemailLeft,
)
from calls.file_events import FILES, ChannelLogged, FilesRead, QueueLogged
from calls.legs import open_leg, put
from calls.media import Media, heard
from calls.parties import AgentName
from calls.resync import AMI
from calls.state import Change, State
from calls.transitions import refusal, status_of


def _reported(state: State, event: RtcpReport) -> Result:
    """Summed up in the leg until it ends, and no change until then: every call would be written every few seconds."""
    linkedid = state.channels.get(event.channel.uniqueid, "")
    call = state.calls.get(linkedid)
    index = open_leg(call, event.channel.uniqueid) if call is not None else None
    if call is None or index is None:
        return state, ()
    leg = call.legs[index]
    legs = put(call.legs, index, replace(leg, media=heard(leg.media or Media(), event)))
    return replace(state, calls={**state.calls, linkedid: replace(call, legs=legs)}), ()


HANDLERS: dict[type[Event], Callable[[State, Any], Result]] = {
    **members.HANDLERS,
    ChannelListed: resync.saw_channel,
    BridgeListed: resync.saw_bridge,
    CallerListed: resync.saw_caller,
    RtcpReport: _reported,
    QueueLogged: filing.queue_logged,
    ChannelLogged: filing.channel_logged,
}
Step = Callable[[Call, Any], Call | str]
NOWHERE = (-1, -1)
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
    DialBegin: dial_steps.dial_began,
    DialEnd: dial_steps.dial_ended,
    BridgeLeave: talk_steps.left_bridge,
    Hold: talk_steps.held,
    Unhold: talk_steps.resumed,
    BlindTransfer: transfer_steps.blind_transferred,
    AttendedTransfer: transfer_steps.attended_transferred,
    CallParked: talk_steps.parked,
    HangupRequest: talk_steps.asked_to_end,
    Hangup: life_steps.gone,
    ChannelVanished: life_steps.vanished,
    RecordingNamed: recording_steps.recording_named,
    MixMonitorStart: recording_steps.recording_began,
    MixMonitorStop: recording_steps.recording_ended,
    VoicemailLeft: recording_steps.voicemail_left,
}

# Those that must know who is behind an interface.
NAMED_STEPS: dict[type[Event], Callable[[Call, Any, AgentName], Call]] = {
    BridgeEnter: talk_steps.entered,
    CallPickedUp: dial_steps.picked_up,
}
# Those that must know who of other calls is in a bridge.
MEETING_STEPS: dict[type[Event], Callable[[Call, Any, queue_steps.MeetsOthers], Call]] = {
    AgentComplete: queue_steps.completed,
}


def advance(state: State, event: Event) -> Result:
    """The state after this event, and what changed by it. Never raises for an event of `calls.events`."""
    # A file is the same file, whoever reads it.
    source = event.pos.source if event.pos.source in FILES else f"{event.pos.source}/{event.pos.ingester}"
    place = (event.pos.epoch, event.pos.seq)
    last = state.positions.get(source, NOWHERE)
    if place <= last:
        return state, ()
    state = replace(state, version=state.version + 1, positions={**state.positions, source: place})
    link = listeners.LINKS.get(type(event))
    if link is not None:
        return link(state, event, _take)
    if event.pos.source == AMI:
        return listeners.heard(state, event, place[0] > last[0], _take)
    return _fold(state, event, state.heard_at)


def _take(state: State, event: Event) -> Result:
    """An event of AMI that is due."""
    before = state.heard_at
    if not before:
        state = resync.unheard(state, 0, event.at, "not connected yet")
    return _fold(replace(state, heard_at=max(before, event.at)), event, before)


def _fold(state: State, event: Event, heard_at: int) -> Result:
    """An event in its place. The PBX was heard until `heard_at` before."""
    after, changes = members.booted(state, event, heard_at) if isinstance(event, PbxBooted) else _apply(state, event)
    interfaces = newcomers.newcomers(state, after)
    if not interfaces:
        return after, changes
    after, more = newcomers.introduce(after, interfaces, event)
    return after, changes + more


def _apply(state: State, event: Event) -> Result:
    handler = HANDLERS.get(type(event))
    if handler is not None:
        return handler(state, event)
    if isinstance(event, ChannelsListed):
        return resync.channels_listed(state, event, _apply)
    if isinstance(event, QueuesListed):
        return resync.queues_listed(state, event, _apply)
    if isinstance(event, FilesRead):
        return filing.files_read(state, event, advance)
    return _call_event(state, event)


def replay(state: State, events: Iterable[Event]) -> Iterator[tuple[State, tuple[Change, ...]]]:
    """Fold events over a state, giving each new state with its changes."""
    for event in events:
        state, changes = advance(state, event)
        yield state, changes


def _channels(event: Event) -> tuple[Channel, ...]:
    """The channels an event shows, the one that names the call first."""
    if isinstance(event, CallPickedUp):
        return (event.target,)
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
    state, changes = merging.merge(state, event, channels)
    before = _find(state, event, channels)
    if before is not None and isinstance(event, BridgeEnter | AttendedTransfer):
        state, more = merging.MEETINGS[type(event)](state, event, before)
        changes += more
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


def _moved(state: State, call: Call, event: Event, name_of: AgentName) -> Call | str:
    kind = type(event)
    if kind in NAMED_STEPS:
        return NAMED_STEPS[kind](call, event, name_of)
    if kind in MEETING_STEPS:
        return MEETING_STEPS[kind](call, event, lambda bridge: rooms.others_in(state, call, bridge))
    return STEPS[kind](call, event)


def _step(state: State, before: Call | None, event: Event, channels: tuple[Channel, ...]) -> Result:
    call = before or life_steps.begin(state.pbx, channels[0], event.at, state.settings.default_tenant)
    was = call.status

    def name_of(interface: str) -> str | None:
        return agent_name(state, interface)

    for channel in channels:
        if state.channels.get(channel.uniqueid, call.linkedid) == call.linkedid:
            if not isinstance(event, Hangup | ChannelVanished | AgentComplete):
                call = life_steps.saw_channel(call, channel)
            call = life_steps.directed(call, channel, name_of)
    moved = _moved(state, call, event, name_of)
    if isinstance(moved, str):
        return reject(state, event, moved)
    status = status_of(moved)
    forbidden = refusal(event, was, status)
    if forbidden is not None:
        return reject(state, event, forbidden)
    if before is not None and moved == before:
        return state, ()
    state, changes = apply_call(state, before, replace(moved, status=status, tenant=tenant_of(state, moved)), event)
    if isinstance(event, BridgeEnter) and event.conference:
        state, more = rooms.converse_all(state, event, name_of)
        changes += more
    elif isinstance(event, BridgeLeave) and event.bridge in state.rooms:
        state, more = rooms.left_alone(state, event)
        changes += more
    return state, changes
