"""Conferences: rooms in which the parties of several calls talk to each other. Pure.

Asterisk keeps their Linkedids apart, so each stays a call of its own; but who is not alone in the room has a
conversation, and an agent there a leg.
"""

from msgspec.structs import replace

from calls.apply import Result, apply_call
from calls.call import Call
from calls.events import BridgeEnter, BridgeLeave
from calls.parties import AgentName, talking
from calls.state import Change, State
from calls.talk_steps import alone, converse
from calls.transitions import status_of


def converse_all(state: State, event: BridgeEnter, agent_name: AgentName) -> Result:
    """Somebody has entered the room: as soon as two are there, all of them talk."""
    changes: tuple[Change, ...] = ()
    people = {it: talking(state.calls[it], event.bridge) for it in state.rooms.get(event.bridge, ())}
    if sum(map(len, people.values())) < 2:
        return state, changes
    for linkedid, together in people.items():
        call = state.calls[linkedid]
        talks = converse(call, together, event.at, agent_name)
        if talks != call:
            state, more = apply_call(state, call, replace(talks, status=status_of(talks)), event)
            changes += more
    return state, changes


def others_in(state: State, call: Call, bridge: str) -> bool:
    """Whether anybody of another call is in this bridge."""
    there = (it for it in state.rooms.get(bridge, ()) if it != call.linkedid)
    return any(talking(state.calls[it], bridge) for it in there)


def left_alone(state: State, event: BridgeLeave) -> Result:
    """Somebody has left the room: the last one talks to nobody."""
    here = [(it, party) for it in state.rooms[event.bridge] for party in talking(state.calls[it], event.bridge)]
    if len(here) != 1 or not here[0][1].conference:
        return state, ()
    call = state.calls[here[0][0]]
    left = alone(call, here[0][1].uniqueid, event.at)
    return (state, ()) if left == call else apply_call(state, call, left, event)
