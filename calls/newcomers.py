"""Agents who become known while they are in calls: from then on the calls are as if they had been known before. Pure.

The list of a queue's members may come after the list of channels, and the first word of a phone's channel before the
one that says that the phone is a member's.
"""

from collections.abc import Set

from msgspec.structs import replace

from calls import life_steps, talk_steps
from calls.apply import Result, agent_name, apply_call, tenant_of
from calls.call import Call, Party
from calls.events import Event
from calls.parties import AgentName, talking
from calls.state import Change, State
from calls.transitions import status_of


def newcomers(before: State, after: State) -> Set[str]:
    """The interfaces that are agents' after an event and were not before it."""
    if len(before.agents) == len(after.agents) and before.settings is after.settings:
        return frozenset()
    known = before.agents.keys() | before.settings.agents.keys()
    return (after.agents.keys() | after.settings.agents.keys()) - known


def introduce(state: State, interfaces: Set[str], event: Event) -> Result:
    """Look again at the open calls of the agents who have become known, at these interfaces, by this event."""
    changes: tuple[Change, ...] = ()

    def name_of(interface: str) -> str | None:
        return agent_name(state, interface)

    for call in list(state.calls.values()):
        theirs = [party for party in call.parties if party.interface in interfaces]
        if not theirs:
            continue
        phones = [party for party in theirs if not party.pipe]
        seen = _with_legs(state, life_steps.redirected(call, name_of), phones, name_of)
        if seen != call:
            seen = replace(seen, status=status_of(seen), tenant=tenant_of(state, seen))
            state, more = apply_call(state, call, seen, event)
            changes += more
    return state, changes


def _with_legs(state: State, call: Call, agents: list[Party], name_of: AgentName) -> Call:
    """Each of these agents who is in a bridge with somebody has a leg since they met."""
    for agent in agents:
        there = [it for linkedid in state.rooms.get(agent.bridge, ()) for it in _in_bridge(state, linkedid, agent)]
        if there:
            met = max(agent.since, min(it.since for it in there))
            call = talk_steps.converse(call, [agent], met, name_of)
    return call


def _in_bridge(state: State, linkedid: str, agent: Party) -> list[Party]:
    """Who of this call talks to the agent."""
    return [it for it in talking(state.calls[linkedid], agent.bridge) if it.uniqueid != agent.uniqueid]
