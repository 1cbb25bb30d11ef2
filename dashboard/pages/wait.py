"""The wait page: how long callers waited, by queue and by interval, and how long they were ready to."""

from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import shell, wait_cards, wait_charts
from dashboard.figure_marts import Answer
from dashboard.filter_bar import by_menu, clock_menu, compare_menu, queues_menu, range_menu
from dashboard.report_page import ReportPage, table_card
from dashboard.tokens import Tokens
from dashboard.wait_figures import WaitAnswer, read_waits

PLACE = shell.Place(shell.PREFIX + "wait", "Wait", "wait")

_FILLS = (
    ("waits-distribution", "figure"),
    ("waits-legend", "children"),
    ("waits-title", "children"),
    ("waits-lines", "figure"),
    ("waits-patience", "figure"),
    ("waits-patience-words", "children"),
    ("wait-table-head", "children"),
    ("wait-table-data", "children"),
)


def _card(heading: Component, chart: Component, *more: Component) -> Component:
    return html.Section([html.Header([heading, html.Span(className="grow"), *more]), chart], className="card")


def _body() -> list[Component]:
    lines_legend = shell.legend(("median", "line s3"), ("90th percentile", "line s1"))
    left = [
        _card(
            html.H2("How long callers waited", **{"data-explain": "distribution"}),
            shell.graph("waits-distribution", "level-chart"),
            html.Span(id="waits-legend"),
        ),
        _card(html.H2(id="waits-title"), shell.graph("waits-lines", "half-chart"), lines_legend),
    ]
    words = html.Span(id="waits-patience-words", className="dim small")
    heading = html.H2("How long they were ready to wait", **{"data-explain": "patience"})
    chart = shell.graph("waits-patience", "half-chart")
    patience = html.Section([html.Header(heading), chart, html.P(words, className="foot")], className="card")
    right = [
        patience,
        table_card("wait-table", "By queue"),
    ]
    return [html.Div([html.Div(left), html.Div(right)], className="report-columns even")]


def _bar(answer: Answer, today: date) -> list[Component]:
    filters = answer.filters
    return [
        range_menu(filters, today),
        compare_menu(filters),
        queues_menu(filters, answer.queues),
        by_menu(filters),
        clock_menu(filters),
    ]


def _filled(answer: WaitAnswer, tokens: Tokens) -> tuple[Any, ...]:
    return (
        wait_charts.distribution(answer.bars, answer.threshold, tokens),
        wait_cards.distribution_legend(answer),
        wait_cards.interval_title(answer),
        wait_charts.percentiles(answer.by_interval, tokens),
        wait_charts.patience(answer.curve, answer.median_patience, tokens),
        wait_cards.patience_words(answer),
        wait_cards.table_head(answer),
        wait_cards.table_rows(answer),
    )


PAGE = ReportPage(
    name="waits",
    place=PLACE,
    figures=6,
    body=_body,
    fills=_FILLS,
    empty=WaitAnswer,
    read=read_waits,
    bar=_bar,
    took=wait_cards.took,
    summary=wait_cards.summary,
    explained=wait_cards.explanations,
    filled=_filled,
)
