"""Rows that the API sends to be written as a file, as it sends them: lines of JSON, the first one the head. Pure.

Cells are texts, numbers, null, `{"seconds": 42}` and `{"at": "2026-11-22T13:03:22"}` (api/history/call_table.py).
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

import msgspec
from msgspec import Struct

from dashboard.errors import NoSuchTable
from dashboard.export_tables import Duration, Export, Figure, Moment, Number, Table, Value


class _Head(Struct, frozen=True):
    name: str
    title: str
    about: list[tuple[str, str]]
    figures: list[tuple[str, str, str]]
    headings: list[str]


class _Special(Struct, frozen=True, forbid_unknown_fields=True):
    """One of both."""

    seconds: int | None = None
    at: datetime | None = None


_Rows = list[list[str | int | float | _Special | None]]


def read_given(content: bytes) -> Export:
    """What is to be written. Raises NoSuchTable for anything but such lines."""
    first, *others = content.splitlines() or [b""]
    try:
        head = msgspec.json.decode(first, type=_Head)
        sent = chain.from_iterable(msgspec.json.decode(line, type=_Rows) for line in others)
        rows = tuple(_row(row, len(head.headings)) for row in sent)
    except (msgspec.DecodeError, ValueError) as error:
        raise NoSuchTable("Send lines of JSON: a head, then lists of rows as long as its headings.") from error
    figures = tuple(Figure(*each) for each in head.figures)
    return Export(head.title, tuple(head.about), (Table(head.title, tuple(head.headings), rows),), (), figures)


def _row(row: list[str | int | float | _Special | None], columns: int) -> tuple[Value, ...]:
    if len(row) != columns:
        raise ValueError(row)
    return tuple(_values(row))


def _values(row: list[str | int | float | _Special | None]) -> Iterator[Value]:
    for value in row:
        match value:
            case None | str():
                yield value
            case int():
                yield Number(value)
            case float():
                yield Number(value, 1)
            case _Special(seconds, at):
                yield Duration(seconds) if seconds is not None else Moment(at) if at else None
