"""The frame around every page and the parts that pages share. Pure: what is shown comes in as arguments.

Behaviour (theme, menus, keys, hovering) is in assets/shell.js, which finds these elements by their data attributes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import dash
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.definitions import Explanation
from dashboard.guard import MANAGERS, ROLES, User

PREFIX = "/reports/"
# Where the files are that a page's menu offers (dashboard/exports.py).
EXPORTS = PREFIX + "export/"
# Where a page's report can be sent from by the clock (dashboard/pages/schedules.py).
SCHEDULES = PREFIX + "schedules"
# The warehouse loads four times a minute; asking much more often would show the same.
REFRESH_MS = 20_000

_KEYS = (
    ("/", "Find a queue or an agent"),
    ("F", "Full screen, for a wall"),
    ("Space", "In the past: play, or stand still"),
    ("N", "In the past: back to now"),
    ("T", "Light or dark"),
    ("?", "These keys"),
    ("Esc", "Close what is open"),
)

# What the numbers of a page can be taken away as.
_FILES = (("xlsx", "Excel"), ("csv", "CSV"), ("pdf", "PDF"))
_ACTIONS = (("theme", "Light or dark (T)"), ("keys", "Keys (?)"), ("sign-out", "Sign out"))
# Until the first figure comes: nothing, on no ground, whatever the theme.
_NO_FIGURE = {
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
}


class Group(StrEnum):
    """What a page is for; the side bar keeps those of a group together, in this order."""

    NOW = "Now"
    FIGURES = "Figures"
    CALLS = "Calls"
    TRUST = "Trust"
    SETTINGS = "Settings"


@dataclass(frozen=True)
class Place:
    """A page as the side bar lists it. `icon` names a shape in assets/icons; `roles` are those it is for."""

    path: str
    title: str
    icon: str
    roles: frozenset[str] = ROLES
    group: Group = Group.FIGURES


def frame(user: User, links: Sequence[Component] = (), page: Component | None = None) -> Component:
    """Side bar and page; dashboard/router.py fills both again when the address becomes another one."""
    return html.Div(
        className="frame manages" if user.role in MANAGERS else "frame",
        children=[
            html.Aside(
                className="side",
                children=[_brand(), html.Nav(list(links), id="nav", className="nav"), _who(user)],
            ),
            html.Main(
                className="page",
                children=[_notice(), html.Div(page, id="page")],
            ),
            _keys(),
        ],
    )


def navigation(places: Sequence[Place], here: str, choice: str = "?") -> list[Component]:
    """The links of the side bar by group, the page at the path `here` marked.

    `choice`: the range and so on of that page, which those keep that lead to other figures.
    """
    grouped = [(group, [place for place in places if place.group is group]) for group in Group]
    return [
        html.Div([_link(place, here, choice) for place in those], role="group", **{"aria-label": group.value})
        for group, those in grouped
        if those
    ]


def _link(place: Place, here: str, choice: str) -> Component:
    # What belongs to a page, such as one call to the list of calls, has an address below it.
    inside = here == place.path or here.startswith(f"{place.path}/")
    kept = choice if choice != "?" and place.group in (Group.FIGURES, Group.CALLS) else ""
    words = [icon(place.icon), html.Span(place.title)]
    return dcc.Link(words, href=place.path + kept, className="here" if inside else "")


def top(title: str, *right: Component) -> Component:
    """The bar above a page."""
    return html.Div([html.H1(title), html.Span(className="grow"), *right], className="top")


def heard(page: str) -> list[Component]:
    """What a page's callbacks listen to: the theme that is shown, and a timer.

    Each page has its own, because Dash complains when something that is there calls for something on another page.
    """
    return [dcc.Store(id=f"{page}-theme"), dcc.Interval(id=f"{page}-timer", interval=REFRESH_MS)]


def hearing(page: str) -> tuple[dash.Input, dash.Input]:
    """The inputs of a page's callbacks: the theme (`light`, `dark`) and a count of refreshes."""
    return dash.Input(f"{page}-theme", "data"), dash.Input(f"{page}-timer", "n_intervals")


