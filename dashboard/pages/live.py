"""The live page: what is happening now, by push.

Python gives the structure and today's chart; assets/live.js fills the figures and tables from `/ws/pbx`. Must not
ask for anything each second.
"""

import json
from asyncio import to_thread
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dash
import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import figures, shell
from dashboard.definitions import LIVE, LIVE_COLUMNS, Definition, Explanation
from dashboard.errors import ReportsUnavailable
from dashboard.filters import parse
from dashboard.guard import current_user
from dashboard.reports import Day, OpenMarts, read_day
from dashboard.tokens import Theme, Tokens

PLACE = shell.Place(shell.PREFIX + "live", "Live", "live", group=shell.Group.NOW)

# As many quarters of an hour as a tile's little line has room for: eight hours.
SPARK_QUARTERS = 32

# As the API has it.
_MAY_LIMIT = frozenset({"manager", "administrator"})
_BASIS = ("Live: as of the line at the foot of the page",)
# Width, heading, class, and what it is explained as.
_QUEUE_COLUMNS = (
    ("name", "Queue", "", ""),
    ("waiting", "Waiting", "", "waiting"),
    ("longest", "Longest", "num", "longest"),
    ("level", "Service level, target", "", "service_level"),
    ("count", "Offered", "num", "offered"),
    ("count", "Answered", "num", "answered"),
    ("abandons", "Abandoned", "num", "abandons"),
    ("agents", "Agents", "", "signed_in"),
)
_AGENT_COLUMNS = (
    ("name", "Agent", "", ""),
    ("state", "State", "", ""),
    ("since", "Since", "num", "since"),
    ("with", "With", "", ""),
    ("calls", "Calls", "num", "handled_today"),
)
_STATES = (
    ("", "Everybody signed in"),
    ("on_call", "On call"),
    ("on_hold", "On hold"),
    ("ringing", "Ringing"),
    ("available", "Available"),
    ("wrap_up", "Wrap-up"),
    ("paused", "Paused"),
    ("offline", "Offline"),
)


def layout(clock: ZoneInfo, role: str = "") -> Component:
    """The page before its first figure. `clock`: the zone in which the day begins and times are told.

    Who has a `role` that may set limits finds a button for it in each queue's row.
    """
    return html.Div(
        id="live",
        className="waiting",
        **{"data-timezone": clock.key, "data-page": "today"} | ({"data-may-limit": ""} if role in _MAY_LIMIT else {}),
        children=[
            shell.top("Live", _find(), html.Div(_clock(), id="scrub", className="scrub"), _full_screen()),
            html.Section(id="past-bar", className="past-bar", hidden=True, **{"aria-label": "The past"}),
            html.Div(id="live-notice", className="notice", hidden=True, role="status"),
            html.Div(id="live-alerts", className="notice bad raised", hidden=True, role="status"),
            html.Section([_tile(each) for each in LIVE], className="card kpis"),
            html.Div(
                className="live-columns",
                children=[html.Div([_queues(clock), _today()]), _agents()],
            ),
            _health(),
            html.Div(id="today-series", hidden=True),
            dcc.Store(id="today-past"),
            *shell.heard("today"),
            html.Div(shell.explanations(_explained()), id="explanations", hidden=True),
        ],
    )


def register(
    app: Any, open_marts: OpenMarts, clock: Callable[[], datetime], zone: ZoneInfo, tokens: dict[Theme, Tokens]
) -> None:
    """Connect today's chart to the marts. `zone` is where the day begins."""

    async def show(theme: str | None, _tick: int | None, past: str | None) -> tuple[Any, str, str]:
        look = tokens[Theme(theme or Theme.LIGHT)]
        now = instant(past, clock())
        try:
            day = await to_thread(read_day, open_marts, current_user().tenant, parse("", now, zone))
        except ReportsUnavailable as error:
            return dash.no_update, dash.no_update, f"{error} It is tried again by itself."
        day = until(day, now) if past else day
        return figures.today_chart(day.rows, day.target, look), series(day), today_words(day, past=bool(past))

    app.callback(
        dash.Output("today", "figure"),
        dash.Output("today-series", "children"),
        dash.Output("today-note", "children"),
        *shell.hearing("today"),
        dash.Input("today-past", "data"),
    )(show)
    shell.ask_for_theme(app, "today")


def instant(past: str | None, now: datetime) -> datetime:
    """The past instant that the reader looks at (ISO 8601), else `now`; whatever else the browser says is now."""
    try:
        found = datetime.fromisoformat(past or "")
    except ValueError:
        return now
    return found if found.tzinfo is not None and found < now else now


def until(day: Day, now: datetime) -> Day:
    """The quarters of an hour that were over then: of the one under way nobody knows any more how it stood."""
    return replace(day, rows=day.rows.filter(pl.col("start") <= now - timedelta(minutes=15)))


