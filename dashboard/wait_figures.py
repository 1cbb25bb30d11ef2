"""What the wait page reads: how long callers waited, by queue and by interval, and how long they were ready to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dashboard import intervals
from dashboard.figure_marts import Answer, FigureMarts, asked
from dashboard.filters import Filters
from dashboard.reports import chosen_queues, same, wait_edges

_NO_INTERVALS = {
    "label": pl.String, "tick": pl.String, "left_queue": pl.Int64, "p50": pl.Float64, "p90": pl.Float64,
    "longest": pl.Float64,
}  # fmt: skip
_NO_BARS = {
    "from_s": pl.Float64, "to_s": pl.Float64, "answered": pl.Int64, "abandoned": pl.Int64, "flow_out": pl.Int64,
}  # fmt: skip
_NO_CURVE = {"wait_s": pl.Float64, "staying": pl.Float64}


@dataclass(frozen=True)
class WaitAnswer(Answer):
    """`waits`, `before`: p50, p90, p95, longest. `total`: counts, asa, abandon_wait. `queue_rows`: as in
    `wait_percentiles`. `bars`: from_s, to_s, answered, abandoned, flow_out. `by_interval`: label, tick, p50, p90.
    `curve`: wait_s, staying; `median_patience` and `mean_patience`: seconds, `gave_up`: callers.
    """

    waits: Mapping[str, float | None] = field(default_factory=dict)
    before: Mapping[str, float | None] = field(default_factory=dict)
    total: Mapping[str, Any] = field(default_factory=dict)
    queue_rows: Sequence[Mapping[str, Any]] = ()
    bars: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_BARS))
    by_interval: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_INTERVALS))
    curve: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_CURVE))
    gave_up: int = 0
    median_patience: float | None = None
    mean_patience: float | None = None
    threshold: float | None = None


def read_waits(marts: FigureMarts, filters: Filters) -> WaitAnswer:
    """Everything of a choice."""
    question = (*filters.span, filters.queues or None)
    earlier = filters.earlier_span(marts.watermark() or filters.span[1])
    threshold = same([each.service_level_s for each in chosen_queues(filters, marts.queue_names())])
    patience = marts.patience(*question)
    rows = marts.report("wait_percentiles", asked(filters)).sort("left_queue", descending=True)
    return WaitAnswer(
        filters,
        waits=marts.waits(*question),
        before=marts.waits(*earlier, filters.queues or None) if filters.compare else {},
        total=marts.total(*question, variant=filters.variant),
        queue_rows=list(rows.iter_rows(named=True)),
        bars=marts.wait_histogram(*question, edges=wait_edges(threshold)),
        by_interval=_by_interval(marts, filters),
        curve=patience.curve,
        gave_up=patience.gave_up,
        median_patience=patience.median_s,
        mean_patience=patience.mean_s,
        threshold=threshold,
    )


def _by_interval(marts: FigureMarts, filters: Filters) -> pl.DataFrame:
    by, clock = filters.by, filters.clock
    frame = marts.waits_by_interval(*filters.span, filters.queues or None, interval=by, timezone=clock.key)
    starts = frame["interval_start"].dt.convert_time_zone("UTC").to_list()
    one_day = filters.first == filters.last
    return frame.select(
        pl.Series("label", [intervals.label(each, by, clock) for each in starts], dtype=pl.String),
        pl.Series("tick", [intervals.tick(each, by, clock, one_day) for each in starts], dtype=pl.String),
        "left_queue",
        "p50",
        "p90",
        "longest",
    )
