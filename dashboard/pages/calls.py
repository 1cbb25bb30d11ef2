"""The calls page: the calls behind a number or of a search, and one of them with all that proves it.

Python gives the structure and says what is asked; assets/calls.js asks `/api/pbx/history` with the reader's own cookie
and shows what comes. Names come from callers: every text goes in as text. Must not read a call itself.
"""

from asyncio import to_thread
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import call_search, shell
from dashboard.call_search import OFFERED, OWN, SHOWS, address_of_file, asked, chips, show_of, without_one
from dashboard.definitions import Definition, Explanation
from dashboard.errors import ReportsUnavailable
from dashboard.filter_bar import AGENTS_ID, ZONES_ID, agents_menu, clock_menu, own_menu, queues_menu, range_menu
from dashboard.filters import Filters, parse
from dashboard.first_figures import First
from dashboard.guard import current_user
from dashboard.reports import told
from dashboard.tokens import Theme
from warehouse.marts import AgentName, QueueName

PLACE = shell.Place(call_search.PAGE, "Calls", "calls", group=shell.Group.CALLS)

# What the callback fills, in this order: (id, property).
OUTPUTS = (
    ("calls-filters", "children"),
    ("calls-asked", "children"),
    (AGENTS_ID, "children"),
    ("calls-exports", "children"),
)
# (heading, class); assets/calls/list.js fills them in this order.
COLUMNS = (
    ("When", ""),
    ("Caller", ""),
    ("Queue", "hide-small"),
    ("Agent", "hide-small"),
    ("Came to", ""),
    ("Wait", "num"),
    ("Talk", "num"),
    ("Hold", "num hide-small"),
    ("Sound", "num hide-small"),
    ("Result", "hide-small"),
)


# By heading, what a number of one call is.
DEFINITIONS = (
    Definition(
        "Wait",
        "Wait",
        "From entering the queue until an agent, or until the caller left; of several queues together",
        "sum of the stays in queues",
        "Trunkline",
    ),
    Definition("Talk", "Talk", "Conversation with agents, without hold", "sum of the agents' parts", "Trunkline"),
    Definition("Hold", "Hold", "On hold after an agent came, by either side", "sum of the agents' parts", "Trunkline"),
    Definition(
        "Sound",
        "Sound",
        "How the conversation sounded, 1 to 4.5: the worst direction of any agent's phone; none without a report",
        "lowest MOS of the agents' parts",
        "E-model on loss, jitter and round trip from RTCP",
    ),
)


class Names(Protocol):
    """What can be chosen from."""

    def ready(self) -> bool:
        """Whether anything was published."""

    def queue_names(self) -> Sequence[QueueName]:
        """Every queue."""

    def agent_names(self) -> Sequence[AgentName]:
        """Every agent."""


@dataclass(frozen=True)
class Choices:
    """The queues and agents to choose from; none where the marts cannot be read, which calls do not need."""

    queues: Sequence[QueueName] = ()
    agents: Sequence[AgentName] = ()


def layout() -> Component:
    """The page before its first answer."""
    return html.Div(
        id="calls",
        className="waiting",
        **{"data-page": "calls"},
        children=[
            shell.top("Calls", html.Div(id="calls-ways", className="ways"), html.Div(id="calls-exports")),
            html.Div(html.Span("Loading", className="btn"), id="calls-filters", className="filters"),
            html.Div(id="calls-notice", className="notice bad", role="alert", hidden=True),
            _list_card(),
            html.Div(id="one-call", hidden=True),
            html.Div(id="calls-asked", hidden=True),
            dcc.Location(id="calls-address", refresh="callback-nav"),
            html.Datalist(id=ZONES_ID),
            html.Datalist(id=AGENTS_ID),
            html.Div(shell.explanations([Explanation(each) for each in DEFINITIONS]), id="explanations", hidden=True),
        ],
    )


def register(app: Any, open_marts: Callable[[str], Names], clock: Callable[[], datetime], zone: ZoneInfo) -> First:
    """Connect the page to its address, and say what that asks. `zone` is the clock where the address names none."""

    def answer(search: str, _theme: Theme) -> tuple[Any, ...]:
        filters = parse(search, clock(), zone, OWN)
        return shown(filters, read_choices(open_marts, current_user().tenant), clock())

    async def show(search: str | None) -> tuple[Any, ...]:
        return await to_thread(answer, search or "", Theme.LIGHT)

    outputs = [dash.Output(*each) for each in OUTPUTS]
    app.callback(outputs, dash.Input("calls-address", "search"), prevent_initial_call=True)(show)
    return First("calls", OUTPUTS, answer, themed=False)


