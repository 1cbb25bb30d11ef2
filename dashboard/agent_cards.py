"""What the agents page shows: a strip, a row an agent or, of one agent, a row a day; dispositions, pauses. Pure."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash.development.base_component import Component

from calls.agent_metrics import AGENT_METRICS
from dashboard import changes, formats, intervals, strip, tables
from dashboard.agent_figures import AgentRow, AgentsAnswer
from dashboard.behind import Show
from dashboard.behind import behind_agents as behind
from dashboard.call_search import NOT_FILED
from dashboard.definitions import Definition, Explanation, of_metric
from dashboard.filters import Filters
from dashboard.intervals import By
from dashboard.shell import PREFIX

# The columns of both tables: heading, metric, how it is shown, and the calls that it opens.
_COLUMNS = (
    ("Handled", "handled", formats.count, Show.HANDLED),
    ("Missed", "missed", formats.count, Show.MISSED),
    ("Handle time", "agent_aht", formats.duration, None),
    ("Talk", "agent_talk", formats.duration, None),
    ("Hold", "agent_hold", formats.duration, None),
    ("Wrap-up", "agent_wrap", formats.duration, None),
    ("Sent on", "transferred", formats.count, Show.TRANSFERRED),
    ("Logged in", "online_s", formats.hours, None),
    ("Occupancy", "occupancy", formats.percent, None),
    ("Availability", "availability", formats.percent, None),
    ("Paused", "paused_s", formats.hours, None),
)
_PAUSED = Definition("paused_s", "Paused", "Time paused, whatever the reason", "sum(paused)", "Trunkline")
_FILED = Definition(
    "filed", "Filed as", "Calls in which the agents had an ended conversation, by the code they were filed under",
    "calls by disposition", "Trunkline",
)  # fmt: skip
_NOBODY = "Nobody was logged in in this range: an agent appears here with the first call or the first minute logged in."


def summary(answer: AgentsAnswer) -> list[Component]:
    """The strip of all agents chosen together."""
    now, before, filters = answer.total, answer.before, answer.filters
    who = "of one agent" if answer.alone else f"{len(answer.rows)} agents"
    handled = now.get("handled")
    missed = (now.get("missed") or 0) + (now.get("from_queue") or 0)
    share = formats.percent((now.get("missed") or 0) / missed if missed else None)
    return [
        strip.figure(
            "handled", "Handled", formats.count(handled), who,
            href=behind(filters, Show.HANDLED), change=changes.of_count(*changes.of_row(now, before, "handled")),
        ),
        _time("agent_aht", "Handle time", answer, "talk, hold, wrap-up"),
        strip.figure(
            "missed", "Missed rings", formats.count(now.get("missed")), f"{share} of rings",
            href=behind(filters, Show.MISSED), change=changes.of_count(*changes.of_row(now, before, "missed")),
        ),
        strip.figure(
            "occupancy", "Occupancy", formats.percent(now.get("occupancy")), "on contact",
            change=changes.of_rate(*changes.of_row(now, before, "occupancy")),
        ),
        _time("online_s", "Logged in", answer, who),
        _time("paused_s", "Paused", answer, formats.percent(_of_online(now))),
    ]  # fmt: skip


def took(answer: AgentsAnswer) -> str:
    """How many conversations were read, and how fast."""
    handled = formats.counted(answer.total.get("handled") or 0, "conversation")
    return f"{handled} in {answer.took_s * 1000:.0f} ms"


def title(answer: AgentsAnswer) -> str:
    """What the table's rows are."""
    return "By day" if answer.alone else "By agent"


def table_head(answer: AgentsAnswer) -> Component:
    """The headings."""
    first = "Day" if answer.alone else "Agent"
    return tables.head([(first, ""), *((words, name) for words, name, _, _ in _COLUMNS)])


