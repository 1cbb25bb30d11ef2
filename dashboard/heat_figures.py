"""What the heat map page reads: what came, and what became of it, by weekday and hour of local time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.figure_marts import Answer, FigureMarts, asked
from dashboard.filters import Filters


@dataclass(frozen=True)
class HeatAnswer(Answer):
    """`hours`: rows of the mart `heat_map`; `total`: of everything together."""

    hours: Sequence[Mapping[str, Any]] = ()
    total: Mapping[str, Any] = field(default_factory=dict)


def read_heat(marts: FigureMarts, filters: Filters) -> HeatAnswer:
    """Everything of a choice."""
    hours = list(marts.report("heat_map", asked(filters)).iter_rows(named=True))
    total = marts.total(*filters.span, filters.queues or None, filters.variant)
    return HeatAnswer(filters, hours=hours, total=total)
