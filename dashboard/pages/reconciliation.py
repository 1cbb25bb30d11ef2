"""The reconciliation page: every call of a range beside what its PBX wrote itself, and why the two differ.

The address holds the range; one callback reads the marts and fills everything. What cannot be read is said in place,
with what to do; the rest of the page stays as it was.
"""

from asyncio import to_thread
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import book_cards, shell
from dashboard.errors import ReportsUnavailable
from dashboard.filter_bar import ZONES_ID, range_bar
from dashboard.filters import Filters, parse
from dashboard.guard import current_user
from dashboard.reports import Books, OpenMarts, read_books

PLACE = shell.Place(shell.PREFIX + "reconciliation", "Reconciliation", "check", group=shell.Group.TRUST)

# What the callback fills, in this order: (id, property).
OUTPUTS = (
    ("books", "className"),
    ("books-notice", "children"),
    ("books-filters", "children"),
    ("books-summary", "children"),
    ("books-data", "children"),
    ("books-shown", "children"),
    ("books-rules", "children"),
    ("books-explanations", "children"),
)
_HEAD = ("Started", "Caller", "Why", "What", "Trunkline says", "Beside it", "It says")


def layout() -> Component:
    """The page before its first answer: the shapes of what will stand there."""
    return html.Div(
        id="books",
        className="waiting",
        **{"data-page": "books"},
        children=[
            shell.top("Reconciliation"),
            html.Div(html.Span("Loading", className="btn"), id="books-filters", className="filters"),
            html.Div(id="books-notice", className="notice bad", role="alert"),
            html.Section([_blank_figure() for _ in range(6)], id="books-summary", className="card sum"),
            html.Div([_differences_card(), html.Div(_rules_card())], className="report-columns"),
            html.Div(id="books-explanations", hidden=True),
            html.Div(id="books-data", hidden=True),
            dcc.Location(id="books-address", refresh="callback-nav"),
            dcc.Interval(id="books-timer", interval=shell.REFRESH_MS),
            html.Datalist(id=ZONES_ID),
        ],
    )


def register(app: Any, open_marts: OpenMarts, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
    """Connect the page to its marts. `zone` is the clock where the address names none."""

    async def show(search: str | None, _tick: int | None) -> tuple[Any, ...]:
        filters = parse(search or "", clock(), zone)
        try:
            books = await to_thread(read_books, open_marts, current_user().tenant, filters)
        except ReportsUnavailable as error:
            return failed(str(error), filters, clock())
        filled = list(shown(books, clock()))
        if dash.ctx.triggered_id == "books-timer":
            # Somebody may be typing into a menu; a refresh changes no choice.
            filled[OUTPUTS.index(("books-filters", "children"))] = dash.no_update
        return tuple(filled)

    app.callback(
        [dash.Output(*each) for each in OUTPUTS],
        dash.Input("books-address", "search"),
        dash.Input("books-timer", "n_intervals"),
    )(show)


def shown(books: Books, now: datetime) -> tuple[Any, ...]:
    """Everything of an answer, in the order of the outputs."""
    return (
        "",
        [],
        _bar(books.filters, now),
        book_cards.summary(books),
        book_cards.differences(books),
        book_cards.shown_words(books),
        book_cards.rules(books),
        shell.explanations(book_cards.explanations(books)),
    )


def failed(reason: str, filters: Filters, now: datetime) -> tuple[Any, ...]:
    """What went wrong, above what is already there, and the range, so that something else can be chosen."""
    notice = [f"{reason} It is tried again by itself."]
    return ("failed", notice, _bar(filters, now), *(dash.no_update for _ in OUTPUTS[3:]))


def _bar(filters: Filters, now: datetime) -> list[Component]:
    return range_bar(filters, now.astimezone(filters.clock).date())


def _blank_figure() -> Component:
    return html.Div([html.Label("\u00a0"), html.B(), html.Small()])


def _differences_card() -> Component:
    head = html.Tr([html.Th(words) for words in _HEAD])
    table = html.Table([html.Thead(head), html.Tbody(id="books-rows")], className="books-table")
    return html.Section(
        className="card",
        children=[
            html.Header([html.H2("Calls that differ"), html.Span(id="books-shown", className="dim small cut")]),
            html.Div(table, className="scroll level-scroll"),
        ],
    )


def _rules_card() -> Component:
    head = html.Header([html.H2("Why two accounts may differ"), html.Span(className="grow"), html.Small("calls")])
    return html.Section([head, html.Table(html.Tbody(id="books-rules"))], className="card rules")
