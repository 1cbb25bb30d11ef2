"""A strip of figures above a page's tables: label, value, small print; a value opens the calls that it counts. Pure."""

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.changes import Change


def figure(
    name: str, title: str, value: str, note: str, *, css: str = "", href: str = "", change: Change | None = None
) -> Component:
    """One figure, explained as `name`. `css`: of the value. `href`: the calls behind it."""
    shown = dcc.Link(value, href=href, className=css) if href else value
    small = [change.component(), f" {note}"] if change else note
    # What opens something is a stop of its own for the keyboard.
    stop = {} if href else {"tabIndex": 0}
    return html.Div(
        [html.Label(title), html.B(shown, className=css), html.Small(small)], **stop, **{"data-explain": name}
    )


def blank() -> Component:
    """A figure's shape before it is known."""
    return html.Div([html.Label("\u00a0"), html.B(), html.Small()])
