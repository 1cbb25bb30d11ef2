"""Tables as JSON for assets/tables.js: a table of Dash components takes a browser half a minute. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.changes import Change

Cell = str | dict[str, Any]
# A heading: its words, and the name under which the numbers below it are explained; none for text.
Heading = tuple[str, str]


def cell(
    text: str,
    css: str = "num",
    *,
    href: str = "",
    title: str = "",
    note: str = "",
    change: Change | None = None,
    spark: Sequence[float | None] = (),
) -> Cell:
    """A cell; what it does not have is left out."""
    more = {"href": href, "title": title, "note": note, "spark": list(spark)}
    return {
        "text": text,
        "css": css,
        **{name: value for name, value in more.items() if value},
        **({"change": change.cell()} if change else {}),
    }


def rows(lines: Sequence[Sequence[Cell]], columns: int, empty: str) -> str:
    """The body's JSON; `empty` is said where there is no line, over so many `columns`."""
    return json.dumps({"rows": lines, "columns": columns, "empty": empty})


def head(headings: Sequence[Heading]) -> Component:
    """The row of headings."""
    return html.Tr([_heading(*each) for each in headings])


def _heading(words: str, explained: str) -> Component:
    return html.Th(words, className="num", **{"data-explain": explained}) if explained else html.Th(words)
