"""The service-level page: any range, any queues, any of the usual definitions.

The address holds the choice; one callback reads the marts and fills everything. What cannot be read is said in place,
with what to do; the rest of the page stays as it was.
"""

from asyncio import to_thread
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import figures, intervals, report_cards, shell, strip
from dashboard.errors import ReportsUnavailable
from dashboard.filter_bar import ZONES_ID, filter_bar
from dashboard.filters import Filters, parse
from dashboard.first_figures import First
from dashboard.guard import current_user
from dashboard.reports import OpenMarts, Report, read_report
from dashboard.tokens import Theme, Tokens

PLACE = shell.Place(shell.PREFIX + "service-level", "Service level", "service-level")

# What the callback fills, in this order: (id, property).
OUTPUTS = (
    ("report", "className"),
    ("report-notice", "children"),
    ("filters", "children"),
    ("report-exports", "children"),
    ("took", "children"),
    ("summary", "children"),
    ("chart-title", "children"),
    ("chart-legend", "children"),
    ("level-chart", "figure"),
    ("level-head", "children"),
    ("level-data", "children"),
    ("left-out", "children"),
    ("wait-chart", "figure"),
    ("definitions", "children"),
    ("explanations", "children"),
)
# The page's class when its report could not be read.
FAILED = "failed"


def layout() -> Component:
    """The page before its first report: the shapes of what will stand there."""
    return html.Div(
        id="report",
        className="waiting",
        **{"data-page": "report"},
        children=[
            shell.top("Service level", html.Span(id="took", className="dim small"), html.Div(id="report-exports")),
            html.Div(html.Span("Loading", className="btn"), id="filters", className="filters"),
            html.Div(id="report-notice", className="notice bad", role="alert"),
            html.Section([strip.blank() for _ in range(6)], id="summary", className="card sum"),
            html.Div(
                className="report-columns",
                children=[_main_card(), html.Div([_waits_card(), _definitions_card()])],
            ),
            html.Div(id="explanations", hidden=True),
            dcc.Location(id="report-address", refresh="callback-nav"),
            *shell.heard("report"),
            html.Div(id="level-data", hidden=True),
            html.Datalist(id=ZONES_ID),
        ],
    )


def register(
    app: Any, open_marts: OpenMarts, clock: Callable[[], datetime], zone: ZoneInfo, tokens: dict[Theme, Tokens]
) -> First:
    """Connect the page to its reports, and say how to ask them. `zone` is the clock where the address names none."""

    def answer(search: str, theme: Theme) -> tuple[Any, ...]:
        filters = parse(search, clock(), zone)
        try:
            return shown(read_report(open_marts, current_user().tenant, filters), tokens[theme], clock())
        except ReportsUnavailable as error:
            return failed(str(error), filter_bar(filters, (), today_of(filters, clock())))

    async def show(search: str | None, theme: str | None, _tick: int | None) -> tuple[Any, ...]:
        filled = list(await to_thread(answer, search or "", Theme(theme or Theme.LIGHT)))
        if dash.ctx.triggered_id == "report-timer" and filled[0] != FAILED:
            # Somebody may be typing into a menu; a refresh changes no choice.
            for name in ("filters", "report-exports"):
                filled[OUTPUTS.index((name, "children"))] = dash.no_update
        return tuple(filled)

    app.callback(
        [dash.Output(*each) for each in OUTPUTS],
        dash.Input("report-address", "search"),
        *shell.hearing("report"),
        prevent_initial_call=True,
    )(show)
    shell.ask_for_theme(app, "report")
    return First("report", OUTPUTS, answer)


def shown(report: Report, tokens: Tokens, now: datetime) -> tuple[Any, ...]:
    """Everything of a report, in the order of the outputs."""
    filters = report.filters
    return (
        "",
        [],
        filter_bar(filters, report.queues, today_of(filters, now)),
        shell.exports("service-level", filters.address()),
        report_cards.took_words(report),
        report_cards.summary(report),
        f"By {intervals.WORDS[filters.by]}",
        report_cards.chart_legend(report),
        _chart(report, tokens),
        report_cards.table_head(report),
        report_cards.table_rows(report),
        report_cards.left_out(report),
        figures.wait_chart(report.waits, report.threshold, tokens),
        report_cards.definitions(report),
        shell.explanations(report_cards.explanations(report)),
    )


def failed(reason: str, bar: list[Component]) -> tuple[Any, ...]:
    """What went wrong, above what is already there, and the filters, so that something else can be chosen."""
    notice = [f"{reason} It is tried again by itself."]
    return (FAILED, notice, bar, *(dash.no_update for _ in OUTPUTS[3:]))


def today_of(filters: Filters, now: datetime) -> date:
    """The day it is on the clock chosen."""
    return now.astimezone(filters.clock).date()


def _chart(report: Report, tokens: Tokens) -> Any:
    formula, earlier = report.filters.metric.formula(), report.earlier
    before = (earlier.levels, earlier.days) if earlier else ((), "")
    return figures.level_chart(report.rows, report.target, formula, tokens, *before)


def _main_card() -> Component:
    table = html.Table([html.Thead(id="level-head"), html.Tbody(id="level-rows")], className="level-table")
    return html.Section(
        className="card",
        children=[
            html.Header(
                [
                    html.H2(id="chart-title"),
                    html.Span(id="left-out", className="dim small cut"),
                    html.Span(className="grow"),
                    html.Span(id="chart-legend"),
                ]
            ),
            shell.graph("level-chart", "level-chart"),
            html.Div(table, className="scroll level-scroll"),
        ],
    )


def _waits_card() -> Component:
    return html.Section(
        [
            html.Header(html.H2("How long callers waited", **{"data-explain": report_cards.WAITS})),
            shell.graph("wait-chart", "wait-chart"),
        ],
        className="card",
    )


def _definitions_card() -> Component:
    return html.Section(
        [html.Header(html.H2("Same calls, other definitions")), html.Table(html.Tbody(id="definitions"))],
        className="card others",
    )