def ask_for_theme(app: Any, page: str) -> None:
    """Have the browser say which theme it shows (assets/theme.js), before the page's first chart is drawn."""
    app.clientside_callback(
        dash.ClientsideFunction("trunkline", "theme"),
        dash.Output(f"{page}-theme", "data"),
        dash.Input(f"{page}-timer", "id"),
        dash.State(f"{page}-theme", "data"),
    )


def icon(name: str) -> Component:
    """A shape of assets/icons in the colour of the text around it."""
    return html.I(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def legend(*entries: tuple[str, str]) -> Component:
    """Names beside their colours: (words, class of the swatch)."""
    return html.Span([html.Span([html.I(className=swatch), words]) for words, swatch in entries], className="legend")


def graph(name: str, css: str) -> Component:
    """A chart in a box of fixed height, so that nothing moves when it comes."""
    chart = dcc.Graph(
        id=name, figure=_NO_FIGURE, responsive=True, config={"displayModeBar": False}, style={"height": "100%"}
    )
    return html.Div(chart, className=css)


def explanations(cards: Sequence[Explanation]) -> str:
    """What hovering over `data-explain=NAME` shows, as JSON by name for assets/tips.js."""
    return json.dumps({card.definition.name: _card(card) for card in cards})


def _card(card: Explanation) -> dict[str, Any]:
    said = card.definition
    notes = [f"Definition: {said.source}", *card.basis]
    return {"title": said.title, "meaning": f"{said.meaning}.", "formula": said.formula, "notes": notes}


def exports(page: str, query: str) -> Component:
    """A menu of files with the numbers of a page as it is shown; `query` is its address, `?range=7d`.

    Managers are offered to have it sent by the clock as well.
    """
    return files(lambda kind: f"{EXPORTS}{page}.{kind}{query.removesuffix('?')}", by_mail(page, query))


def by_mail(page: str, query: str) -> Component:
    """The way to having a page sent by the clock."""
    mailed = urlencode({"page": page, "query": query.removeprefix("?")})
    return dcc.Link("By mail…", href=f"{SCHEDULES}?{mailed}", className="for-managers")


def files(address: Callable[[str], str], *more: Component) -> Component:
    """A menu of files, each at the `address` of its kind; assets/exports.js fetches them, and says what is refused."""
    sheet = [html.A(words, href=address(kind), download=True, className="") for kind, words in _FILES]
    return menu("Export", "", [*sheet, *more], right=True)


def menu(
    label: str, chosen: str, sheet: Sequence[Component], *, many: bool = False, on: bool = False, right: bool = False
) -> Component:
    """A button that opens a sheet of choices. `many`: choosing one leaves it open. `on`: not at its default."""
    return html.Details(
        id=f"menu-{label.lower()}",
        className="menu many" if many else "menu",
        children=[
            html.Summary(
                [html.Span(label), *([html.B(chosen)] if chosen else []), icon("down")],
                className="btn on" if on else "btn",
            ),
            html.Div(sheet, className="sheet right" if right else "sheet"),
        ],
    )


def choice(words: str, href: str, chosen: bool) -> Component:
    """One entry of a menu; the choice lives in the address, so an entry is a link."""
    return dcc.Link(words, href=href, className="on" if chosen else "")


def _brand() -> Component:
    return html.A([icon("brand"), "Trunkline"], href=PREFIX, className="brand", **{"aria-label": "Trunkline"})


def _who(user: User) -> Component:
    return html.Div(
        className="who",
        children=[
            html.Div(
                className="who-words",
                children=[
                    html.B(user.tenant, className="cut", title=user.tenant),
                    html.Span(f"{user.name} · {user.role}"),
                ],
            ),
            html.Div(
                [_action("theme", "Light or dark (T)"), _action("keys", "Keys (?)"), _action("sign-out", "Sign out")]
            ),
        ],
    )


def _action(name: str, words: str) -> Component:
    return html.Button(icon(name), className="quiet", title=words, **{"data-action": name, "aria-label": words})


def _notice() -> Component:
    return html.Div(id="notice", className="notice bad", hidden=True, role="alert")


def _keys() -> Component:
    rows: list[Component] = []
    for key, words in _KEYS:
        rows += [html.Dt(html.Kbd(key)), html.Dd(words)]
    close = html.Button("Close", className="btn little", **{"data-action": "close-keys"})
    return html.Dialog([html.Header([html.H2("Keys"), close]), html.Dl(rows)], id="keys", className="keys")
