"""A day of a queue as it was recorded: who called, what became of each, who was there. Pure values, times in ms.

What follows from these alone is here too: when an agent was with a caller, and how the day's figures come out.
"""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import asdict, replace

from calls.call import Call, Stint, StintOutcome
from calls.metrics import METRICS
from calls.settings import QueueSettings
from calls.tally import NOTHING, Tally, stint_tally

Span = tuple[int, int]
COUNTS = ("offered", "answered", "abandoned")


class Caller(Struct, frozen=True):
    """One stint. `busy_ms`: how long its agent was not free for another: talk, hold and wrap-up; 0 if not answered.

    `left_at` and `outcome` are None for who still waits, `agent` for whom no agent is known of.
    """

    key: str
    entered_at: int
    left_at: int | None
    outcome: StintOutcome | None
    agent: str | None = None
    busy_ms: int = 0


class Day(Struct, frozen=True):
    """`callers` in the order in which they entered. `there`: when each agent could be with a caller of this queue.

    `delivery_ms`: from an agent's being free to the conversation. `queue` has the thresholds, none of them None.
    """

    start: int
    end: int
    callers: tuple[Caller, ...]
    there: dict[str, tuple[Span, ...]]
    delivery_ms: int
    queue: QueueSettings


def without_overlap(callers: Sequence[Caller]) -> tuple[Caller, ...]:
    """The callers in the order in which they entered, each agent free at the latest when it answers the next."""
    ordered = sorted(callers, key=lambda caller: (caller.entered_at, caller.key))
    shortened = {}
    for answered in _by_agent(ordered).values():
        for this, following in pairwise(answered):
            free = min(this.busy_ms, (following.left_at or 0) - (this.left_at or 0))
            shortened[this.key] = replace(this, busy_ms=free)
    return tuple(shortened.get(caller.key, caller) for caller in ordered)


def busy_spans(callers: Sequence[Caller]) -> dict[str, list[Span]]:
    """When each agent was with callers of this queue, in order."""
    return {
        agent: sorted((it.left_at or 0, (it.left_at or 0) + it.busy_ms) for it in answered)
        for agent, answered in _by_agent(callers).items()
    }


def figures(
    callers: Sequence[Caller], there: dict[str, tuple[Span, ...]], queue: QueueSettings
) -> dict[str, float | None]:
    """offered, answered, abandoned, service_level, asa (s) as `calls.metrics` has them, and occupancy: of the time that
    agents were there, what they spent with callers. Ratios 0-1, None where undefined.
    """
    tally = sum((_tally(caller, queue) for caller in callers), NOTHING)
    staffed = sum(end - start for spans in there.values() for start, end in spans)
    busy = sum(caller.busy_ms for caller in callers if caller.agent is not None)
    metrics = {name: METRICS[name].value(tally) for name in (*COUNTS, "service_level", "asa")}
    return {**metrics, "occupancy": busy / staffed if staffed else None}


def _tally(caller: Caller, queue: QueueSettings) -> Tally:
    stint = Stint("", "", caller.entered_at, left_at=caller.left_at, outcome=caller.outcome)
    return stint_tally(Call("", "", caller.entered_at, "", stints=(stint,)), 0, queue)


def _by_agent(callers: Sequence[Caller]) -> dict[str, list[Caller]]:
    found: dict[str, list[Caller]] = {}
    for caller in sorted(callers, key=lambda caller: caller.left_at or 0):
        if caller.outcome is StintOutcome.ANSWERED and caller.agent is not None:
            found.setdefault(caller.agent, []).append(caller)
    return found


def with_thresholds(queue: QueueSettings, service_level_s: float | None) -> QueueSettings:
    """The queue, with another threshold if one is given."""
    return queue if service_level_s is None else QueueSettings(**asdict(queue) | {"service_level_s": service_level_s})
