"""Countable facts of stints, summed by queue and quarter of an hour of arrival: what every queue metric is made of.

A tally is additive, so the live view adds a changed stint's new facts and takes its old ones away, the warehouse sums
rows, and both get the same number. Seconds throughout. Columns are named the same here, in the lake and in the marts.
"""

import msgspec
from msgspec import Struct

from calls.call import Call, Leg, Stint, StintOutcome
from calls.settings import QueueSettings

# Quarters of an hour: every current time zone's offset is a multiple of them.
INTERVAL_MS = 15 * 60 * 1000

REFUSED = frozenset({StintOutcome.JOIN_EMPTY, StintOutcome.FULL})
# What app_queue itself calls abandoned: all who left unanswered, but by a key (record_abandoned() in app_queue.c).
PBX_ABANDONED = frozenset(
    {
        StintOutcome.ABANDONED,
        StintOutcome.TIMEOUT,
        StintOutcome.EXIT_EMPTY,
        StintOutcome.WITHDRAWN,
        StintOutcome.SYSTEM,
    }
)


class Tally(Struct, frozen=True, array_like=True):
    """Sums over stints. Counts are stints; `*_s` are sums of seconds; thresholds are the queue's own.

    `offered` = `answered` + `abandoned` + `flow_out` + still waiting. `pbx_abandoned` is what Asterisk counts as
    abandoned, timeouts and all. `handled` counts ended legs of answered stints, and `talk_s`, `hold_s`, `wrap_s`
    are theirs.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    flow_out: int = 0
    refused: int = 0
    answered_in_sl: int = 0
    abandoned_in_sl: int = 0
    pbx_abandoned: int = 0
    pbx_abandoned_in_sl: int = 0
    wait_answered_s: float = 0.0
    wait_abandoned_s: float = 0.0
    wait_s: float = 0.0
    missed: int = 0
    handled: int = 0
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_s: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        # Most calls have no conversation yet, so this is often so.
        if other is NOTHING or self is NOTHING:
            return self if other is NOTHING else other
        return _tally([a + b for a, b in zip(self.values(), other.values(), strict=True)])

    def __sub__(self, other: "Tally") -> "Tally":
        return _tally([a - b for a, b in zip(self.values(), other.values(), strict=True)])

    def values(self) -> tuple[float, ...]:
        """The numbers in the order of `COLUMNS`."""
        return msgspec.structs.astuple(self)


COLUMNS: tuple[str, ...] = Tally.__struct_fields__
NOTHING = Tally()


def interval_start(at: int) -> int:
    """The start of the quarter of an hour that `at` lies in, both in ms since the epoch."""
    return at - at % INTERVAL_MS


def let_in(stint: Stint) -> bool:
    """Whether the queue took the caller in, which is what makes a stint offered."""
    return stint.outcome not in REFUSED


def stint_tally(call: Call, index: int, queue: QueueSettings) -> Tally:
    """The facts of one stint of a call; `queue` has its defaults filled in."""
    stint = call.stints[index]
    if not let_in(stint):
        return Tally(refused=1)
    missed = sum(1 for ring in call.missed if ring.stint == index)
    leg = next((leg for leg in call.legs if leg.stint == index and leg.ended_at is not None), None)
    return _waited(stint, queue) + Tally(offered=1, missed=missed) + _handled(leg, queue)


def _waited(stint: Stint, queue: QueueSettings) -> Tally:
    if stint.outcome is None or stint.wait_ms is None:
        return NOTHING
    wait = stint.wait_ms / 1000
    in_sl = int(wait <= (queue.service_level_s or 0))
    if stint.outcome is StintOutcome.ANSWERED:
        return Tally(answered=1, answered_in_sl=in_sl, wait_answered_s=wait, wait_s=wait)
    pbx = int(stint.outcome in PBX_ABANDONED)
    lost = Tally(pbx_abandoned=pbx, pbx_abandoned_in_sl=pbx * in_sl, wait_s=wait)
    if stint.outcome is StintOutcome.ABANDONED:
        short = int(wait <= (queue.short_abandon_s or 0))
        return lost + Tally(abandoned=1, short_abandoned=short, abandoned_in_sl=in_sl, wait_abandoned_s=wait)
    return lost + Tally(flow_out=1)


def _handled(leg: Leg | None, queue: QueueSettings) -> Tally:
    if leg is None or leg.talk_ms is None:
        return NOTHING
    return Tally(handled=1, talk_s=leg.talk_ms / 1000, hold_s=leg.hold_ms / 1000, wrap_s=queue.wrapup_s or 0.0)


def _tally(values: list[float]) -> Tally:
    # Sums of milliseconds, kept exact: without rounding, adding and taking away leaves dust in the last bits.
    return msgspec.convert([value if type(value) is int else round(value, 3) for value in values], Tally)
