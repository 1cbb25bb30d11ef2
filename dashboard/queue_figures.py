"""What the queues page reads: a row a queue over the range, its trend, and the same of an earlier period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard import intervals
from dashboard.figure_marts import Answer, FigureMarts, asked
from dashboard.filters import Filters
from dashboard.intervals import By
from dashboard.reports import chosen_queues
from warehouse.marts import QueueName

Key = tuple[str, str]
Row = Mapping[str, Any]
# More points than this are no more than a shape, and a year of days is only noise.
_MOST_POINTS = 60


@dataclass(frozen=True)
class QueueRow:
    """One queue. `now` and `before` are rows of `queue_summary` with longest_s, wait_p90 and transferred; `before` is
    empty without an earlier period. `trend`: the service level by interval, oldest first.
    """

    queue: QueueName
    now: Row = field(default_factory=dict)
    before: Row = field(default_factory=dict)
    trend: Sequence[float | None] = ()

    @property
    def below_target(self) -> float:
        """By how much the service level misses the target; 0 if it does not."""
        level = self.now.get("service_level")
        return max(0.0, self.queue.target - level) if level is not None else 0.0


@dataclass(frozen=True)
class QueuesAnswer(Answer):
    """`rows`: queues below their target first, the furthest off on top, then those that most called."""

    rows: Sequence[QueueRow] = ()
    total: Row = field(default_factory=dict)
    before: Row = field(default_factory=dict)


def read_queues(marts: FigureMarts, filters: Filters) -> QueuesAnswer:
    """Everything of a choice."""
    span, variant = filters.span, filters.variant
    now = _summaries(marts, filters, span)
    trends = _trends(marts, filters)
    before: dict[Key, dict[str, Any]] = {}
    total_before: Row = {}
    if filters.compare:
        earlier = filters.earlier_span(marts.watermark() or span[1])
        before = _summaries(marts, filters, earlier)
        total_before = marts.total(*earlier, filters.queues or None, variant)
    rows = [
        QueueRow(queue, now.get(_key(queue), {}), before.get(_key(queue), {}), trends.get(_key(queue), ()))
        for queue in chosen_queues(filters, marts.queue_names())
    ]
    rows.sort(key=lambda row: (-row.below_target, -(row.now.get("offered") or 0), row.queue.name))
    return QueuesAnswer(
        filters, rows=rows, total=marts.total(*span, filters.queues or None, variant), before=total_before
    )


def trend_by(filters: Filters) -> By:
    """The length of the trend's intervals: hours of a day, then days, then weeks."""
    days = (filters.last - filters.first).days + 1
    if days <= 2:
        return By.HOUR
    return By.DAY if days <= _MOST_POINTS else intervals.usual(filters.first, filters.last)


def _summaries(marts: FigureMarts, filters: Filters, span: tuple[Any, Any]) -> dict[Key, dict[str, Any]]:
    question = asked(filters, span)
    found: dict[Key, dict[str, Any]] = {
        (row["pbx"], row["queue"]): row for row in marts.report("queue_summary", question).iter_rows(named=True)
    }
    waits = marts.report("wait_percentiles", question).select("pbx", "queue", "longest_s", "wait_p90")
    sent = marts.transferred(*span, filters.queues or None)
    for frame in (waits, sent):
        for row in frame.iter_rows(named=True):
            found.setdefault((row["pbx"], row["queue"]), {}).update(row)
    return found


def _trends(marts: FigureMarts, filters: Filters) -> dict[Key, list[float | None]]:
    question = asked(filters, interval=trend_by(filters))
    frame = marts.report("queue_summary", question).select("interval_start", "pbx", "queue", "service_level")
    trends: dict[Key, list[float | None]] = {}
    for _, pbx, queue, level in frame.sort("interval_start").iter_rows():
        trends.setdefault((pbx, queue), []).append(level)
    return trends


def _key(queue: QueueName) -> Key:
    return queue.pbx, queue.queue
