"""The heat map page: when callers come and how they fare, by weekday and hour of local time."""

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import heat_cards, shell
from dashboard.figure_marts import Answer
from dashboard.filter_bar import clock_menu, own_menu, queues_menu, range_menu, variant_menu
from dashboard.heat_figures import HeatAnswer, read_heat
from dashboard.report_page import ReportPage, data
from dashboard.tokens import Tokens

PLACE = shell.Place(shell.PREFIX + "heat-map", "Heat map", "heat-map")


def _body() -> list[Component]:
    heading = html.H2(id="heat-title", **{"data-explain": "cell"})
    return [
        html.Section(
            className="card",
            children=[
                html.Header([heading, html.Span(className="grow"), html.Span(id="heat-scale", className="heat-scale")]),
                html.Div(id="heat-grid", className="heat"),
                data("heat-data"),
            ],
        )
    ]


def _bar(answer: Answer, today: date) -> list[Component]:
    filters = answer.filters
    return [
        own_menu(filters, "Shows", "metric", heat_cards.WORDS),
        range_menu(filters, today),
        queues_menu(filters, answer.queues),
        variant_menu(filters),
        clock_menu(filters),
    ]


def _filled(answer: HeatAnswer, _tokens: Tokens) -> tuple[str, str]:
    return heat_cards.title(answer), heat_cards.grid(answer)


PAGE = ReportPage(
    name="heat",
    place=PLACE,
    figures=4,
    body=_body,
    fills=(("heat-title", "children"), ("heat-data", "children")),
    empty=HeatAnswer,
    read=read_heat,
    bar=_bar,
    took=heat_cards.took,
    summary=heat_cards.summary,
    explained=heat_cards.explanations,
    filled=_filled,
    own=("metric",),
)
