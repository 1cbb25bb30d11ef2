"""A page over the marts: frame, filters, a strip of figures, one callback that fills everything from the address.

What the page shows of what it reads is its own; that it waits, fails and is refreshed like the others is here. What
cannot be read is said in place, with what to do; the rest of the page stays as it was.
"""

from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import perf_counter
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import shell, strip
from dashboard.definitions import Explanation
from dashboard.errors import ReportsUnavailable
from dashboard.figure_marts import Answer, FigureMarts, OpenFigures
from dashboard.filter_bar import ZONES_ID
from dashboard.filters import Filters, parse
from dashboard.first_figures import First
from dashboard.guard import current_user
from dashboard.reports import known_only, told
from dashboard.tokens import Theme, Tokens

A = TypeVar("A", bound=Answer)

# What every such page fills, in this order, after the page's name.
SHARED = (
    ("", "className"),
    ("-notice", "children"),
    ("-filters", "children"),
    ("-exports", "children"),
    ("-took", "children"),
    ("-summary", "children"),
    ("-explanations", "children"),
)


@dataclass(frozen=True)
class ReportPage(Generic[A]):
    """One page. `name` begins the ids of what all such pages have; `fills` is what this one has beside: (id, property).

    `read` has filters without queues that are no more, and is not asked while nothing is published; `empty` is. `own`:
    names in the address that only this page knows.
    """

    name: str
    place: shell.Place
    figures: int
    body: Callable[[], list[Component]]
    fills: tuple[tuple[str, str], ...]
    empty: Callable[[Filters], A]
    read: Callable[[FigureMarts, Filters], A]
    bar: Callable[[Answer, date], list[Component]]
    took: Callable[[A], str]
    summary: Callable[[A], list[Component]]
    explained: Callable[[A], list[Explanation]]
    filled: Callable[[A, Tokens], tuple[Any, ...]]
    own: tuple[str, ...] = ()

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """All that the callback fills: (id, property)."""
        return [*((self.name + suffix, prop) for suffix, prop in SHARED), *self.fills]

    def layout(self) -> Component:
        """The page before its first answer: the shapes of what will stand there."""
        name = self.name
        took = html.Span(id=f"{name}-took", className="dim small hide-small")
        return html.Div(
            id=name,
            className="report-page waiting",
            **{"data-page": name},
            children=[
                shell.top(self.place.title, took, html.Div(id=f"{name}-exports")),
                html.Div(html.Span("Loading", className="btn"), id=f"{name}-filters", className="filters"),
                html.Div(id=f"{name}-notice", className="notice bad", role="alert"),
                html.Section([strip.blank() for _ in range(self.figures)], id=f"{name}-summary", className="card sum"),
                *self.body(),
                html.Div(id=f"{name}-explanations", hidden=True),
                dcc.Location(id=f"{name}-address", refresh="callback-nav"),
                *shell.heard(name),
                html.Datalist(id=ZONES_ID),
            ],
        )

    def register(
        self,
        app: Any,
        open_marts: OpenFigures,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        tokens: dict[Theme, Tokens],
    ) -> First:
        """Connect the page to its marts, and say how to ask them. `zone` is the clock where the address names none."""

        def answer(search: str, theme: Theme) -> tuple[Any, ...]:
            filters = parse(search, clock(), zone, self.own)
            try:
                return self.shown(self.answer(open_marts, current_user().tenant, filters), tokens[theme], clock())
            except ReportsUnavailable as error:
                return self.failed(str(error), filters, clock())

        async def show(search: str | None, theme: str | None, _tick: int | None) -> tuple[Any, ...]:
            filled = list(await to_thread(answer, search or "", Theme(theme or Theme.LIGHT)))
            if dash.ctx.triggered_id == f"{self.name}-timer" and filled[0] == "report-page":
                # Somebody may be typing into a menu; a refresh changes no choice.
                filled[2] = filled[3] = dash.no_update
            return tuple(filled)

        app.callback(
            [dash.Output(*each) for each in self.outputs],
            dash.Input(f"{self.name}-address", "search"),
            *shell.hearing(self.name),
            prevent_initial_call=True,
        )(show)
        shell.ask_for_theme(app, self.name)
        return First(self.name, self.outputs, answer)

    def answer(self, open_marts: OpenFigures, tenant: str, filters: Filters) -> A:
        """What the marts say of a choice; an empty answer while nothing is published. Raises ReportsUnavailable."""
        began = perf_counter()
        with told():
            marts = open_marts(tenant)
            if not marts.ready():
                return self.empty(filters)
            queues = marts.queue_names()
            known = known_only(filters, queues)
            agents = marts.agent_names()
            there = {name for each in agents for name in (each.agent_id, f"{each.pbx}:{each.agent_id}")}
            known = replace(known, agents=tuple(each for each in known.agents if each in there))
            read = self.read(marts, known)
            return replace(
                read, queues=queues, agents=agents, watermark=marts.watermark(), took_s=perf_counter() - began
            )

    def shown(self, answer: A, tokens: Tokens, now: datetime) -> tuple[Any, ...]:
        """Everything of an answer, in the order of the outputs."""
        return (
            "report-page",
            [],
            self.bar(answer, today_of(answer.filters, now)),
            shell.exports(self.place.path.removeprefix(shell.PREFIX), answer.filters.address()),
            self.took(answer),
            self.summary(answer),
            shell.explanations(self.explained(answer)),
            *self.filled(answer, tokens),
        )

    def failed(self, reason: str, filters: Filters, now: datetime) -> tuple[Any, ...]:
        """What went wrong, above what is already there, and the filters, so that something else can be chosen."""
        notice = [f"{reason} It is tried again by itself."]
        bar = self.bar(Answer(filters), today_of(filters, now))
        return ("report-page failed", notice, bar, *(dash.no_update for _ in self.outputs[3:]))


def today_of(filters: Filters, now: datetime) -> date:
    """The day it is on the clock chosen."""
    return now.astimezone(filters.clock).date()


def data(name: str) -> Component:
    """Where the page's JSON of that name stands, for its scripts."""
    return html.Div(id=name, hidden=True)


def table_card(
    name: str, title: Component | str, *more: Component, head: bool = True, css: str = "", words: str = ""
) -> Component:
    """A card with a table whose rows a script draws of the JSON in `NAME-data` (assets/tables.js)."""
    heading = html.H2(title) if isinstance(title, str) else title
    table = html.Table([html.Thead(id=f"{name}-head") if head else None, html.Tbody(id=f"{name}-rows")], className=css)
    return html.Section(
        className="card",
        children=[
            html.Header([heading, html.Span(words, id=f"{name}-note", className="dim small cut"), *more]),
            html.Div(table, className="scroll level-scroll", tabIndex=0),
            data(f"{name}-data"),
        ],
    )