def read_choices(open_marts: Callable[[str], Names], tenant: str) -> Choices:
    """What the menus offer."""
    try:
        with told():
            marts = open_marts(tenant)
            return Choices(marts.queue_names(), marts.agent_names()) if marts.ready() else Choices()
    except ReportsUnavailable:
        # The calls themselves are elsewhere, and come all the same.
        return Choices()


def shown(filters: Filters, choices: Choices, now: datetime) -> tuple[Any, ...]:
    """Everything of an answer, in the order of the outputs."""
    shown_agents = [html.Option(value=each.agent_id, label=each.name) for each in choices.agents]
    listed = without_one(filters)
    return (
        bar(listed, choices, now.astimezone(filters.clock).date()),
        asked(filters),
        shown_agents,
        # Of one call there is none.
        [] if filters.own_value("call") else _files(listed),
    )


def _files(listed: Filters) -> Component:
    return shell.files(partial(address_of_file, listed), shell.by_mail("calls", listed.address()))


def bar(filters: Filters, choices: Choices, today: date) -> list[Component]:
    """The menus, a field for a number, and what else narrows the list."""
    words = {name: SHOWS[name] for name in dict.fromkeys((*OFFERED, show_of(filters)))}
    return [
        range_menu(filters, today),
        own_menu(filters, "Show", "show", words),
        queues_menu(filters, choices.queues),
        agents_menu(filters, choices.agents),
        _length_menu(filters),
        clock_menu(filters),
        _number_form(filters),
        *(_chip(chip) for chip in chips(filters)),
    ]


def _chip(chip: call_search.Chip) -> Component:
    words = [html.Span(chip.words, className="cut"), html.Span("×", **{"aria-hidden": "true"})]
    return dcc.Link(words, href=chip.without.address(), className="btn on chip", title=f"Without: {chip.words}")


def _number_form(filters: Filters) -> Component:
    field = dcc.Input(
        type="search", name="number", value=filters.own_value("number"), placeholder="Part of a number", minLength=3,
        autoComplete="off", inputMode="tel",
    )  # fmt: skip
    unseen = html.Span("Part of a number", className="unseen")
    return html.Form(
        [*_hidden(filters, "number"), html.Label([shell.icon("find"), unseen, field], className="field number-find")],
        className="free inline",
        method="get",
    )


def _length_menu(filters: Filters) -> Component:
    """How long callers and agents talked, and how the call was filed."""
    names = {"min": "Seconds, at least", "max": "Seconds, at most"}
    fields = [
        html.Label([words, dcc.Input(type="number", name=name, min=0, value=filters.own_value(name) or None)])
        for name, words in names.items()
    ]
    code = dcc.Input(type="text", name="disposition", value=filters.own_value("disposition"), autoComplete="off")
    form = html.Form(
        [
            *_hidden(filters, *names, "disposition"),
            *fields,
            html.Label(["Filed as", code]),
            html.Button("Show", type="submit", className="btn little"),
        ],
        className="free",
        method="get",
    )
    narrowed = any(map(filters.own_value, (*names, "disposition")))
    return shell.menu("Length and result", "chosen" if narrowed else "any", [form], on=narrowed)


def _hidden(filters: Filters, *leave_out: str) -> list[Component]:
    return [
        dcc.Input(type="hidden", name=name, value=value) for name, value in filters.query() if name not in leave_out
    ]


def _heading(words: str, css: str) -> Component:
    explained = {"data-explain": words} if words in {each.name for each in DEFINITIONS} else {}
    return html.Th(words, className=css, scope="col", **explained)


def _list_card() -> Component:
    head = html.Tr([_heading(*column) for column in COLUMNS])
    return html.Section(
        id="calls-list",
        className="card",
        children=[
            html.Header(
                [
                    html.H2(["Calls", html.Span(id="calls-count", className="count dim")]),
                    html.Span(className="grow"),
                    html.Span(id="calls-unit", className="dim small cut"),
                ]
            ),
            html.Div(
                html.Table([html.Thead(head), html.Tbody(id="calls-rows")], **{"aria-label": "Calls"}),
                className="scroll calls-scroll",
            ),
            html.Footer(html.Button("Show more", id="calls-more", className="btn", hidden=True)),
        ],
    )
