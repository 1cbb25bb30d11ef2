"""A page's tables as typed values, read from the very text that the page prints: a file cannot differ from its page.

Pure. Words stay words, even if they look like a number or a formula.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash.development.base_component import Component

from dashboard import formats
from dashboard.definitions import Explanation

_COUNT = re.compile(r"(-?\d[\d,]*)(\.\d+)?")
_PERCENT = re.compile(rf"(-?[\d,]+(?:\.\d+)?){formats.THIN_SPACE}%")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_HOURS = re.compile(r"([\d,]+) h")
# A line of small shapes says nothing in a file.
_TREND = "trend"


@dataclass(frozen=True)
class Number:
    """A count or a mean, with as many decimals as the page shows."""

    value: float
    decimals: int = 0


@dataclass(frozen=True)
class Ratio:
    """A share: 0.816 is 81.6 %; `decimals` are those of the per cent."""

    value: float
    decimals: int = 0


@dataclass(frozen=True)
class Duration:
    """Whole seconds. `by_hour`: the page shows its hours alone, `1,865 h`."""

    seconds: int
    by_hour: bool = False


@dataclass(frozen=True)
class Moment:
    """A moment on the reader's clock, without its zone."""

    at: datetime


Value = str | Number | Ratio | Duration | Moment | None


@dataclass(frozen=True)
class Table:
    """A table of a page; every row is as long as the headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A figure of the strip above a page's tables, as it stands there; `note` is its small print."""

    title: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Export:
    """What is written of a page: `about` are names and values that say what the numbers are of."""

    title: str
    about: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    explanations: tuple[Explanation, ...] = ()
    figures: tuple[Figure, ...] = ()


def value_of(text: str) -> Value:
    """What a number's text means; a text that is none stays one, a dash is nothing."""
    if text in ("", formats.NOTHING):
        return None
    if found := _PERCENT.fullmatch(text):
        decimals = _decimals(found[1])
        return Ratio(round(_number(found[1]) / 100, decimals + 2), decimals)
    if found := _CLOCK.fullmatch(text):
        return Duration(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]))
    if found := _HOURS.fullmatch(text):
        return Duration(int(_number(found[1])) * 3600, by_hour=True)
    if _COUNT.fullmatch(text):
        return Number(_number(text), _decimals(text))
    return text


def table(title: str, headings: Sequence[str], data: str) -> Table:
    """A table from the JSON of dashboard/tables.py. What stands below a cell gets a column of its own beside it."""
    lines = [[_cell(each) for each in line] for line in json.loads(data)["rows"]]
    columns = [
        column for at, heading in enumerate(headings) for column in _columns(heading, [line[at] for line in lines])
    ]
    rows = zip(*(values for _, values in columns), strict=True)
    return Table(title, tuple(heading for heading, _ in columns), tuple(rows))


def figures_of(strip: Sequence[Component]) -> tuple[Figure, ...]:
    """The figures of a strip (dashboard/strip.py)."""
    parts = (each.children for each in strip)
    return tuple(Figure(words_of(title), words_of(value), _small(small)) for title, value, small in parts)


def words_of(part: Any) -> str:
    """The text of a component, and of all that is in it."""
    if isinstance(part, list | tuple):
        return "".join(map(words_of, part))
    if isinstance(part, Component):
        return words_of(getattr(part, "children", None))
    return "" if part is None else str(part)


def headings_of(head: Component) -> list[str]:
    """The words of a row of headings."""
    return [str(each.children) for each in head.children]


def _small(part: Component) -> str:
    """The small print of a figure: how it changed, and its note."""
    parts = part.children if isinstance(part.children, list) else [part.children]
    return " · ".join(words for words in (words_of(each).strip() for each in parts) if words)


def _columns(heading: str, cells: Sequence[dict[str, Any]]) -> list[tuple[str, list[Value]]]:
    if any(_TREND in cell["css"].split() for cell in cells):
        return []
    columns = [(heading, [_typed(cell) for cell in cells])]
    if any(cell.get("note") for cell in cells):
        columns.append((f"{heading}: note", [_typed({**cell, "text": cell.get("note", "")}) for cell in cells]))
    if any("change" in cell for cell in cells):
        columns.append(
            (f"{heading}: before", [value_of(cell["change"][2]) if "change" in cell else None for cell in cells])
        )
    return columns


def _cell(given: Any) -> dict[str, Any]:
    return {"css": "", **given} if isinstance(given, dict) else {"css": "", "text": str(given)}


def _typed(cell: dict[str, Any]) -> Value:
    return value_of(cell["text"]) if "num" in cell["css"].split() else str(cell["text"])


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
