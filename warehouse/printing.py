"""Answers as a table for people, as CSV for spreadsheets, as JSON for programs. Pure: rows in, text out.

What CSV does about texts that a spreadsheet would take for formulas is said in `calls/csv_text.py`.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from rich.table import Table

from calls.csv_text import Value, csv_lines


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A header and a line for each row; null is an empty field."""
    return "".join(csv_lines(columns, ([_listed(value) for value in row] for row in rows)))


def as_json(value: Any) -> str:
    """Indented JSON; times are ISO 8601, what JSON cannot say is text, NaN and infinities are null."""
    return json.dumps(_jsonable(value), ensure_ascii=False, indent=2, allow_nan=False)


def as_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> Table:
    """A table for the terminal, numbers to the right, times to the second."""
    table = Table(title=title or None, title_justify="left")
    kept = [[value.isoformat(timespec="seconds") if isinstance(value, datetime) else plain(value) for value in row]
            for row in rows]  # fmt: skip
    for number, name in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | None) for row in kept)
        table.add_column(name, justify="right" if numeric else "left", no_wrap=name == columns[0])
    for row in kept:
        table.add_row(*map(_cell, row))
    return table


def plain(value: Any) -> str | int | float | bool | None:
    """A value as JSON can say it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    return plain(value)


def _listed(value: Any) -> Value:
    # A number, though JSON would have it as text.
    return float(value) if isinstance(value, Decimal) and value.is_finite() else plain(value)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
