"""One agent's days as strips: what state the agent was in from when to when, for assets/numbers/strips.js. Pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from dashboard import formats, intervals, tables
from dashboard.agent_figures import AgentsAnswer, shown_days
from dashboard.filters import Filters
from dashboard.shell import PREFIX

# As presence states are called on the pages, and the class of their colour.
STATES = {
    "available": ("Available", "st-available"),
    "ringing": ("Ringing", "st-ringing"),
    "on_call": ("On call", "st-call"),
    "on_hold": ("On hold", "st-hold"),
    "wrap_up": ("Wrap-up", "st-wrap"),
    "paused": ("Paused", "st-paused"),
}
_HOUR = 3600.0
# Where nobody was logged in there is still a day to be seen.
_USUAL_HOURS = (8, 18)


def strips(answer: AgentsAnswer) -> str:
    """Strips as JSON: `from` and `to` (hours that all share), and of each day `label`, `href`, `parts` (from and to in
    hours, class, words) and `missed` (hours, words).
    """
    if not answer.alone:
        return json.dumps({"days": []})
    clock = answer.filters.clock
    by_day = _by_day(answer)
    days = [_strip(day, by_day.get(day, []), answer) for day in shown_days(answer.filters)]
    ends = [edge for day in days for part in day["parts"] for edge in part[:2]]
    first, last = (int(min(ends)), -int(-max(ends) // 1)) if ends else _USUAL_HOURS
    return json.dumps({"from": first, "to": max(last, first + 1), "days": days, "clock": clock.key})


def events(answer: AgentsAnswer) -> str:
    """Everything of one day, one below the other, as JSON; of several days a word that there is nothing."""
    if answer.filters.first != answer.filters.last:
        return tables.rows([], 4, "Choose one day to see everything that was done in it.")
    return tables.rows([_event(row, answer) for row in answer.timeline], 4, "Not logged in on this day.")


def legend() -> list[tuple[str, str]]:
    """The states beside their colours."""
    return [(words, f"swatch {css}") for words, css in STATES.values()]


def _by_day(answer: AgentsAnswer) -> dict[date, list[Mapping[str, Any]]]:
    """The timeline's rows by each local day that they touch."""
    found: dict[date, list[Mapping[str, Any]]] = {}
    for row in answer.timeline:
        day = row["started_at"].astimezone(answer.filters.clock).date()
        last = _until(row, answer).astimezone(answer.filters.clock).date()
        while day <= last:
            found.setdefault(day, []).append(row)
            day += timedelta(days=1)
    return found


def _strip(day: date, rows: list[Mapping[str, Any]], answer: AgentsAnswer) -> dict[str, Any]:
    clock = answer.filters.clock
    start = intervals.midnight(day, clock)
    end = intervals.midnight(day + timedelta(days=1), clock)
    inside = [row for row in rows if row["started_at"] < end and _until(row, answer) > start]
    parts = [_part(row, start, end, answer) for row in inside if row["kind"] == "state" and row["detail"] in STATES]
    missed = [
        [(row["started_at"] - start).total_seconds() / _HOUR, f"Missed ring {_clock(row['started_at'], answer)}"]
        for row in inside
        if row["kind"] == "missed_ring"
    ]
    return {
        "label": f"{day:%a} {day.day} {day:%b}",
        "href": f"{PREFIX}agents{answer.filters.on_days(day, day).address()}",
        "parts": parts,
        "missed": missed,
    }


def _part(row: Mapping[str, Any], start: datetime, end: datetime, answer: AgentsAnswer) -> list[Any]:
    begin, until = max(row["started_at"], start), min(_until(row, answer), end)
    words, css = STATES[row["detail"]]
    reason = f", {row['reason']}" if row["reason"] else ""
    span = f"{_clock(begin, answer)} – {_clock(until, answer)}"
    long = formats.duration((until - begin).total_seconds())
    hours = [round((at - start).total_seconds() / _HOUR, 4) for at in (begin, until)]
    return [*hours, css, f"{words}{reason}: {span} ({long})"]


def _event(row: Mapping[str, Any], answer: AgentsAnswer) -> list[tables.Cell]:
    if row["kind"] == "conversation":
        ended = f"ended by {row['detail'].replace('_', ' ')}" if row["detail"] else "goes on"
        what, more = tables.cell("Conversation", "", href=_call(row, answer.filters)), ended
    elif row["kind"] == "missed_ring":
        what, more = tables.cell("Missed ring", "warn", href=_call(row, answer.filters)), ""
    else:
        words, css = STATES.get(row["detail"], (row["detail"], ""))
        what, more = tables.cell(words, f"state {css}"), row["reason"]
    at = row["started_at"].astimezone(answer.filters.clock)
    return [
        tables.cell(f"{at:%H:%M:%S}", ""),
        what,
        tables.cell(more, "mid"),
        tables.cell(formats.duration(row["seconds"])),
    ]


def _call(row: Mapping[str, Any], filters: Filters) -> str:
    return f"{PREFIX}calls/{quote(row['call_id'], safe='')}{filters.address()}"


def _until(row: Mapping[str, Any], answer: AgentsAnswer) -> datetime:
    ended: datetime | None = row["ended_at"]
    return ended or answer.watermark or row["started_at"]


def _clock(at: datetime, answer: AgentsAnswer) -> str:
    return f"{at.astimezone(answer.filters.clock):%H:%M}"
