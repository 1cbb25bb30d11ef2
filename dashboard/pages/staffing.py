"""The staffing page: what will come to a queue, the agents that it needs, who usually is there, and what if."""

from dataclasses import replace
from datetime import date
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import shell, staffing_cards
from dashboard.figure_marts import Answer
from dashboard.filter_bar import clock_menu, hidden, own_menu
from dashboard.filters import Filters
from dashboard.report_page import ReportPage, data, table_card
from dashboard.reports import queue_key
from dashboard.shell import choice, menu
from dashboard.staffing_figures import BOUNDS, OWN, PATIENCE, StaffingAnswer, number, read_staffing
from dashboard.tokens import Tokens

PLACE = shell.Place(shell.PREFIX + "staffing", "Staffing", "staffing")

_FIELDS = {"level": "Answered, %", "within": "within, s", "aht": "Handle time, s", "shrinkage": "Shrinkage, %"}
_CALLERS = {"": "never hang up", "a": "hang up as they did"}
# In the order of the script's figures, with what each is explained as.
_OUTCOMES = {
    "Agents": "agents",
    "Service level": "level",
    "Mean wait": "asa",
    "Occupancy": "occupancy",
    "Hang up": "hang_up",
}
_FILLS = (
    ("staffing-title", "children"),
    ("staffing-chart", "figure"),
    ("staffing-table-head", "children"),
    ("staffing-table-data", "children"),
    ("whatif-data", "children"),
    ("tried-data", "children"),
)


def _body() -> list[Component]:
    legend = shell.legend(("calls", "s1"), ("needed", "line s-line"), ("usually there", "line s3"))
    main = html.Section(
        className="card",
        children=[
            html.Header([html.H2(id="staffing-title"), html.Span(className="grow"), legend]),
            shell.graph("staffing-chart", "level-chart"),
        ],
    )
    slider = html.Div(id="whatif", className="whatif")
    outcomes = html.Dl([part for each in _OUTCOMES.items() for part in _outcome(*each)], id="whatif-said")
    what_if = html.Section(
        [html.Header(html.H2("What if every interval had")), slider, outcomes, data("whatif-data")], className="card"
    )
    error = html.H2("How wrong it was", **{"data-explain": "error"})
    left = [main, table_card("staffing-table", "By half hour")]
    return [
        html.Div(
            [html.Div(left), html.Div([what_if, table_card("tried", error, head=False)])], className="report-columns"
        )
    ]


def _outcome(words: str, explained: str) -> tuple[Component, Component]:
    return html.Dt(words), html.Dd(**{"data-explain": explained})


def _bar(answer: Answer, today: date) -> list[Component]:
    filters = answer.filters
    return [
        _queue_menu(answer),
        _target_menu(filters),
        own_menu(filters, "Callers", PATIENCE, _CALLERS),
        clock_menu(filters),
    ]


def _queue_menu(answer: Answer) -> Component:
    keys = {queue_key(each, answer.queues): each.name for each in answer.queues}
    chosen = next((key for key in answer.filters.queues if key in keys), next(iter(keys), ""))
    sheet = [
        choice(name, replace(answer.filters, queues=(key,)).address(), key == chosen) for key, name in keys.items()
    ]
    return menu("Queue", keys.get(chosen, "none yet"), sheet)


def _target_menu(filters: Filters) -> Component:
    """A form of the numbers that may be typed; an empty one is the queue's own."""
    fields = [
        html.Label(
            [
                words,
                dcc.Input(
                    type="number", name=name, value=number(filters, name), min=BOUNDS[name][0], max=BOUNDS[name][1]
                ),
            ]
        )
        for name, words in _FIELDS.items()
    ]
    own = [name for name in _FIELDS if number(filters, name) is not None]
    button = html.Button("Reckon", type="submit", className="btn little")
    form = html.Form([*hidden(filters, leave_out=tuple(_FIELDS)), *fields, button], className="free", method="get")
    back = choice("the queue's own", filters.with_own(**dict.fromkeys(_FIELDS, "")).address(), not own)
    return menu("Target", "typed" if own else "the queue's own", [back, form], on=bool(own))


def _filled(answer: StaffingAnswer, tokens: Tokens) -> tuple[Any, ...]:
    return (
        staffing_cards.title(answer),
        staffing_cards.chart(answer, tokens),
        staffing_cards.table_head(answer),
        staffing_cards.table_rows(answer),
        staffing_cards.what_if(answer),
        staffing_cards.tried_rows(answer),
    )


PAGE = ReportPage(
    name="staffing",
    place=PLACE,
    figures=6,
    body=_body,
    fills=_FILLS,
    empty=StaffingAnswer,
    read=read_staffing,
    bar=_bar,
    took=staffing_cards.took,
    summary=staffing_cards.summary,
    explained=staffing_cards.explanations,
    filled=_filled,
    own=OWN,
)
