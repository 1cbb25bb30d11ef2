"""The page Privacy: what there is about a person, taken away or erased; how long is kept what; and past erasures.

Python gives the structure; assets/privacy.js fills and changes it through `/api/admin/privacy`, with the reader's own
cookie. The API decides what may be seen and done. Must not put a number into an address of its own.
"""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import shell
from dashboard.guard import ADMINISTRATORS

PLACE = shell.Place(shell.PREFIX + "privacy", "Privacy", "privacy", ADMINISTRATORS, shell.Group.SETTINGS)

ERASURES = (("Asked", ""), ("Whom", "hide-small"), ("How far", ""), ("Certificate", ""))


def layout(zone: str) -> Component:
    """The page before its first answer. `zone`: IANA name of the clock in which times are told."""
    return html.Div(
        id="privacy",
        className="waiting",
        **{"data-timezone": zone},
        children=[
            shell.top(PLACE.title),
            html.P(id="privacy-said", className="said", role="status"),
            html.Div([_person(), _retention()], className="privacy-columns"),
            _erasures(),
        ],
    )


def _person() -> Component:
    """A number, then what there is about whoever has it."""
    # The script makes the field: Dash's own would keep what is typed.
    return _card(
        "person",
        "Data about a person",
        "Whoever calls or is called may ask what is known of them, and that it be erased.",
        [
            html.Form(id="person-form", className="person-form"),
            html.Div(id="person-found", className="person-found", hidden=True, **{"aria-live": "polite"}),
            html.Form(id="agent-form", className="person-form", hidden=True),
        ],
    )


def _retention() -> Component:
    change = html.Button("Change", id="change-retention", className="btn", disabled=True)
    body = html.Dl(id="kept", className="kept")
    return _card("retention", "Retention", "What is erased by itself, once a day.", [body], change)


def _erasures() -> Component:
    head = [html.Th(words, className=css, scope="col") for words, css in ERASURES]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(id="erasures-rows")], **{"aria-label": "Past erasures"})
    more = html.Footer(html.Button("Show more", id="erasures-more", className="btn", hidden=True))
    meaning = "Who asked, how far it is, and the proof that no figure changed. Whom it was about is not kept."
    return _card("erasures", "Erasures", meaning, [html.Div(table, className="scroll"), more])


def _card(name: str, title: str, meaning: str, body: Sequence[Component], *tools: Component, **more: Any) -> Component:
    words = html.Div(
        [html.H2([html.Span(title), html.Span(className="count dim")]), html.P(meaning, className="dim small")]
    )
    return html.Section(
        id=f"panel-{name}",
        className="card administered",
        **more,
        children=[
            html.Header([words, html.Span(className="grow"), *tools]),
            html.Div(className="notice bad", role="alert", hidden=True),
            *body,
        ],
    )
