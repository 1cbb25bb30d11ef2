"""Erlang C and A: how a queue fares with so many agents, and how many it needs. Pure.

Calls come at random at one rate, each takes `aht_s` on average, agents take who has waited longest. Erlang C: nobody
ever hangs up. Erlang A: callers hang up after `patience_s` on average. Both are of the long run: an interval that
begins with a full queue fares worse. Sources: Erlang 1917; Garnett, Mandelbaum, Reiman 2002.
"""

import math
from bisect import bisect_left
from collections.abc import Iterator
from itertools import count

from msgspec import Struct

# What is this much less likely than the likeliest state changes no digit that is printed.
NEGLIGIBLE = 1e-18


class Load(Struct, frozen=True):
    """What comes: so many calls in `interval_s` seconds. `target_s`: answered within so many seconds is in time."""

    calls: float
    interval_s: float
    aht_s: float
    target_s: float
    patience_s: float | None = None

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.interval_s

    @property
    def erlangs(self) -> float:
        """How many agents would be busy all the time."""
        return self.rate * self.aht_s


class Fare(Struct, frozen=True):
    """How it goes; ratios are 0-1, of offered calls. None where nothing comes, or the wait grows without end.

    `service_level` is answered within the target; `asa_s` the mean wait of all, those who hang up included, as is
    usual for both formulas.
    """

    agents: int
    p_wait: float | None
    service_level: float | None
    asa_s: float | None
    occupancy: float | None
    p_abandon: float | None


def fare(load: Load, agents: int) -> Fare:
    """How `agents` fare with this load: by Erlang A where patience is known, else by Erlang C."""
    if not load.calls:
        return Fare(agents, None, None, None, 0.0 if agents else None, None)
    return _erlang_c(load, agents) if load.patience_s is None else _erlang_a(load, agents, load.patience_s)


def fewest(load: Load, service_level: float) -> Fare:
    """The fewest agents with at least this service level, below 1, and how they fare."""
    if not load.calls:
        return fare(load, 0)
    most = 1
    while (fare(load, most).service_level or 0.0) < service_level:
        most *= 2
    agents = bisect_left(range(most), service_level, key=lambda number: fare(load, number).service_level or 0.0)
    return fare(load, agents)


def erlang_b(agents: int, erlangs: float) -> float:
    """The share of calls that would find all agents busy if nobody waited."""
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = erlangs * blocked / (number + erlangs * blocked)
    return blocked


def _erlang_c(load: Load, agents: int) -> Fare:
    offered = load.erlangs
    if agents <= offered:
        return Fare(agents, 1.0, 0.0, None, 1.0 if agents else None, 0.0)
    blocked = erlang_b(agents, offered)
    waits = agents * blocked / (agents - offered * (1 - blocked))
    spare = (agents - offered) / load.aht_s
    late = math.exp(-spare * load.target_s)
    return Fare(agents, waits, 1 - waits * late, waits / spare, offered / agents, 0.0)


def _erlang_a(load: Load, agents: int, patience_s: float) -> Fare:
    leaving = 1 / patience_s
    served = agents / load.aht_s
    # How likely it is to find so many waiting, beside all agents being busy and nobody waiting.
    waiting = list(_waiting(load.rate, served, leaving))
    blocked = erlang_b(agents, load.erlangs)
    busy, all_states = _over(waiting, blocked)
    waits = busy / all_states
    queue = math.fsum(number * share for number, share in enumerate(waiting)) / all_states
    in_time = math.fsum(map(_product, waiting, _in_time(served / leaving, leaving * load.target_s))) / all_states
    abandons = leaving * queue / load.rate
    occupancy = load.erlangs * (1 - abandons) / agents if agents else None
    return Fare(agents, waits, 1 - waits + in_time, queue / load.rate, occupancy, abandons)


def _over(waiting: list[float], blocked: float) -> tuple[float, float]:
    """The weight of the states with all agents busy, and of all states. `waiting` is scaled to its largest."""
    busy = math.fsum(waiting)
    idle = waiting[0] * (1 / blocked - 1) if blocked else math.inf
    return busy, busy + idle


def _waiting(rate: float, served: float, leaving: float) -> Iterator[float]:
    """The weight of 0, 1, 2 … waiting, the likeliest being 1.

    More wait as long as `rate` is above what is served and what leaves; there the likeliest state lies.
    """
    peak = max(0, math.floor((rate - served) / leaving))
    below = [1.0]
    for number in range(peak, 0, -1):
        below.append(below[-1] * (served + number * leaving) / rate)
    yield from reversed(below)
    weight = 1.0
    for number in count(peak + 1):
        weight *= rate / (served + number * leaving)
        if weight < NEGLIGIBLE:
            return
        yield weight


def _in_time(ratio: float, target: float) -> Iterator[float]:
    """The share of those with 0, 1, 2 … waiting before them who are served in time, and did not hang up before.

    The times at which those before are served or hang up make the wait: with u = 1 − e^(−θt) it is a beta variable of
    (ahead + 1, ratio), so the share is ratio / (ratio + ahead + 1) of a beta's distribution at the target. `ratio` is
    served / leaving, `target` is in mean patiences.
    """
    reached = -math.expm1(-target)
    if not reached:
        yield from (0.0 for _ in count())
    # The distribution of beta(ahead + 1, ratio + 1) is the tail of a negative binomial's.
    term = -target * (ratio + 1)
    tail = -math.expm1(term)
    for ahead in count():
        yield max(0.0, tail) * ratio / (ratio + ahead + 1)
        term += math.log((ratio + 1 + ahead) / (ahead + 1) * reached)
        tail -= math.exp(term)


def _product(left: float, right: float) -> float:
    return left * right
