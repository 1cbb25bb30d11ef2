"""Who calls on a day that is played again: the recorded callers, fewer or more, each with their patience. Pure."""

import math
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from calls.call import StintOutcome
from calls.tally import REFUSED
from warehouse.staffing.day import Caller, Day
from warehouse.staffing.patience import Patience

# A caller who is added comes about when the one comes who is doubled: within half of a quarter of an hour.
JITTER_MS = 450_000


class Incoming(Struct, frozen=True):
    """`recorded`: what the record has of the caller; for who is added its arrival alone.

    `gives_up_at` with the outcome `gives_up`: until then the caller waits, None for ever. `free_at`: from then on
    whoever is free may answer; None: that is told by the record. `busy_ms`: how long an agent will be busy.
    """

    recorded: Caller
    gives_up_at: int | None
    gives_up: StintOutcome
    free_at: int | None
    busy_ms: int

    @property
    def is_refused(self) -> bool:
        """Who was not let in."""
        return self.recorded.outcome in REFUSED

    def anybodys(self, at: int) -> "Incoming":
        """The same caller, whom from then on whoever is free may answer."""
        return replace(self, free_at=at if self.free_at is None else min(at, self.free_at))


def incoming(day: Day, calls: float, patience: float, seed: int) -> list[Incoming]:
    """Who calls when there are `calls` times as many and each is `patience` times as patient, by arrival."""
    curve = Patience(
        (it.left_at - it.entered_at, it.outcome is StintOutcome.ABANDONED)
        for it in day.callers
        if it.left_at is not None and it.outcome not in REFUSED
    )
    handled = [it.busy_ms for it in day.callers if it.outcome is StintOutcome.ANSWERED] or [0]
    come = []
    for caller in day.callers:
        chance = Random(f"{seed} {caller.key}")
        draws = [chance.random() for _ in range(3)]
        busy = caller.busy_ms if caller.outcome is StintOutcome.ANSWERED else handled[int(draws[0] * len(handled))]
        copies = math.floor(calls) + (draws[1] < calls % 1)
        if copies:
            come.append(_known(caller, busy, patience, curve, draws[2]))
        come += [_added(day, caller, number, busy, patience, curve, chance) for number in range(1, copies)]
    return sorted(come, key=lambda it: (it.recorded.entered_at, it.recorded.key))


def _known(caller: Caller, busy: int, patience: float, curve: Patience, chance: float) -> Incoming:
    wait = None if caller.left_at is None else caller.left_at - caller.entered_at
    if wait is None or caller.outcome is None:
        return Incoming(caller, None, StintOutcome.ABANDONED, None, busy)
    if caller.outcome is StintOutcome.ABANDONED:
        return Incoming(caller, caller.entered_at + round(wait * patience), caller.outcome, caller.left_at, busy)
    if caller.outcome is not StintOutcome.ANSWERED:
        return Incoming(caller, caller.left_at, caller.outcome, None, busy)
    drawn = curve.draw(chance, wait)
    gives_up = None if drawn is None else caller.entered_at + round(drawn * patience)
    return Incoming(caller, gives_up, StintOutcome.ABANDONED, None, busy)


def _added(
    day: Day, like: Caller, number: int, busy: int, patience: float, curve: Patience, chance: Random
) -> Incoming:
    at = like.entered_at + chance.randint(-JITTER_MS, JITTER_MS)
    at = min(max(at, day.start), day.end - 1)
    drawn = curve.draw(chance.random())
    gives_up = None if drawn is None else at + round(drawn * patience)
    caller = Caller(f"{like.key} +{number}", at, None, None)
    return Incoming(caller, gives_up, StintOutcome.ABANDONED, at, busy)
