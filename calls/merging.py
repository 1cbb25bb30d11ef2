"""Two calls that become one: by their Linkedid, in a bridge, or where one takes the other's place. Pure.

The one that is absorbed ends with `merged_into`; its parties go on in the other.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from calls import life_steps, talk_steps
from calls.apply import Result, agent_name, apply_call
from calls.call import Call, Leg, MissedRing, Ring, Transfer
from calls.events import AttendedTransfer, BridgeEnter, Channel, Event
from calls.legs import end_leg
from calls.parties import talking
from calls.state import Change, State
from calls.transitions import status_of

Part = TypeVar("Part", Leg, MissedRing, Ring)
# Where a call's stints, by their old places, stand in another tuple of stints; None is outside of queues.
Places = dict[int | None, int | None]
NOBODY: Mapping[str, str] = {}


def merge(state: State, event: Event, channels: tuple[Channel, ...]) -> Result:
    """A channel of one open call that now names another open call: the first is absorbed by the second."""
    changes: tuple[Change, ...] = ()
    for channel in channels:
        mine = state.channels.get(channel.uniqueid)
        other = state.merged.get(channel.linkedid, channel.linkedid)
        if mine is None or mine == other or other not in state.calls or mine not in state.calls:
            continue
        state, more = _absorb(state, state.calls[mine], state.calls[other], event)
        changes += more
    return state, changes


def meet(state: State, event: BridgeEnter, mine: Call) -> Result:
    """Whoever meets in a bridge is one call, whatever the Linkedids still say: the younger joins the older.

    Not so where a list shows the bridge: by then the Linkedids say it, and it may be a conference or a parking lot.
    """
    changes: tuple[Change, ...] = ()
    if event.conference or event.holding or event.listed:
        return state, changes
    for linkedid in state.rooms.get(event.bridge, ()):
        if linkedid != mine.linkedid and linkedid in state.calls:  # where three meet, one is absorbed by now
            into, absorbed = sorted((mine, state.calls[linkedid]), key=lambda call: (call.started_at, call.linkedid))
            state, more = _absorb(state, absorbed, into, event)
            mine, changes = state.calls[into.linkedid], changes + more
    return state, changes


def take_place(state: State, event: AttendedTransfer, mine: Call) -> Result:
    """The caller takes the place of the second channel, wherever its dialplan is: waiting in a queue, say."""
    other = state.calls.get(state.channels.get(event.second.uniqueid, ""))
    if not event.ok or not event.takes_place or event.transferee is None or other is None or other is mine:
        return state, ()
    return _absorb(state, other, mine, event, {event.second.uniqueid: event.transferee.uniqueid})


# What else than a Linkedid may show that two calls are one.
MEETINGS: dict[type[Event], Callable[[State, Any, Call], Result]] = {BridgeEnter: meet, AttendedTransfer: take_place}


def _absorb(state: State, absorbed: Call, into: Call, event: Event, in_place_of: Mapping[str, str] = NOBODY) -> Result:
    """What still goes on of a call goes on in the other: its channels, rings, recordings, and who waits in a queue.

    `in_place_of`: which channel waits from now on instead of which.
    """
    before = state.merged
    waiting = [index for index, it in enumerate(absorbed.stints) if it.outcome is None]
    staying = [index for index in range(len(absorbed.stints)) if index not in waiting]
    here: Places = {None: None, **{index: len(into.stints) + place for place, index in enumerate(waiting)}}
    there: Places = {None: None, **{index: place for place, index in enumerate(staying)}}
    stints = tuple(absorbed.stints[index] for index in waiting)
    left = replace(
        absorbed,
        stints=tuple(absorbed.stints[index] for index in staying),
        legs=_placed(absorbed.legs, there),
        missed=_placed(absorbed.missed, there),
        recordings=tuple(it for it in absorbed.recordings if it.ended_at is not None),
    )
    whole = replace(
        into,
        stints=(*into.stints, *(replace(it, uniqueid=in_place_of.get(it.uniqueid, it.uniqueid)) for it in stints)),
        rings=(*into.rings, *_placed(absorbed.rings, here)),
        missed=(*into.missed, *(it for it in _placed(absorbed.missed, here) if it.stint is not None)),
        recordings=(*into.recordings, *(it for it in absorbed.recordings if it.ended_at is None)),
        parties=(*into.parties, *absorbed.parties),
    )
    whole = _talks_on(state, whole, absorbed, event)
    over = life_steps.end_call(replace(_handed_over(left, event), merged_into=into.call_id), event.at)
    state, changes = apply_call(state, absorbed, replace(over, status=status_of(over)), event)
    state, more = apply_call(state, into, replace(whole, status=status_of(whole)), event)
    merged = {key: into.linkedid if value == absorbed.linkedid else value for key, value in before.items()}
    return replace(state, merged={**merged, absorbed.linkedid: into.linkedid}), changes + more


def _talks_on(state: State, whole: Call, absorbed: Call, event: Event) -> Call:
    """Those of the absorbed call who talk to each other do so in the other from now on."""

    def name_of(interface: str) -> str | None:
        return agent_name(state, interface)

    for bridge in sorted({party.bridge for party in absorbed.parties if party.bridge and not party.conference}):
        together = talking(whole, bridge)
        if len(together) > 1:
            whole = talk_steps.converse(whole, together, event.at, name_of)
    return whole


def _placed(parts: tuple[Part, ...], places: Places) -> tuple[Part, ...]:
    """The rings, legs or missed rings of these stints, by the stints' new places."""
    return tuple(replace(part, stint=places[part.stint]) for part in parts if part.stint in places)


def _handed_over(call: Call, event: Event) -> Call:
    """How the legs end that a queue connected: by a transfer if another channel takes the agent's place in the bridge.

    Else the one who called the queue has handed somebody over to its agent: a caller who ended it.
    """
    for index, leg in enumerate(call.legs):
        if leg.ended_at is None and leg.stint is not None:
            swapped = isinstance(event, BridgeEnter) and event.swap == leg.uniqueid
            to = event.channel.number or event.channel.exten if isinstance(event, BridgeEnter) else ""
            ended_by, transfer = ("transfer", Transfer("attended", to)) if swapped else ("caller", None)
            call = end_leg(call, index, event.at, ended_by, transfer)
    return call
