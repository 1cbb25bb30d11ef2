"""What the pages know of a range, read from the published marts: every interval in order, also those without a call.

The dashboard's only seam to the warehouse; `Marts` says what it needs of it. Computes no metric: that is the marts'.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import duckdb
import polars as pl

from calls.metrics import SERVICE_LEVEL
from dashboard import formats, intervals
from dashboard.definitions import VARIANTS
from dashboard.errors import ReportsUnavailable
from dashboard.filters import Filters
from warehouse.marts import BadRange, MartsMissing, QueueName
from warehouse.staffing.outlook import PlannedMarts, open_planned_marts

# How waits are shown where queues have different thresholds, seconds.
_USUAL_THRESHOLD = 20.0
# Bars up to the threshold, and all of them but the last, open one.
_BARS_IN_TIME = 4
_BARS = 16

_NO_ROWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "start": pl.Datetime("us", "UTC"), "label": pl.String, "tick": pl.String, "note": pl.String, "offered": pl.Int64,
    "in_time": pl.Int64, "later": pl.Int64, "abandoned": pl.Int64, "level": pl.Float64, "abandon_rate": pl.Float64,
    "asa": pl.Float64, "aht": pl.Float64,
}  # fmt: skip


class Marts(Protocol):
    """The published reports of one tenant. Raises MartsMissing, BadRange."""

    def ready(self) -> bool:
        """Whether anything was published."""

    def watermark(self) -> datetime | None:
        """Up to when calls are in them."""

    def queue_names(self) -> Sequence[QueueName]:
        """Every queue with its thresholds."""

    def overall(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, interval: str, timezone: str, variant: str
    ) -> pl.DataFrame:
        """One row an interval: interval_start, counts, service_level, service_level_met, abandon_rate, asa, aht."""

    def total(self, start: datetime, end: datetime, queues: Sequence[str] | None, variant: str) -> Mapping[str, Any]:
        """The same of everything together."""

    def wait_histogram(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, edges: Sequence[float]
    ) -> pl.DataFrame:
        """from_s, to_s, answered, abandoned, flow_out."""

    def waits(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> Mapping[str, float | None]:
        """p50 and p90 in seconds."""

    def reconciled(self, start: datetime, end: datetime) -> Mapping[str, Any]:
        """compared, agree, explained, unexplained, provisional (calls); rules: calls by the rule's name."""

    def differences(self, start: datetime, end: datetime) -> pl.DataFrame:
        """call_id, started_at, from_number, verdict, facts (JSON) of calls that do not agree in everything."""


OpenMarts = Callable[[str], Marts]
"""The marts of a tenant."""


@dataclass(frozen=True)
class Report:
    """Everything that is shown of one choice.

    `rows`: start (UTC), label, tick, note (text), offered, in_time, later, abandoned (counts), level (0-1 or null), one
    per interval. `total`: the same numbers of everything; `levels`: the service level by variant. `waits`: from_s,
    to_s, callers. `threshold` (seconds) and `target` (0-1) are None where the queues differ. `took_s`: the reading.
    """

    filters: Filters
    queues: Sequence[QueueName] = ()
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_ROWS))
    total: Mapping[str, Any] = field(default_factory=dict)
    levels: Mapping[str, float | None] = field(default_factory=dict)
    waits: pl.DataFrame = field(default_factory=lambda: no_waits())
    median_wait: float | None = None
    p90_wait: float | None = None
    threshold: float | None = None
    target: float | None = None
    watermark: datetime | None = None
    took_s: float = 0.0
    earlier: "Earlier | None" = None


@dataclass(frozen=True)
class Earlier:
    """The same of the period that a report is compared with. `levels`: the service level by interval."""

    days: str
    total: Mapping[str, Any]
    level: float | None
    p90_wait: float | None
    levels: Sequence[float | None] = ()


@dataclass(frozen=True)
class Books:
    """Calls beside what their PBX wrote itself. `counts` and `differing` as in Marts; no counts: nothing published."""

    filters: Filters
    counts: Mapping[str, Any] = field(default_factory=dict)
    differing: pl.DataFrame = field(default_factory=pl.DataFrame)
    watermark: datetime | None = None


@dataclass(frozen=True)
class Day:
    """A day so far by quarters of an hour: `rows` as in Report, with abandon_rate, asa and aht; `target` as there."""

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_ROWS))
    target: float | None = None


def opener(data: Path) -> Callable[[str], PlannedMarts]:
    """Opens each tenant's marts under the data folder once per process."""
    return cache(partial(open_planned_marts, data))


def read_report(open_marts: OpenMarts, tenant: str, filters: Filters) -> Report:
    """The report of a choice; an empty one while nothing is published. Raises ReportsUnavailable.

    Queues that do not exist (any more) are left out of the choice: the report's own `filters` say what it shows.
    """
    with told():
        return _read_report(open_marts(tenant), filters)


def read_day(open_marts: OpenMarts, tenant: str, filters: Filters) -> Day:
    """The rows of a choice alone, in the default variant. Raises ReportsUnavailable."""
    with told():
        return _read_day(open_marts(tenant), filters)


def read_books(open_marts: OpenMarts, tenant: str, filters: Filters) -> Books:
    """The ledgers of a range; none while nothing is published. Raises ReportsUnavailable."""
    with told():
        marts = open_marts(tenant)
        if not marts.ready():
            return Books(filters)
        return Books(filters, marts.reconciled(*filters.span), marts.differences(*filters.span), marts.watermark())


