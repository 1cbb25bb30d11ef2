"""Today's figures from the quarters of an hour that live state carries. Pure: time and zone are given.

Today begins at local midnight. Every zone's offset is a multiple of a quarter of an hour, so no quarter belongs to two
days.
"""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from calls.live import QueueLive
from calls.metrics import ABANDONED, AHT, ANSWERED, ASA, OFFERED, SERVICE_LEVEL
from calls.tally import NOTHING, Tally


class Today(Struct, frozen=True, rename="camel"):
    """A day so far. `service_level` is 0-1; `asa` and `aht` seconds; all three null where nothing was counted."""

    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    asa: float | None
    aht: float | None


class Totals(Struct, frozen=True, rename="camel"):
    """All queues together: who waits now, and the day so far. `longest_wait_since` is ms since the epoch.

    `occupancy` is null as long as calls/metrics.py does not define it.
    """

    waiting: int
    longest_wait_since: int | None
    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    asa: float | None
    aht: float | None
    occupancy: float | None = None


def day_start(now: int, zone: ZoneInfo) -> int:
    """The local midnight before `now`, both in ms since the epoch."""
    local = datetime.fromtimestamp(now / 1000, zone)
    return int(datetime.combine(local.date(), time.min, zone).timestamp() * 1000)


def tally_since(tallies: Iterable[tuple[int, Tally]], start: int) -> Tally:
    """The facts of all quarters from `start` (ms since the epoch) on."""
    return sum((tally for at, tally in tallies if at >= start), NOTHING)


def today(tally: Tally) -> Today:
    """The figures of these facts."""
    return Today(
        offered=int(OFFERED.value(tally) or 0),
        answered=int(ANSWERED.value(tally) or 0),
        abandoned=int(ABANDONED.value(tally) or 0),
        service_level=SERVICE_LEVEL.value(tally),
        asa=ASA.value(tally),
        aht=AHT.value(tally),
    )


def totals(queues: Iterable[QueueLive], start: int) -> Totals:
    """All of these queues together, the day beginning at `start` (ms since the epoch)."""
    every = list(queues)
    waiters = [waiter.entered_at for queue in every for waiter in queue.waiting]
    so_far = today(sum((tally_since(queue.tallies, start) for queue in every), NOTHING))
    return Totals(
        waiting=len(waiters),
        longest_wait_since=min(waiters, default=None),
        offered=so_far.offered,
        answered=so_far.answered,
        abandoned=so_far.abandoned,
        service_level=so_far.service_level,
        asa=so_far.asa,
        aht=so_far.aht,
    )
