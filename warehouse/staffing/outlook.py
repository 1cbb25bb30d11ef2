"""The week before a queue as a page shows it: what will come, the agents it needs, who usually is there, and what if.

The door through which the dashboard reads staffing: the published marts of a tenant, and this question beside theirs.
Raises MartsMissing while nothing is published, BadRange for a queue that does not exist or has no past yet.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from warehouse.errors import BadRange
from warehouse.mart_file import MartFile
from warehouse.marts import Marts, QueueName
from warehouse.periods import QUARTER, day_start
from warehouse.published import marts_path
from warehouse.staffing.erlang import Fare, Load, fare
from warehouse.staffing.facts import past
from warehouse.staffing.forecast import LENGTHS, WEEK, Error, back_test, back_tested, forecast, slots
from warehouse.staffing.plan import Target, plan

# So many agents fewer and more than the plan are tried.
TRIED = range(-3, 4)
_PRESENT = """
    SELECT interval_start, sum(available_s + ringing_s + on_call_s + on_hold_s + wrap_up_s) / 900 AS present
    FROM agent15
    WHERE interval_start >= $start AND interval_start < $end AND (pbx, agent_id) IN (
      SELECT (pbx, agent_id) FROM legs
      WHERE pbx = $pbx AND queue = $queue AND answered_at >= $start AND answered_at < $end
    )
    GROUP BY interval_start
