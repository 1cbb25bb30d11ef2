"""Putting a changed call, agent or queue into the state, with everything that follows from it. Pure.

A call's change is carried to its queues and agents here and nowhere else, so that they can never disagree with it.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from calls.agents import new_agent, revised, with_call
from calls.call import Call
from calls.events import Event
from calls.presence import intervals
from calls.queues import touched
from calls.queues import with_call as queue_with_call
from calls.state import Agent, AgentChanged, CallChanged, Change, Queue, QueueChanged, Rejected, State

Result = tuple[State, tuple[Change, ...]]

# As many ended calls are remembered by name as one busy second can end: a late word about them is not a new call.
REMEMBERED = 256
PROVISIONAL = "provisional"


def reject(state: State, event: Event, reason: str) -> Result:
    """The event changes nothing; why is a change of its own."""
    pos = event.pos
    return state, (Rejected(pos.source, pos.ingester, pos.epoch, pos.seq, type(event).__name__, reason),)


def agent_name(state: State, interface: str) -> str | None:
    """The name of the agent behind an interface, None where it is nobody's."""
    agent = state.agents.get(interface)
    if agent is not None:
        return agent.member_name
    return state.settings.agent(interface).name if interface in state.settings.agents else None


def tenant_of(state: State, call: Call) -> str:
    """From the first queue, then the first agent, then the PBX's default."""
    if call.stints:
        return state.settings.queue(call.stints[0].queue).tenant or call.tenant
    if call.legs:
        return state.settings.agent(call.legs[0].interface).tenant or call.tenant
    return call.tenant


def apply_call(state: State, before: Call | None, call: Call, event: Event, cause: str = "") -> Result:
    """Put a call that this event changed into the state, and into its agents and queues."""
    call = replace(call, version=state.version)
    changes: list[Change] = [CallChanged(call, before, event, cause)]
    # Copied whole: to look at each of hundreds of calls for each event would be most of the work.
    calls = state.calls.copy()
    calls.pop(call.linkedid, None)
    closed = state.closed
    if call.ended_at is None:
        calls[call.linkedid] = call
    else:
        closed = (*closed[-REMEMBERED + 1 :], call.linkedid)
        if state.filing.marks and call.certainty == PROVISIONAL:
            state = replace(state, ended={**state.ended, call.linkedid: call})
        if call.linkedid in state.merged.values():
            merged = {key: value for key, value in state.merged.items() if value != call.linkedid}
            state = replace(state, merged=merged)
    state = replace(state, calls=calls, closed=closed)
    if before is None or before.parties is not call.parties:
        state = replace(state, channels=_index(state, before, call), rooms=_rooms(state, before, call))
    state = _to_queues(state, before, call, changes)
    return _to_agents(state, before, call, event.at, changes), tuple(changes)


def revise(state: State, before: Call | None, call: Call, event: Event, cause: str = "") -> Result:
    """A call that has ended is told better: counts follow, and what its agents do now stays as it is."""
    call = replace(call, version=state.version)
    changes: list[Change] = [CallChanged(call, before, event, cause)]
    ended = {linkedid: it for linkedid, it in state.ended.items() if linkedid != call.linkedid}
    closed = state.closed if call.linkedid in state.closed else (*state.closed[-REMEMBERED + 1 :], call.linkedid)
    state = _to_queues(replace(state, ended=ended, closed=closed), before, call, changes)
    if before is None or before.legs is not call.legs:
        for interface in sorted({leg.interface for version in (before, call) if version for leg in version.legs}):
            agent = state.agents.get(interface)
            if agent is not None:
                new = replace(revised(agent, before, call), version=state.version)
                changes.append(AgentChanged(new))
                state = replace(state, agents={**state.agents, interface: new})
    return state, tuple(changes)


def _index(state: State, before: Call | None, call: Call) -> dict[str, str]:
    old = {party.uniqueid for party in before.parties} if before is not None else set()
    new = {party.uniqueid for party in call.parties}
    if old == new:
        return state.channels
    channels = state.channels.copy()
    for uniqueid in old - new:
        channels.pop(uniqueid, None)
    channels.update(dict.fromkeys(new - old, call.linkedid))
    return channels


def _rooms(state: State, before: Call | None, call: Call) -> dict[str, tuple[str, ...]]:
    old = _bridges(before) if before is not None else set()
    new = _bridges(call)
    if old == new:
        return state.rooms
    rooms = state.rooms.copy()
    for bridge in old - new:
        left = tuple(linkedid for linkedid in rooms.pop(bridge, ()) if linkedid != call.linkedid)
        if left:
            rooms[bridge] = left
    for bridge in new - old:
        rooms[bridge] = tuple(sorted((*rooms.get(bridge, ()), call.linkedid)))
    return rooms


def rooms_of(calls: Iterable[Call]) -> dict[str, tuple[str, ...]]:
    """The index of bridges that these calls come to."""
    rooms: dict[str, tuple[str, ...]] = {}
    for call in calls:
        for bridge in _bridges(call):
            rooms[bridge] = tuple(sorted((*rooms.get(bridge, ()), call.linkedid)))
    return rooms


def _bridges(call: Call) -> set[str]:
    return {party.bridge for party in call.parties if party.bridge}


def _to_queues(state: State, before: Call | None, call: Call, changes: list[Change]) -> State:
    for queue_id in sorted(touched(before, call)):
        old = state.queues.get(queue_id) or Queue(queue_id)
        new = queue_with_call(old, before, call, state.settings)
        if new != old or queue_id not in state.queues:
            state = put_queue(state, new, changes)
    return state


def put_queue(state: State, queue: Queue, changes: list[Change]) -> State:
    """A queue as of now; the change is added to `changes`."""
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
        state = put_agent(state, old, with_call(old, before, call, at, state.settings), at, changes)
    return state


def put_agent(state: State, old: Agent, new: Agent, at: int, changes: list[Change]) -> State:
    """An agent as of now, if anything differs; the change, with the spans that are over, is added to `changes`."""
    if new == old:
        return state
    new = replace(new, version=state.version)
    moved = new.presence.since != old.presence.since and old.presence.since > 0
    changes.append(AgentChanged(new, intervals(old.presence, at) if moved else ()))
    return replace(state, agents={**state.agents, new.interface: new})
