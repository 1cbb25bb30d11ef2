"""The page Reports by mail: which reports go out to whom and when, what became of each, and sending one at once.

Python gives the structure; assets/schedules.js fills and changes it through `/api/schedules`, with the reader's own
cookie. The API decides what may be seen and changed. Other pages lead here with a report of theirs in the address:
`?page=queues&query=range%3D7d`.
"""

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from calls.ranges import Preset
from dashboard import shell
from dashboard.export_pages import SOURCES
from dashboard.filters import PRESET_WORDS
from dashboard.guard import MANAGERS
from dashboard.pages import calls

PLACE = shell.Place(shell.SCHEDULES, "Reports by mail", "mail", MANAGERS, shell.Group.SETTINGS)

# What has not happened yet when a report is due in the morning is asked for less often than what is over.
_RANGES = (
    *(Preset.YESTERDAY, Preset.LAST_7_DAYS, Preset.LAST_30_DAYS, Preset.LAST_MONTH),
    *(Preset.TODAY, Preset.THIS_MONTH, Preset.THIS_YEAR),
)
_WIDE = "hide-small"
_SCHEDULES = (("Report", ""), ("When", ""), ("To", _WIDE), ("Next", _WIDE), ("Last", ""), ("", "acts"))
_SENDINGS = (("Due", ""), ("What became of it", ""), ("To", _WIDE), ("File", _WIDE))


def layout() -> Component:
    """The page before its first answer."""
    pages = [[name, source.place.title] for name, source in SOURCES.items()] + [["calls", calls.PLACE.title]]
    told = {
        "data-pages": json.dumps(pages),
        "data-ranges": json.dumps([[each.value, PRESET_WORDS[each]] for each in _RANGES]),
    }
    return html.Div(
        id="schedules",
        className="waiting",
        **told,
        children=[
            shell.top(PLACE.title),
            html.P(id="schedules-said", className="said", role="status"),
            html.Div(id="no-mail", className="notice", role="status", hidden=True),
            _panel(
                "schedules",
                "Schedules",
                "A report goes out with the rights of who made or changed its schedule last.",
                _SCHEDULES,
                html.Button("New schedule", className="btn primary", disabled=True, **{"data-add": ""}),
            ),
            _panel(
                "sendings",
                "What became of it",
                "The newest first. Nothing is ever sent twice: where nobody knows, it is said.",
                _SENDINGS,
                html.Button("Close", className="btn", **{"data-close": ""}),
                hidden=True,
            ),
        ],
    )


def _panel(
    name: str, title: str, meaning: str, columns: Sequence[tuple[str, str]], button: Component, **more: Any
) -> Component:
    heading = html.Div(
        [html.H2([html.Span(title), html.Span(className="count dim")]), html.P(meaning, className="dim small")]
    )
    head = [
        html.Th(words or html.Span("Actions", className="unseen"), className=css, scope="col") for words, css in columns
    ]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(id=f"{name}-rows")], **{"aria-label": title})
    return html.Section(
        id=f"panel-{name}",
        className="card administered",
        **more,
        children=[
            html.Header([heading, html.Span(className="grow"), button]),
            html.Div(className="notice bad", role="alert", hidden=True),
            html.Div(table, className="scroll"),
        ],
    )
