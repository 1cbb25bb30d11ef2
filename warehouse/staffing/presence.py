"""When each agent could be with a caller of a queue: logged in, not paused, on the telephone for nobody else. Pure.

Of an agent of whom no presence is known (days from before Trunkline) it is taken to be from its first answer on that
day until it was free after its last.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warehouse.staffing.day import Caller, Span, busy_spans

AWAY = frozenset({"offline", "paused"})


def attendance(
    callers: Sequence[Caller], presence: Iterable[Mapping[str, Any]], elsewhere: Iterable[Mapping[str, Any]], day: Span
) -> dict[str, tuple[Span, ...]]:
    """The spans within the day of every agent who answered one of these callers; ms. `elsewhere`: legs of others."""
    busy = busy_spans(callers)
    known: dict[str, list[Span]] = {}
    for row in presence:
        if row["agent"] in busy:
            there = known.setdefault(row["agent"], [])
            if row["state"] not in AWAY:
                there.append((row["started"], row["ended"]))
    away: dict[str, list[Span]] = {}
    for leg in elsewhere:
        away.setdefault(leg["agent"], []).append((leg["answered"], leg["ended"]))
    return {
        agent: tuple(minus(within(known.get(agent, [(spans[0][0], spans[-1][1])]), day), away.get(agent, ())))
        for agent, spans in busy.items()
    }


def within(spans: Iterable[Span], bounds: Span) -> list[Span]:
    """The parts of the spans that lie in the bounds, in order, those that meet as one."""
    met: list[Span] = []
    for start, end in sorted((max(start, bounds[0]), min(end, bounds[1])) for start, end in spans):
        if start >= end:
            continue
        if met and start <= met[-1][1]:
            met[-1] = (met[-1][0], max(end, met[-1][1]))
        else:
            met.append((start, end))
    return met


def minus(spans: Iterable[Span], away: Iterable[Span]) -> list[Span]:
    """What is left of the spans without those `away`."""
    left = list(spans)
    for start, end in away:
        left = [part for span in left for part in ((span[0], min(span[1], start)), (max(span[0], end), span[1]))]
        left = [part for part in left if part[0] < part[1]]
    return left
