"""What the pages of figures need of the published marts, and what an answer of any of them has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from dashboard import formats
from dashboard.filters import Filters
from warehouse.marts import AgentName, Asked, Patience, QueueName
from warehouse.staffing.outlook import Outlook, Wanted


class FigureMarts(Protocol):
    """The published marts of one tenant. Raises MartsMissing, BadRange."""

    def ready(self) -> bool:
        """Whether anything was published."""

    def watermark(self) -> datetime | None:
        """Up to when calls are in them."""

    def queue_names(self) -> Sequence[QueueName]:
        """Every queue with its thresholds."""

    def agent_names(self) -> Sequence[AgentName]:
        """Every agent."""

    def report(self, name: str, asked: Asked) -> pl.DataFrame:
        """The rows of a mart."""

    def total(self, start: datetime, end: datetime, queues: Sequence[str] | None, variant: str) -> Mapping[str, Any]:
        """Counts, service_level, abandon_rate, asa, aht … of everything together."""

    def transferred(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> pl.DataFrame:
        """pbx, queue, transferred: conversations that were sent on."""

    def wait_histogram(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, edges: Sequence[float]
    ) -> pl.DataFrame:
        """from_s, to_s, answered, abandoned, flow_out."""

    def waits(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> Mapping[str, float | None]:
        """p50, p90, p95 and longest, seconds."""

    def waits_by_interval(
        self, start: datetime, end: datetime, queues: Sequence[str] | None, interval: str, timezone: str
    ) -> pl.DataFrame:
        """interval_start, left_queue, p50, p90, longest of every interval."""

    def patience(self, start: datetime, end: datetime, queues: Sequence[str] | None) -> Patience:
        """How long callers were ready to wait."""

    def outlook(self, wanted: Wanted) -> Outlook:
        """What will come to a queue, and the agents that it needs."""


OpenFigures = Callable[[str], FigureMarts]
"""The marts of a tenant."""


@dataclass(frozen=True)
class Answer:
    """What was read of a choice; `filters` are without queues that are no more. `took_s`: the reading."""

    filters: Filters
    queues: Sequence[QueueName] = ()
    agents: Sequence[AgentName] = ()
    watermark: datetime | None = None
    took_s: float = 0.0

    def watermark_words(self) -> str:
        """Up to when the numbers hold."""
        if self.watermark is None:
            return "Nothing loaded yet"
        return f"Calls changed up to {formats.instant(self.watermark, self.filters.clock)}"

    def earlier_words(self) -> str:
        """What the small changes beside the figures are against."""
        earlier = self.filters.earlier()
        return f"Change since {formats.days(earlier.first, earlier.last)}" if self.filters.compare else ""


def asked(filters: Filters, span: tuple[datetime, datetime] | None = None, interval: str | None = None) -> Asked:
    """A choice as the marts are asked; `span` takes the place of its own."""
    start, end = span or filters.span
    return Asked(
        start,
        end,
        queues=filters.queues or None,
        agents=filters.agents or None,
        interval=interval,
        timezone=filters.clock.key,
        variant=filters.variant,
    )
