"""One mart over any range, as `trunkline report` and the API ask for it: the mart's own SQL on what was asked for.

Works on the published file alone; what is looked up in PostgreSQL is in `warehouse/looked_up.py`. Instants go in, times
of the asked zone come out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl
from msgspec.structs import replace

from calls.contacts import FCR_DAYS
from calls.metric import Metric
from calls.metrics import METRICS, SERVICE_LEVELS
from calls.spans import STINT_RULES, Rule
from warehouse.coarse import QUEUES
from warehouse.dim_interval import local_times
from warehouse.errors import BadRange
from warehouse.mart_file import MartFile
from warehouse.mart_models import MartModel
from warehouse.periods import quarters, spine
from warehouse.pieces import Pieces, cut
from warehouse.scopes import ALL, asked_relations, scoped
from warehouse.summed import SUMMED, from_pieces, summed_in

VARIANTS: dict[str, Metric] = {metric.name: metric for metric in SERVICE_LEVELS}
_VALUE = re.compile(r"\$(\w+)")


class Asked(NamedTuple):
    """What a report is asked for. `end` is exclusive; None means all queues, all agents, the whole range as one.

    `variant` is the service level shown as `service_level`, `rule` that of intervals, `days` the window of fcr.
    """

    start: datetime
    end: datetime
    queues: Sequence[str] | None = None
    agents: Sequence[str] | None = None
    interval: str | None = None
    timezone: str = "UTC"
    variant: str = "service_level"
    rule: str = Rule.BY_ARRIVAL
    days: int = FCR_DAYS
    call: str | None = None


def read_mart(
    file: MartFile,
    mart: MartModel,
    asked: Asked,
    chosen: pl.DataFrame,
    chosen_agents: pl.DataFrame,
    summed: bool = True,
) -> pl.DataFrame:
    """The mart's rows. `chosen`: pbx, queue, name; `chosen_agents`: pbx, agent_id, name.

    `summed`: by the sums of longer spans; else from quarters and single facts alone, which come to the same.
    """
    if mart.looked_up:
        return in_zone(_from_view(file, mart, asked), asked.timezone)
    start, end = quarters(asked.start, asked.end)
    select, rule = mart.select(_level(asked.variant)), known_rule(asked.rule)
    relations, name = asked_relations(rule), summed_in(select, rule, asked.days)
    spine, pieces = asked_spine(start, end, asked), None
    if name:
        spans = SUMMED[name].subject.spans if summed else ()
        pieces = _cut(start, end, asked.interval, asked.timezone, spans, SUMMED[name].label)
        relations |= {name: from_pieces(name, pieces, asked.days)}
    text = scoped(select, relations)
    values: dict[str, Any] = {
        "start": start, "end": end, "any_queue": asked.queues is None, "days": asked.days, **whole_days(start, end)
    }  # fmt: skip
    frames = {"chosen": chosen, "chosen_agents": chosen_agents, "spine": spine}
    if pieces:
        frames |= _frames(pieces)
    found = file.ask(
        text,
        _read(text, frames),
        **{name: values[name] for name in set(_VALUE.findall(text))},
    )
    return in_zone(found, asked.timezone)


def summed_cells(
    start: datetime, end: datetime, interval: str | None, timezone: str
) -> tuple[str, dict[str, pl.DataFrame]]:
    """The facts of `chosen` queues by arrival, in rows of any length within the intervals, as a SELECT; its frames."""
    pieces = _cut(start, end, interval, timezone, QUEUES.spans, SUMMED["cells"].label)
    text = from_pieces("cells", pieces, 0)
    return text, _read(text, _frames(pieces))


def _frames(pieces: Pieces) -> dict[str, pl.DataFrame]:
    return {"pieces": pieces.coarse, "edges": pieces.edges}


def _read(text: str, frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {name: frame for name, frame in frames.items() if re.search(rf"\b{name}\b", text)}


def known_rule(rule: str) -> Rule:
    """The rule of this name. Raises BadRange for one that stints cannot be counted by."""
    if rule not in STINT_RULES:
        raise BadRange(f"No rule {rule!r}: choose one of {', '.join(STINT_RULES)}.")
    return Rule(rule)


def asked_spine(start: datetime, end: datetime, asked: Asked) -> pl.DataFrame:
    """Every quarter with the interval it belongs to and what it is called: quarter, interval_start, zone, weekday …"""
    return _spine(start, end, asked.interval, asked.timezone)


# Pages ask for one range in many ways, and again and again; two years are 70,000 quarters.
@lru_cache(maxsize=8)
def _spine(start: datetime, end: datetime, interval: str | None, timezone: str) -> pl.DataFrame:
    whole = spine(start, end, interval or "15m", timezone)
    if interval is None:
        whole = whole.with_columns(interval_start=pl.lit(start).cast(whole.schema["quarter"]))
    names = local_times(whole["quarter"], timezone).drop("interval_start")
    return pl.concat([whole, names], how="horizontal")


@lru_cache(maxsize=16)
def _cut(
    start: datetime, end: datetime, interval: str | None, timezone: str, spans: tuple[str, ...], label: tuple[str, ...]
) -> Pieces:
    return cut(_spine(start, end, interval, timezone), spans, label)


def whole_days(start: datetime, end: datetime) -> dict[str, date | datetime]:
    """The UTC days and months that lie wholly in a range, and where the days start and end.

    What is left are two edges of less than a day; without a whole day the first edge is everything.
    """
    first, last = (start - timedelta(microseconds=1)).date() + timedelta(days=1), end.date()
    if first >= last:
        return {
            "first_day": first, "last_day": first, "first_month": first, "last_month": first, "days_start": end,
            "days_end": end,
        }  # fmt: skip
    first_month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_month = last.replace(day=1)
    return {
        "first_day": first,
        "last_day": last,
        "first_month": first_month,
        "last_month": max(first_month, last_month),
        "days_start": _midnight(first),
        "days_end": _midnight(last),
    }


def in_zone(frame: pl.DataFrame, timezone: str) -> pl.DataFrame:
    """The frame with its instants in a zone."""
    return frame.with_columns(pl.col(pl.Datetime(time_zone="*")).dt.convert_time_zone(timezone))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _level(variant: str) -> Mapping[str, str]:
    if variant not in VARIANTS:
        raise BadRange(f"No service level {variant!r}: choose one of {', '.join(VARIANTS)}.")
    return {"service_level": replace(METRICS[variant], name="service_level").sql()}


def _from_view(file: MartFile, mart: MartModel, asked: Asked) -> pl.DataFrame:
    text = scoped(mart.select(), ALL)
    if "call" in mart.options:
        return file.ask(f"FROM ({text}) WHERE call_id = $call ORDER BY ALL", call=asked.call)
    agents = list(asked.agents or ())
    return file.ask(
        f"FROM ({text}) WHERE started_at < $end AND coalesce(ended_at, $end) > $start"
        " AND (len($agents::VARCHAR[]) = 0 OR agent_id IN (SELECT unnest($agents::VARCHAR[])))"
        " ORDER BY started_at, kind, call_id",
        start=asked.start, end=asked.end, agents=agents,
    )  # fmt: skip