def series(day: Day) -> str:
    """The recent quarters of an hour as JSON for the tiles' little lines (assets/live/tiles.js), by the tile's name."""
    known = day.rows.filter(pl.col("offered") > 0).tail(SPARK_QUARTERS)
    columns = {"service_level": "level", "abandoned": "abandon_rate", "asa": "asa", "aht": "aht"}
    return json.dumps({name: known[column].to_list() for name, column in columns.items()})


def today_words(day: Day, *, past: bool = False) -> str:
    """What is said where there is nothing to draw."""
    if int(day.rows["offered"].sum() or 0):
        return ""
    if past:
        return "No calls that day until then."
    return "No calls today yet: they appear here within a minute of a caller's entering a queue."


def _explained() -> list[Explanation]:
    return [Explanation(each, _BASIS) for each in (*LIVE, *LIVE_COLUMNS)]


def _find() -> Component:
    field = dcc.Input(id="find", type="search", placeholder="Find queue or agent", autoComplete="off")
    return html.Div([shell.icon("find"), field, html.Kbd("/")], className="field find hide-wall")


def _clock() -> Component:
    return html.Span([shell.icon("dot"), html.Span("Connecting")], id="live-clock", className="clock", role="timer")


def _full_screen() -> Component:
    return html.Button(
        ["Full screen ", html.Kbd("F")], className="btn hide-wall hide-small", **{"data-action": "full-screen"}
    )


def _tile(definition: Definition) -> Component:
    return html.Div(
        className="kpi stales",
        tabIndex=0,
        **{"data-kpi": definition.name, "data-explain": definition.name},
        children=[
            html.Label(definition.title),
            html.Div([html.B(), html.Span(className="spark")], className="line"),
            html.Small(),
            html.Small(className="stale-mark"),
        ],
    )


def _queues(clock: ZoneInfo) -> Component:
    legend = shell.legend(
        ("on call", "s1"), ("ringing", "s2"), ("available", "s3"), ("wrap-up", "s7"), ("paused", "s5")
    )
    return html.Section(
        id="queues",
        className="card",
        children=[
            html.Header(
                [
                    html.H2("Queues"),
                    html.Span(f"today since 00:00 {clock.key}", className="dim small cut fresh-mark"),
                    html.Span(className="stale-mark"),
                    html.Span(className="grow"),
                    legend,
                ]
            ),
            html.Div(_table("queue-table", _QUEUE_COLUMNS, "queue-rows"), className="scroll stales"),
        ],
    )


def _agents() -> Component:
    states = html.Details(
        id="agent-states",
        className="menu hide-wall",
        children=[
            html.Summary([html.B("Everybody signed in"), shell.icon("down")], className="btn little"),
            html.Div([_state_choice(*each) for each in _STATES], className="sheet right"),
        ],
    )
    return html.Section(
        id="agents",
        className="card",
        children=[
            html.Header(
                [
                    html.H2("Agents"),
                    html.Span(id="agent-count", className="dim small cut fresh-mark"),
                    html.Span(className="stale-mark"),
                    html.Span(className="grow"),
                    states,
                ]
            ),
            html.Div(_table("agent-table", _AGENT_COLUMNS, "agent-rows"), className="scroll stales"),
        ],
    )


def _state_choice(state: str, words: str) -> Component:
    return html.Button(words, className="on" if not state else "", **{"data-state": state})


def _table(name: str, columns: tuple[tuple[str, str, str, str], ...], rows: str) -> list[Component]:
    head = html.Thead(html.Tr([_heading(*column) for _, *column in columns]))
    widths = html.Colgroup([html.Col(className=width) for width, *_ in columns])
    table = html.Table([widths, head, html.Tbody(id=rows)], className=name)
    return [table, *(html.Span(className="skeleton") for _ in range(4))]


def _heading(words: str, css: str, explained: str) -> Component:
    return html.Th(words, className=css, **{"data-explain": explained} if explained else {})


def _today() -> Component:
    legend = shell.legend(("answered", "s1"), ("abandoned", "s6"), ("service level", "line s-line"))
    return html.Section(
        className="card",
        children=[
            html.Header([html.H2("Today by 15 minutes", id="today-title"), html.Span(className="grow"), legend]),
            html.Div(
                [shell.graph("today", "today-chart"), html.P(id="today-note", className="chart-note")],
                className="chart-box",
            ),
        ],
    )


def _health() -> Component:
    pill = html.Span([shell.icon("dot"), html.Span("Connecting")], className="pill")
    return html.Section(
        [pill, html.Span(), html.Span(), html.Span()], id="health", className="card health", role="status"
    )