"""


class Wanted(NamedTuple):
    """What is asked of a queue (`id`, or `pbx:id`). None: the queue's own target, and its mean handle time.

    `patience`: callers hang up as they did in the past, by Erlang A.
    """

    queue: str
    timezone: str
    interval: str = "30m"
    days: int = 7
    weeks: int = 6
    tested: int = 4
    service_level: float | None = None
    target_s: float | None = None
    aht_s: float | None = None
    patience: bool = False
    shrinkage: float = 0.0


class Outlook(NamedTuple):
    """`rows`, one an interval: interval_start (of the zone), calls, agents, rostered, service_level, asa_s, occupancy;
    all but the first None where nothing is forecast; and `present`, the agents who were there on average. `what_if`: by
    how many agents more how all intervals fare together. `tried`: by week how wrong a forecast was, and `error` in all.
    """

    queue: QueueName
    first: date
    wanted: Wanted
    target: Target
    aht_s: float
    rows: list[dict[str, Any]]
    what_if: dict[int, Fare]
    tried: dict[date, Error]
    error: Error


class PlannedMarts(Marts):
    """The published marts of one tenant, and what they come to for staffing."""

    def __init__(self, data: Path, tenant: str) -> None:
        super().__init__(data, tenant)
        self._place, self._tenant = data, tenant

    def outlook(self, wanted: Wanted) -> Outlook:
        """The days from the one that the marts are of."""
        return outlook(self._place, self._tenant, wanted)


def open_planned_marts(data: Path, tenant: str) -> PlannedMarts:
    """The marts of a tenant under the data folder; cheap, and no error if nothing is published yet."""
    return PlannedMarts(data, tenant)


def outlook(data: Path, tenant: str, wanted: Wanted) -> Outlook:
    """The answer for the days from the one that the marts are of."""
    known = past(data, tenant, wanted.queue, wanted.timezone, wanted.weeks + wanted.tested + 1)
    queue, first = known.queue, known.today
    aht_s = wanted.aht_s or known.aht_s
    if not aht_s:
        raise BadRange("Nobody was talked to yet, so the handle time is not known: give one.")
    span = (day_start(first - wanted.weeks * WEEK, wanted.timezone), day_start(first, wanted.timezone))
    name = f"{queue.pbx}:{queue.queue}"
    patience_s = Marts(data, tenant).patience(*span, [name]).mean_s if wanted.patience else None
    level = queue.target if wanted.service_level is None else wanted.service_level
    target = Target(
        # A target of all callers needs agents without end.
        min(max(level, 0.01), 0.99),
        queue.service_level_s if wanted.target_s is None else wanted.target_s,
        patience_s,
        wanted.shrinkage,
    )
    history = slots(known.quarters, wanted.interval)
    told = forecast(history, _coming(first, wanted), wanted.weeks, first)
    rows = plan(told, wanted.interval, aht_s, target)
    present = _present(data, tenant, queue, span, wanted)
    shares = told["share"].to_list()
    for row in rows:
        at: datetime = row["interval_start"]
        row["present"] = present.get((at.isoweekday(), _slot(at, wanted.interval)), 0.0)
    return Outlook(
        queue=queue,
        first=first,
        wanted=wanted,
        target=target,
        aht_s=aht_s,
        rows=rows,
        what_if={more: _together(rows, shares, more, wanted.interval, aht_s, target) for more in TRIED},
        tried=back_test(history, wanted.weeks, wanted.tested, first),
        error=back_tested(history, wanted.weeks, wanted.tested, first),
    )


def _coming(first: date, wanted: Wanted) -> pl.DataFrame:
    begin, end = (day_start(day, wanted.timezone) for day in (first, first + timedelta(days=wanted.days)))
    starts = pl.datetime_range(begin, end, QUARTER, closed="left", time_zone="UTC", eager=True)
    local = starts.dt.convert_time_zone(wanted.timezone).alias("interval_start")
    return slots(pl.DataFrame({"interval_start": local, "offered": pl.zeros(len(local), eager=True)}), wanted.interval)


def _present(
    data: Path, tenant: str, queue: QueueName, span: tuple[datetime, datetime], wanted: Wanted
) -> dict[tuple[int, int], float]:
    """Agents of the queue who were logged in and not paused, on average of these weeks, by weekday and minute."""
    file = MartFile(marts_path(data, tenant))
    found = file.ask(_PRESENT, pbx=queue.pbx, queue=queue.queue, start=span[0], end=span[1])
    quarters = LENGTHS[wanted.interval] // 15 * wanted.weeks
    sums: dict[tuple[int, int], float] = {}
    local = found["interval_start"].dt.convert_time_zone(wanted.timezone).to_list()
    for at, there in zip(local, found["present"].to_list(), strict=True):
        key = (at.isoweekday(), _slot(at, wanted.interval))
        sums[key] = sums.get(key, 0.0) + there / quarters
    return sums


def _slot(at: datetime, interval: str) -> int:
    length = LENGTHS[interval]
    return (at.hour * 60 + at.minute) // length * length


def _together(
    rows: list[dict[str, Any]], shares: list[float], more: int, interval: str, aht_s: float, target: Target
) -> Fare:
    """How all intervals fare with so many more agents in each: rates of all calls, occupancy of all agents."""
    length = LENGTHS[interval] * 60
    calls = waits = level = wait_s = busy = lost = 0.0
    agents, endless = 0, False
    for row, share in zip(rows, shares, strict=True):
        if not row["calls"]:
            continue
        there = max(0, row["agents"] + more)
        found = _fare(round(row["calls"], 2), length * share, aht_s, target.target_s, target.patience_s, there)
        calls += row["calls"]
        agents += there
        level += row["calls"] * (found.service_level or 0.0)
        waits += row["calls"] * (found.p_wait or 0.0)
        lost += row["calls"] * (found.p_abandon or 0.0)
        wait_s += row["calls"] * (found.asa_s or 0.0)
        endless = endless or found.asa_s is None
        busy += there * (found.occupancy or 0.0)
    if not calls:
        return Fare(agents, None, None, None, None, None)
    asa_s = None if endless else wait_s / calls
    return Fare(agents, waits / calls, level / calls, asa_s, busy / agents if agents else None, lost / calls)


@lru_cache(50_000)
def _fare(
    calls: float, interval_s: float, aht_s: float, target_s: float, patience_s: float | None, agents: int
) -> Fare:
    return fare(Load(calls, interval_s, aht_s, target_s, patience_s), agents)