def table_rows(answer: AgentsAnswer) -> str:
    """A row an agent, or a day, as JSON."""
    lines = [_day(row, answer) for row in answer.days] if answer.alone else [_agent(row, answer) for row in answer.rows]
    return tables.rows(lines, len(_COLUMNS) + 1, _NOBODY)


def dispositions(answer: AgentsAnswer) -> str:
    """Calls by how they were filed, as JSON."""
    every = sum(calls for _, calls in answer.dispositions)
    lines = [
        [
            tables.cell(code or "not filed", "mid" if code is None else ""),
            tables.cell(
                formats.count(calls),
                href=behind(answer.filters, Show.FILED, disposition=code or NOT_FILED),
                note=formats.percent(calls / every, 0),
            ),
        ]
        for code, calls in answer.dispositions
    ]
    return tables.rows(lines, 2, "No call was filed: agents file calls on their page, after each one.")


def reasons(answer: AgentsAnswer) -> str:
    """The time one agent paused by reason, as JSON."""
    spent: dict[str, float] = {}
    for row in answer.timeline:
        if row["kind"] == "state" and row["detail"] == "paused" and row["seconds"] is not None:
            spent[row["reason"]] = spent.get(row["reason"], 0.0) + row["seconds"]
    lines = [
        [reason or tables.cell("no reason given", "mid"), tables.cell(formats.duration(seconds))]
        for reason, seconds in sorted(spent.items(), key=lambda each: -each[1])
    ]
    return tables.rows(lines, 2, "No pause in these days.")


def names(answer: AgentsAnswer) -> str:
    """Every agent's id and name, as JSON, to choose from."""
    return json.dumps([[each.agent_id, each.name] for each in answer.agents])


def explanations(answer: AgentsAnswer) -> list[Explanation]:
    """What every number of the page means."""
    metrics = [of_metric(AGENT_METRICS[name]) for _, name, _, _ in _COLUMNS if name in AGENT_METRICS]
    basis = tuple(
        each
        for each in ("Time is counted where it was spent, conversations where they began", answer.earlier_words(),
                     answer.watermark_words())
        if each
    )  # fmt: skip
    return [Explanation(each, basis) for each in (*metrics, _PAUSED, _FILED)]


def _agent(row: AgentRow, answer: AgentsAnswer) -> list[tables.Cell]:
    filters = replace(answer.filters, agents=(row.now["agent_id"],))
    first = tables.cell(row.now["name"], "name", href=_page(filters), title=row.now["name"])
    return [first, *_cells(row.now, row.before, filters)]


def _day(row: Mapping[str, Any], answer: AgentsAnswer) -> list[tables.Cell]:
    at: datetime = row["interval_start"]
    day = at.astimezone(answer.filters.clock).date()
    filters = answer.filters.on_days(day, day)
    first = tables.cell(intervals.label(at, By.DAY, filters.clock), "name", href=_page(filters))
    return [first, *_cells(row, {}, filters)]


def _cells(now: Mapping[str, Any], before: Mapping[str, Any], filters: Filters) -> list[tables.Cell]:
    return [
        tables.cell(
            shown(now[name]),
            href=behind(filters, show) if show and now[name] else "",
            change=_change(name, shown, now, before),
        )
        for _, name, shown, show in _COLUMNS
    ]


def _change(name: str, shown: Any, now: Mapping[str, Any], before: Mapping[str, Any]) -> changes.Change | None:
    values = changes.of_row(now, before or None, name)
    if shown is formats.count:
        return changes.of_count(*values)
    return changes.of_rate(*values) if shown is formats.percent else changes.of_duration(*values)


def _time(name: str, words: str, answer: AgentsAnswer, note: str) -> Component:
    change = changes.of_duration(*changes.of_row(answer.total, answer.before, name))
    return strip.figure(name, words, formats.hours(answer.total.get(name)), note, change=change)


def _of_online(total: Mapping[str, Any]) -> float | None:
    online = total.get("online_s")
    return total["paused_s"] / online if online else None


def _page(filters: Filters) -> str:
    return f"{PREFIX}agents{filters.address()}"
