"""What `trunkline staffing forecast`, `plan` and `what-if` answer, ready to be printed as JSON. Reads the marts alone.

Raises MartsMissing, and BadRange for what does not exist.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct
from msgspec.structs import asdict, replace

from warehouse.errors import BadRange
from warehouse.periods import QUARTER, day_start, local_iso
from warehouse.staffing.day import Day, Span, figures, with_thresholds
from warehouse.staffing.facts import Past, past, recorded_day
from warehouse.staffing.forecast import back_test, back_tested, forecast, slots
from warehouse.staffing.plan import Target, plan
from warehouse.staffing.whatif import Change, play


class Horizon(Struct, frozen=True):
    """What is to be forecast: `days` local days from `start` on (None: from the marts' own day), by `interval`, from
    the last `weeks` same weekdays; tried out on the last `tested` weeks.
    """

    queue: str
    timezone: str
    start: date | None = None
    days: int = 7
    interval: str = "30m"
    weeks: int = 6
    tested: int = 4


def forecast_answer(data: Path, tenant: str, horizon: Horizon) -> dict[str, Any]:
    """`rows` of interval_start and calls, and the `back_test`: by week and in `total`."""
    known, history, told = _forecast(data, tenant, horizon)
    return {
        **_asked(horizon, known),
        "rows": _printable(told.select("interval_start", "calls").to_dicts(), horizon.timezone),
        **_back_test(history, horizon, known),
    }


def plan_answer(
    data: Path,
    tenant: str,
    horizon: Horizon,
    aht_s: float | None,
    service_level: float | None,
    target_s: float | None,
    patience_s: float | None,
    shrinkage: float,
) -> dict[str, Any]:
    """`rows` of interval_start, calls and how the fewest agents fare. None: the queue's own target, its mean AHT."""
    known, history, told = _forecast(data, tenant, horizon)
    aht = aht_s or known.aht_s
    if not aht:
        raise BadRange("Nobody was talked to in that time, so the handle time is not known: give --aht.")
    target = Target(
        known.queue.target if service_level is None else service_level,
        known.queue.service_level_s if target_s is None else target_s,
        patience_s,
        shrinkage,
    )
    if not 0 < target.service_level < 1:
        raise BadRange(f"The queue's target is {target.service_level}: give --service-level, above 0 and below 1.")
    rows = plan(told, horizon.interval, aht, target)
    return {
        **_asked(horizon, known),
        "aht_s": aht,
        **asdict(target),
        "rows": _printable(rows, horizon.timezone),
        **_back_test(history, horizon, known),
    }


class Shift(Struct, frozen=True):
    """So many added agents. From and until when, None: from the first agent's coming, until the last one's going."""

    agents: int = 0
    start: datetime | None = None
    end: datetime | None = None


def whatif_answer(
    data: Path, tenant: str, queue: str, on: date, timezone: str, change: Change, shift: Shift, target_s: float | None
) -> dict[str, Any]:
    """`recorded` and `simulated`: the day's figures without and with the change. `unchanged`: the same stints."""
    day = recorded_day(data, tenant, queue, on, timezone)
    change = replace(change, added=(span_of(day, shift),) * shift.agents)
    unknown = sorted(change.removed - set(day.there))
    if unknown:
        raise BadRange(f"Nobody called {', '.join(unknown)} answered that day; there were: {', '.join(day.there)}.")
    played = play(day, change)
    return {
        "queue": day.queue.name,
        "day": on,
        "timezone": timezone,
        "agents": sorted(day.there),
        "delivery_s": day.delivery_ms / 1000,
        "change": {**_change(change), "target_seconds": target_s},
        "unchanged": played.callers == day.callers,
        "recorded": figures(day.callers, day.there, day.queue),
        "simulated": figures(played.callers, played.there, with_thresholds(day.queue, target_s)),
    }


def _change(change: Change) -> dict[str, Any]:
    factors = {"calls": change.calls, "handle": change.handle, "patience": change.patience, "seed": change.seed}
    return {"removed": sorted(change.removed), "added": len(change.added), **factors}


def _forecast(data: Path, tenant: str, horizon: Horizon) -> tuple[Past, pl.DataFrame, pl.DataFrame]:
    known = past(data, tenant, horizon.queue, horizon.timezone, horizon.weeks + horizon.tested + 1, horizon.start)
    history, first = slots(known.quarters, horizon.interval), horizon.start or known.today
    return known, history, forecast(history, _targets(first, horizon), horizon.weeks, min(first, known.today))


def _targets(first: date, horizon: Horizon) -> pl.DataFrame:
    begin, end = (day_start(day, horizon.timezone) for day in (first, first + timedelta(days=horizon.days)))
    starts = pl.datetime_range(begin, end, QUARTER, closed="left", time_zone="UTC", eager=True)
    local = starts.dt.convert_time_zone(horizon.timezone).alias("interval_start")
    return slots(pl.DataFrame({"interval_start": local, "offered": pl.zeros(len(local), eager=True)}), horizon.interval)


def _asked(horizon: Horizon, known: Past) -> dict[str, Any]:
    asked = {"timezone": horizon.timezone, "interval": horizon.interval, "weeks": horizon.weeks}
    return {"queue": known.queue.queue, "pbx": known.queue.pbx, "name": known.queue.name, **asked}


def _back_test(history: pl.DataFrame, horizon: Horizon, known: Past) -> dict[str, Any]:
    before = min(horizon.start or known.today, known.today)
    tried = back_test(history, horizon.weeks, horizon.tested, before)
    weeks = [{"week": start, **error._asdict()} for start, error in tried.items()]
    return {
        "back_test": {"weeks": weeks, "total": back_tested(history, horizon.weeks, horizon.tested, before)._asdict()}
    }


def _printable(rows: list[dict[str, Any]], timezone: str) -> list[Mapping[str, Any]]:
    starts = local_iso(pl.Series([row["interval_start"] for row in rows]), timezone)
    return [{**row, "interval_start": start} for row, start in zip(rows, starts, strict=True)]


def span_of(day: Day, shift: Shift) -> Span:
    """When the added agents are there, ms. Raises BadRange when they would go before they come."""
    spans = [span for each in day.there.values() for span in each] or [(day.start, day.end)]
    start = min(begin for begin, _ in spans) if shift.start is None else round(shift.start.timestamp() * 1000)
    end = max(stop for _, stop in spans) if shift.end is None else round(shift.end.timestamp() * 1000)
    if start >= end:
        raise BadRange("The added agents would go before they come: give --add-from before --add-to.")
    return start, end
