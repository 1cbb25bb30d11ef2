"""What the agents page reads: a row an agent over the range; of one agent alone the days, and what was done in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from dashboard import intervals
from dashboard.figure_marts import Answer, FigureMarts, asked
from dashboard.filters import Filters
from dashboard.intervals import By

Row = Mapping[str, Any]
# As many days as can be drawn one below the other.
MOST_DAYS = 31
# Sums that a strip of all agents together is made of.
_SUMS = ("handled", "missed", "transferred", "online_s", "on_contact_s", "available_s", "paused_s", "from_queue")


@dataclass(frozen=True)
class AgentRow:
    """One agent. `now` and `before` are rows of `agent_performance`; `before` is empty without an earlier period."""

    now: Row
    before: Row = field(default_factory=dict)


@dataclass(frozen=True)
class AgentsAnswer(Answer):
    """`rows`: who handled most first. `total`, `before`: of all together. `dispositions`: calls by code, most first;
    None: not filed. Of one agent chosen alone, `days`: rows by day, newest first, and `timeline`: rows of
    `agent_timeline` of the last MOST_DAYS of them, in order.
    """

    rows: Sequence[AgentRow] = ()
    total: Row = field(default_factory=dict)
    before: Row = field(default_factory=dict)
    dispositions: Sequence[tuple[str | None, int]] = ()
    days: Sequence[Row] = ()
    timeline: Sequence[Row] = ()

    @property
    def alone(self) -> str:
        """The one agent that was asked for; empty if all or several were."""
        return self.filters.agents[0] if len(self.filters.agents) == 1 else ""


def read_agents(marts: FigureMarts, filters: Filters) -> AgentsAnswer:
    """Everything of a choice."""
    filters = replace(filters, queues=())
    now = _performances(marts, filters, filters.span)
    before: dict[tuple[str, str], Row] = {}
    if filters.compare:
        before = _performances(marts, filters, filters.earlier_span(marts.watermark() or filters.span[1]))
    rows = [AgentRow(row, before.get(key, {})) for key, row in now.items()]
    rows.sort(key=lambda row: (-row.now["handled"], row.now["name"]))
    answer = AgentsAnswer(
        filters,
        rows=rows,
        total=together(list(now.values())),
        before=together(list(before.values())) if before else {},
        dispositions=_dispositions(marts, filters),
    )
    return replace(answer, **_of_one(marts, filters)) if answer.alone else answer


def shown_days(filters: Filters) -> list[date]:
    """The days that are drawn, the newest first."""
    number = min((filters.last - filters.first).days + 1, MOST_DAYS)
    return [filters.last - timedelta(days=n) for n in range(number)]


def together(rows: Sequence[Row]) -> dict[str, Any]:
    """The sums of all agents, and what follows from them alone: occupancy, and the handle time by what each handled."""
    if not rows:
        return {}
    total: dict[str, Any] = {name: sum(row[name] or 0 for row in rows) for name in _SUMS}
    busy = total["on_contact_s"] + total["available_s"]
    total["occupancy"] = total["on_contact_s"] / busy if busy else None
    handled = [row for row in rows if row["handled"]]
    of_all = sum(row["agent_aht"] * row["handled"] for row in handled)
    total["agent_aht"] = of_all / total["handled"] if total["handled"] else None
    return total


def _performances(marts: FigureMarts, filters: Filters, span: tuple[datetime, datetime]) -> dict[tuple[str, str], Row]:
    frame = marts.report("agent_performance", asked(filters, span))
    return {(row["pbx"], row["agent_id"]): row for row in frame.iter_rows(named=True)}


def _dispositions(marts: FigureMarts, filters: Filters) -> list[tuple[str | None, int]]:
    found: dict[str | None, int] = {}
    for row in marts.report("agent_dispositions", asked(filters)).iter_rows(named=True):
        found[row["disposition"]] = found.get(row["disposition"], 0) + row["calls"]
    return sorted(found.items(), key=lambda each: (each[0] is None, -each[1]))


def _of_one(marts: FigureMarts, filters: Filters) -> dict[str, Any]:
    days = marts.report("agent_performance", asked(filters, interval=By.DAY))
    first, last = shown_days(filters)[-1], shown_days(filters)[0]
    span = (intervals.midnight(first, filters.clock), intervals.midnight(last + timedelta(days=1), filters.clock))
    timeline = marts.report("agent_timeline", asked(filters, span)).iter_rows(named=True)
    return {
        "days": list(days.sort("interval_start", descending=True).iter_rows(named=True)),
        "timeline": [row for row in timeline if row["detail"] != "offline"],
    }
