"""The alerts page: rules on live metrics, a rule tried on a day of the past, and what fired.

Python gives the structure; assets/alerts.js fills and changes it through `/api/alerts`, with the reader's own cookie.
The API decides what may be changed; what is left out here is only left out. Must not judge a rule itself.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from dashboard import shell

PLACE = shell.Place(shell.PREFIX + "alerts", "Alerts", "alerts", group=shell.Group.NOW)

# As the API has it.
_MAY_CHANGE = frozenset({"manager", "administrator"})
# (heading, class); the scripts fill them in this order.
RULES = (("Alert", ""), ("Now", ""), ("Told", "hide-small"), ("", "acts"))
FOUND = (("Raised", ""), ("Over", ""), ("Lasted", "num"), ("Value", "num"))
FIRED = (("Raised", ""), ("Alert", ""), ("Value", "num hide-small"), ("Lasted", "num"), ("Told", "hide-small"))


def layout(zone: ZoneInfo, role: str) -> Component:
    """The page before its first answer. `zone`: the clock in which times are told and days begin."""
    may_change = role in _MAY_CHANGE
    return html.Div(
        id="alerts",
        className="waiting",
        **{"data-timezone": zone.key, "data-page": "alerts"} | ({"data-may-change": ""} if may_change else {}),
        children=[
            shell.top("Alerts", *([html.Button("New alert", id="new-alert", className="btn primary")] * may_change)),
            html.Div(id="alerts-notice", className="notice bad", role="alert", hidden=True),
            html.P(id="alerts-said", className="said", role="status"),
            _card("rules", "Rules", "What is watched, and who is told beside the live page.", RULES),
            _trial(),
            _card("fired", "History", "What fired, with the rule as it was then.", FIRED, more=True),
        ],
    )


def _trial() -> Component:
    """Which rule, which day, and what came of it."""
    return html.Section(
        id="trial",
        className="card",
        children=[
            html.Header(
                [
                    html.Div(
                        [
                            html.H2("Try on the past"),
                            html.P(
                                "When a rule would have fired on a day: from the log of then.", className="dim small"
                            ),
                        ]
                    ),
                    html.Span(className="grow"),
                    # The script puts a choice of rules and a day in here.
                    html.Form(id="trial-form", className="trial-form"),
                ]
            ),
            html.Div(id="trial-notice", className="notice", role="status", hidden=True),
            html.Figure(id="trial-chart", className="trial-chart", hidden=True),
            html.Div(_table("found", "Firings of the trial", FOUND), id="trial-found", className="scroll", hidden=True),
        ],
    )


def _card(name: str, title: str, meaning: str, columns: Sequence[tuple[str, str]], more: bool = False) -> Component:
    head = [
        html.Div(
            [
                html.H2([title, html.Span(className="count dim")]),
                html.P(meaning, className="dim small"),
            ]
        )
    ]
    foot = [html.Footer(html.Button("Show more", id=f"{name}-more", className="btn", hidden=True))]
    return html.Section(
        id=name,
        className="card",
        children=[
            html.Header(head),
            html.Div(_table(name, title, columns), className="scroll"),
            *(foot if more else []),
        ],
    )


def _table(name: str, title: str, columns: Sequence[tuple[str, str]]) -> Component:
    head = [
        html.Th(words or html.Span("Actions", className="unseen"), className=css, scope="col") for words, css in columns
    ]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(id=f"{name}-rows")], **{"aria-label": title})
