"""An agent's leg: found, ended, held and resumed. Pure functions over a call."""

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from calls.call import Call, Leg, Transfer
from calls.media import MOS_METHOD, opinion

T = TypeVar("T")


def put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    """The same tuple with one place changed."""
    return (*values[:index], value, *values[index + 1 :])


def with_legs(call: Call, change: Callable[[Leg], Leg]) -> Call:
    """The call with each leg changed so; the very same where none is, which spares its agents and queues a look."""
    legs = tuple(map(change, call.legs))
    same = all(new is old for new, old in zip(legs, call.legs, strict=True))
    return call if same else replace(call, legs=legs)


def open_leg(call: Call, uniqueid: str) -> int | None:
    """The open leg of this channel, as an index."""
    for index, leg in enumerate(call.legs):
        if leg.uniqueid == uniqueid and leg.ended_at is None:
            return index
    return None


def open_leg_of(call: Call, interface: str) -> int | None:
    """The open leg of this interface that a queue connected, as an index."""
    for index, leg in enumerate(call.legs):
        if leg.interface == interface and leg.ended_at is None and leg.stint is not None:
            return index
    return None


def end_leg(call: Call, index: int, at: int, ended_by: str, transfer: Transfer | None = None) -> Call:
    """The leg is over, and with it any hold."""
    leg = call.legs[index]
    leg = join_leg(leg, at)
    held = at - leg.held_since if leg.held_since is not None else 0
    ended = replace(
        leg,
        ended_at=max(at, leg.answered_at),
        ended_by=ended_by,
        transfer=transfer,
        hold_ms=leg.hold_ms + max(0, held),
        held_by=(),
        held_since=None,
        mos=opinion(leg.media),
        mos_method=MOS_METHOD if leg.media is not None else None,
    )
    return replace(call, legs=put(call.legs, index, ended))


def hold_leg(leg: Leg, uniqueid: str, at: int) -> Leg:
    """This channel holds. The second side to hold makes no second span, but counts."""
    if leg.ended_at is not None or uniqueid in leg.held_by:
        return leg
    leg = join_leg(leg, at)
    since = at if leg.held_since is None else leg.held_since
    return replace(leg, held_by=(*leg.held_by, uniqueid), held_since=since, holds=leg.holds + 1)


def resume_leg(leg: Leg, uniqueid: str, at: int) -> Leg:
    """This channel resumed; the span ends when no side holds any more."""
    if uniqueid not in leg.held_by or leg.held_since is None:
        return leg
    left = tuple(holder for holder in leg.held_by if holder != uniqueid)
    if left:
        return replace(leg, held_by=left)
    return replace(leg, held_by=(), held_since=None, hold_ms=leg.hold_ms + max(0, at - leg.held_since))


def part_leg(leg: Leg, at: int) -> Leg:
    """From now on it talks to nobody. A hold says more, so it goes on."""
    if leg.ended_at is not None or leg.held_by or leg.apart_since is not None:
        return leg
    return replace(leg, apart_since=at)


def join_leg(leg: Leg, at: int) -> Leg:
    """It talks again."""
    if leg.apart_since is None:
        return leg
    return replace(leg, apart_since=None, apart_ms=leg.apart_ms + max(0, at - leg.apart_since))
