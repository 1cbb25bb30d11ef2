"""What the data-quality page shows of what was heard: figures, tables by PBX and by day, gaps. Pure.

Tables are JSON for assets/trust.js: rows of cells, each a text or `{text, css, href}`; `empty` stands instead of rows.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from dash.development.base_component import Component

from dashboard import formats, intervals, strip
from dashboard.book_cards import when
from dashboard.call_search import address_of
from dashboard.definitions import Definition, Explanation
from dashboard.filters import Filters
from dashboard.intervals import By
from dashboard.trust import Trust

Cell = str | dict[str, str]

# (column of the data, heading, what the calls page lists behind it, or nothing).
_COUNTED = (
    ("calls", "Calls", "over"),
    ("provisional", "Provisional", "provisional"),
    ("corrected", "Corrected", "corrected"),
    ("compared", "Compared", "compared"),
    ("unexplained", "Unexplained", "unexplained"),
    ("gaps", "Gaps", ""),
)
HEADS = {
    "pbxs": ("PBX", "Last call", "Last confirmed", *(head for _, head, _ in _COUNTED), "Not heard"),
    "days": ("Day", *(head for _, head, _ in _COUNTED), "Not heard"),
    "gaps": ("Began", "Lasted", "PBX", "Source", "Cause"),
}
# By heading, as what the numbers below are explained.
EXPLAINED = {head: show or name for name, head, show in _COUNTED} | {"Not heard": "unheard"}
# Columns of words, from the left; the others are numbers.
WORDY = {"pbxs": 3, "days": 1, "gaps": 5}

_DEFINITIONS = (
    Definition(
        "over",
        "Calls",
        "Calls that are over, by the moment at which they began; one that was joined to another counts by itself",
        "ended calls",
        "Trunkline",
    ),
    Definition(
        "provisional",
        "Provisional",
        "Calls that are over, but that the PBX's files have not confirmed yet",
        "ended and not final / calls",
        "Trunkline",
    ),
    Definition(
        "corrected",
        "Corrected",
        "Calls of which the PBX's files put something right, because they were not heard whole",
        "calls with a correction",
        "Trunkline",
    ),
    Definition(
        "appeared",
        "Known from files alone",
        "Of the corrected calls those that were not heard of at all",
        "calls that a file brought",
        "Trunkline",
    ),
    Definition(
        "gaps", "Gaps", "Spans in which a source of a PBX was not heard", "gaps that touch the range", "Trunkline"
    ),
    Definition(
        "unheard",
        "Not heard",
        "For how long of the range, each source by itself. What was missed is read from the PBX's files later",
        "sum of gaps within the range",
        "Trunkline",
    ),
)


def summary(trust: Trust) -> list[Component]:
    """The strip of figures of the whole range."""
    total = trust.total
    calls, gaps = total.get("calls"), total.get("gaps")
    share = (total["provisional"] / calls) if calls else None
    open_gaps = sum(row["silent_since"] is not None for row in trust.pbxs)
    lasting = f"{open_gaps} of them now" if open_gaps else "none of them now"
    return [
        _figure(trust, "over", "Calls", formats.count(calls), "that are over", "over"),
        _figure(trust, "provisional", "Provisional", formats.percent(share), _of(total, "provisional"), "provisional"),
        _figure(
            trust, "corrected", "Corrected", formats.count(total.get("corrected")), "by the PBX's files", "corrected"
        ),
        _figure(
            trust, "appeared", "From files alone", formats.count(total.get("appeared")), "of corrected", "appeared"
        ),
        strip.figure(
            "gaps", "Gaps", formats.count(gaps), lasting if gaps else "", css="warn-text" if open_gaps else ""
        ),
        strip.figure("unheard", "Not heard", formats.hours(total.get("gap_s")), "all sources together"),
    ]


def pbx_rows(trust: Trust) -> str:
    """A row a PBX."""
    clock = trust.filters.clock
    lines = [
        [
            row["pbx"],
            _silent(row, clock),
            _when(row["last_confirmed_at"], trust),
            *_counts(trust.filters, row, pbx=row["pbx"]),
        ]
        for row in trust.pbxs
    ]
    return _table(
        "pbxs", lines, "No PBX has told of a call yet. It appears here as soon as `trunkline ingest` hears it."
    )


def day_rows(trust: Trust) -> str:
    """A row a day (or month), the newest first."""
    lines = [
        [intervals.label(row["interval_start"], trust.by, trust.filters.clock), *_counts(_on(trust, row), row)]
        for row in reversed(trust.days)
    ]
    return _table("days", lines, "Nothing was heard in this range, and nothing was missed.")


def gap_rows(trust: Trust) -> str:
    """A row a gap."""
    clock = trust.filters.clock
    lines: list[list[Cell]] = [
        [
            when(gap["started_at"], clock),
            formats.hours(gap["seconds"]) if gap["ended_at"] else {"text": "lasts", "css": "warn"},
            gap["pbx"],
            gap["source"],
            str(gap["cause"]).replace("_", " "),
        ]
        for gap in trust.gaps.iter_rows(named=True)
    ]
    return _table("gaps", lines, "No gap in this range: every source was heard all the time.")


def refused_query(trust: Trust) -> str:
    """The query of `GET /api/pbx/rejects` for the range."""
    filters = trust.filters
    return urlencode(
        {"startDate": filters.first.isoformat(), "endDate": filters.last.isoformat(), "clock": filters.clock.key}
    )


def explanations(trust: Trust) -> list[Explanation]:
    """What every figure means."""
    clock, mark = trust.filters.clock, trust.books.watermark
    fresh = f"Calls changed up to {formats.instant(mark, clock)}" if mark else "Nothing loaded yet"
    return [Explanation(each, ("Of calls by their begin", fresh)) for each in _DEFINITIONS]


def _figure(trust: Trust, name: str, title: str, value: str, note: str, show: str) -> Component:
    href = address_of(trust.filters, show) if value != formats.NOTHING else ""
    return strip.figure(name, title, value, note, href=href)


def _of(total: Mapping[str, Any], name: str) -> str:
    return f"{formats.count(total[name])} of {formats.count(total['calls'])}" if total.get("calls") else ""


def _counts(filters: Filters, row: Mapping[str, Any], **narrower: str) -> list[Cell]:
    cells = [_count(filters, row[name], show, **narrower) for name, _, show in _COUNTED]
    return [*cells, {"text": formats.hours(row["gap_s"]) if row["gap_s"] else formats.NOTHING, "css": "num"}]


def _count(filters: Filters, number: int, show: str, **narrower: str) -> Cell:
    css = "num bad" if number and show == "unexplained" else "num"
    if not number or not show:
        return {"text": formats.count(number), "css": f"{css} dim" if not number else css}
    return {"text": formats.count(number), "css": css, "href": address_of(filters, show, **narrower)}


def _silent(row: Mapping[str, Any], clock: Any) -> Cell:
    if row["silent_since"] is not None:
        return {"text": f"silent since {when(row['silent_since'], clock)}", "css": "warn"}
    return when(row["last_call_at"], clock) if row["last_call_at"] else formats.NOTHING


def _when(at: datetime | None, trust: Trust) -> str:
    return when(at, trust.filters.clock) if at else formats.NOTHING


def _on(trust: Trust, row: Mapping[str, Any]) -> Filters:
    """The choice on this day, or in this month."""
    first = row["interval_start"].astimezone(trust.filters.clock).date()
    last = first
    if trust.by is By.MONTH:
        last = min((first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1), trust.filters.last)
    return trust.filters.on_days(first, last)


def _table(name: str, lines: Sequence[Sequence[Cell]], empty: str) -> str:
    return json.dumps({"rows": lines, "columns": len(HEADS[name]), "empty": empty})