def queue_key(queue: QueueName, queues: Sequence[QueueName]) -> str:
    """What the address calls a queue: its id, with its PBX where several have one of that id."""
    several = sum(each.queue == queue.queue for each in queues) > 1
    return f"{queue.pbx}:{queue.queue}" if several else queue.queue


def no_waits() -> pl.DataFrame:
    """Nobody waited."""
    edges = wait_edges(None)
    return pl.DataFrame({"from_s": [0.0, *edges], "to_s": [*edges, None], "callers": [0] * (len(edges) + 1)})


def wait_edges(threshold: float | None) -> list[float]:
    """Upper ends of equal bins, seconds, one of them at the threshold."""
    width = (threshold or _USUAL_THRESHOLD) / _BARS_IN_TIME
    return [width * n for n in range(1, _BARS)]


def _read_report(marts: Marts, filters: Filters) -> Report:
    began = perf_counter()
    if not marts.ready():
        return Report(filters)
    queues = marts.queue_names()
    filters = known_only(filters, queues)
    chosen = chosen_queues(filters, queues)
    threshold, target = same([each.service_level_s for each in chosen]), same([each.target for each in chosen])
    asked = (*filters.span, filters.queues or None)
    totals = {name: marts.total(*asked, variant=name) for name in VARIANTS}
    waits = marts.waits(*asked)
    return Report(
        filters=filters,
        queues=queues,
        rows=_rows(marts, filters),
        total=totals[SERVICE_LEVEL.name],
        levels={name: total["service_level"] for name, total in totals.items()},
        waits=_all_waits(marts.wait_histogram(*asked, edges=wait_edges(threshold))),
        median_wait=waits["p50"],
        p90_wait=waits["p90"],
        threshold=threshold,
        target=target,
        watermark=marts.watermark(),
        earlier=_earlier(marts, filters),
        took_s=perf_counter() - began,
    )


def _earlier(marts: Marts, filters: Filters) -> Earlier | None:
    if not filters.compare:
        return None
    earlier = filters.earlier()
    span = filters.earlier_span(marts.watermark() or filters.span[1])
    asked = (*span, earlier.queues or None)
    rows = marts.overall(*asked, interval=filters.by, timezone=filters.clock.key, variant=filters.variant)
    return Earlier(
        days=formats.days(earlier.first, earlier.last),
        total=marts.total(*asked, variant=SERVICE_LEVEL.name),
        level=marts.total(*asked, variant=filters.variant)["service_level"],
        p90_wait=marts.waits(*asked)["p90"],
        levels=rows["service_level"].to_list(),
    )


def _read_day(marts: Marts, filters: Filters) -> Day:
    if not marts.ready():
        return Day()
    return Day(_rows(marts, filters), same([each.target for each in marts.queue_names()]))


def _rows(marts: Marts, filters: Filters) -> pl.DataFrame:
    by, clock = filters.by, filters.clock
    frame = _overall(marts, filters, SERVICE_LEVEL.name)
    levels = frame if filters.variant == SERVICE_LEVEL.name else _overall(marts, filters, filters.variant)
    starts = frame["interval_start"].dt.convert_time_zone("UTC").to_list()
    one_day = filters.first == filters.last
    return frame.select(
        pl.Series("start", starts, dtype=pl.Datetime("us", "UTC")),
        pl.Series("label", [intervals.label(each, by, clock) for each in starts], dtype=pl.String),
        pl.Series("tick", [intervals.tick(each, by, clock, one_day) for each in starts], dtype=pl.String),
        pl.Series("note", [intervals.note(each, by, clock) for each in starts], dtype=pl.String),
        "offered",
        pl.col("service_level_met").alias("in_time"),
        (pl.col("answered") - pl.col("service_level_met")).alias("later"),
        "abandoned",
        levels["service_level"].alias("level"),
        "abandon_rate",
        "asa",
        "aht",
    )


def _overall(marts: Marts, filters: Filters, variant: str) -> pl.DataFrame:
    return marts.overall(
        *filters.span, filters.queues or None, interval=filters.by, timezone=filters.clock.key, variant=variant
    )


def _all_waits(histogram: pl.DataFrame) -> pl.DataFrame:
    return histogram.select("from_s", "to_s", callers=pl.sum_horizontal("answered", "abandoned", "flow_out"))


def known_only(filters: Filters, queues: Sequence[QueueName]) -> Filters:
    """The choice without queues that do not exist (any more)."""
    known = {name for each in queues for name in (each.queue, f"{each.pbx}:{each.queue}")}
    return replace(filters, queues=tuple(each for each in filters.queues if each in known))


def chosen_queues(filters: Filters, queues: Sequence[QueueName]) -> list[QueueName]:
    """The queues that a choice is about."""
    wanted = set(filters.queues)
    return [each for each in queues if not wanted or each.queue in wanted or f"{each.pbx}:{each.queue}" in wanted]


def same(values: Sequence[float]) -> float | None:
    """The one value that all have, else None."""
    return values[0] if len(set(values)) == 1 else None


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong with the marts in the pages' own error."""
    try:
        yield
    except (MartsMissing, BadRange) as error:
        raise ReportsUnavailable(str(error)) from error
    except duckdb.Error as error:
        words = "The published reports cannot be opened. The warehouse publishes them anew with its next load."
        raise ReportsUnavailable(words) from error
