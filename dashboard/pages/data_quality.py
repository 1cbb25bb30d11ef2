"""The data-quality page: how far a range's numbers can be trusted, and every call beside what its PBX wrote itself.

The address holds the range; one callback reads the marts and fills everything. What cannot be read is said in place,
with what to do; the rest of the page stays as it was.
"""

from asyncio import to_thread
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import book_cards, shell, strip, trust_cards
from dashboard.errors import ReportsUnavailable
from dashboard.filter_bar import ZONES_ID, range_bar
from dashboard.filters import Filters, parse
from dashboard.first_figures import First
from dashboard.guard import current_user
from dashboard.tokens import Theme
from dashboard.trust import Trust, TrustMarts, read_trust
from dashboard.trust_cards import EXPLAINED, HEADS, WORDY

PLACE = shell.Place(shell.PREFIX + "data-quality", "Data quality", "check", group=shell.Group.TRUST)
# Where it was before it told of more than ledgers.
OLD_PATH = shell.PREFIX + "reconciliation"

# What the callback fills, in this order: (id, property).
OUTPUTS = (
    ("books", "className"),
    ("books-notice", "children"),
    ("books-filters", "children"),
    ("books-exports", "children"),
    ("heard-summary", "children"),
    ("pbxs-data", "children"),
    ("days-data", "children"),
    ("gaps-data", "children"),
    ("refused-asked", "children"),
    ("books-summary", "children"),
    ("books-data", "children"),
    ("books-shown", "children"),
    ("books-rules", "children"),
    ("books-explanations", "children"),
)
HEAD = ("Started", "Caller", "Why", "What", "Trunkline says", "Beside it", "It says")
# The page's class when its answer could not be read.
FAILED = "failed"


def layout() -> Component:
    """The page before its first answer: the shapes of what will stand there."""
    return html.Div(
        id="books",
        className="waiting",
        **{"data-page": "books"},
        children=[
            shell.top(PLACE.title, html.Div(id="books-exports")),
            html.Div(html.Span("Loading", className="btn"), id="books-filters", className="filters"),
            html.Div(id="books-notice", className="notice bad", role="alert"),
            html.Section([strip.blank() for _ in range(6)], id="heard-summary", className="card sum even"),
            _table_card("pbxs", "By PBX"),
            html.Div(
                [_table_card("days", "By day"), _table_card("gaps", "Gaps", _refused())],
                className="report-columns trust-columns",
            ),
            html.Section([strip.blank() for _ in range(5)], id="books-summary", className="card sum five"),
            html.Div([_differences_card(), html.Div(_rules_card())], className="report-columns"),
            html.Div(id="books-explanations", hidden=True),
            html.Div(id="books-data", hidden=True),
            dcc.Location(id="books-address", refresh="callback-nav"),
            dcc.Interval(id="books-timer", interval=shell.REFRESH_MS),
            html.Datalist(id=ZONES_ID),
        ],
    )


def register(app: Any, open_marts: Callable[[str], TrustMarts], clock: Callable[[], datetime], zone: ZoneInfo) -> First:
    """Connect the page to its marts, and say how to ask them. `zone` is the clock where the address names none."""

    def answer(search: str, _theme: Theme) -> tuple[Any, ...]:
        filters = parse(search, clock(), zone)
        try:
            return shown(read_trust(open_marts, current_user().tenant, filters), clock())
        except ReportsUnavailable as error:
            return failed(str(error), filters, clock())

    async def show(search: str | None, _tick: int | None) -> tuple[Any, ...]:
        filled = list(await to_thread(answer, search or "", Theme.LIGHT))
        if dash.ctx.triggered_id == "books-timer" and filled[0] != FAILED:
            # Somebody may be typing into a menu; a refresh changes no choice.
            for name in ("books-filters", "books-exports"):
                filled[OUTPUTS.index((name, "children"))] = dash.no_update
        return tuple(filled)

    app.callback(
        [dash.Output(*each) for each in OUTPUTS],
        dash.Input("books-address", "search"),
        dash.Input("books-timer", "n_intervals"),
        prevent_initial_call=True,
    )(show)
    return First("books", OUTPUTS, answer, themed=False)


def shown(trust: Trust, now: datetime) -> tuple[Any, ...]:
    """Everything of an answer, in the order of the outputs."""
    books = trust.books
    return (
        "",
        [],
        _bar(trust.filters, now),
        shell.exports("data-quality", trust.filters.address()),
        trust_cards.summary(trust),
        trust_cards.pbx_rows(trust),
        trust_cards.day_rows(trust),
        trust_cards.gap_rows(trust),
        trust_cards.refused_query(trust),
        book_cards.summary(books),
        book_cards.differences(books),
        book_cards.shown_words(books),
        book_cards.rules(books),
        shell.explanations([*trust_cards.explanations(trust), *book_cards.explanations(books)]),
    )


def failed(reason: str, filters: Filters, now: datetime) -> tuple[Any, ...]:
    """What went wrong, above what is already there, and the range, so that something else can be chosen."""
    notice = [f"{reason} It is tried again by itself."]
    return (FAILED, notice, _bar(filters, now), *(dash.no_update for _ in OUTPUTS[3:]))


def _bar(filters: Filters, now: datetime) -> list[Component]:
    return range_bar(filters, now.astimezone(filters.clock).date())


def _refused() -> list[Component]:
    """How much of what was heard was not understood; assets/trust.js asks the API, as the marts do not know it."""
    words = html.Span(id="refused", className="dim small cut", role="status")
    return [html.Span(className="grow"), words, html.Span(id="refused-asked", hidden=True)]


def _table_card(name: str, title: str, beside: Sequence[Component] = ()) -> Component:
    head = [_heading(words, is_number=n >= WORDY[name]) for n, words in enumerate(HEADS[name])]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(id=f"{name}-rows")], className=f"{name}-table")
    return html.Section(
        className="card trust-card",
        children=[
            html.Header([html.H2(title), *beside]),
            html.Div(table, className="scroll trust-scroll", tabIndex=0, role="region", **{"aria-label": title}),
            html.Div(id=f"{name}-data", hidden=True),
        ],
    )


def _heading(words: str, *, is_number: bool) -> Component:
    explained = {"data-explain": EXPLAINED[words]} if is_number else {}
    return html.Th(words, className="num" if is_number else "", **explained)


def _differences_card() -> Component:
    head = html.Tr([html.Th(words) for words in HEAD])
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
