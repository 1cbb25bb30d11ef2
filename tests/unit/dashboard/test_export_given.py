"""Rows that the API sends, read as a table: what the API writes is what is read here."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from history_parts import NOON, row

from api.history import call_table
from api.history.search import Search
from api.managers.period import Period
from dashboard.errors import NoSuchTable
from dashboard.export_given import read_given
from dashboard.export_tables import Duration, Figure, Moment, Number

SEARCH = Search(
    Period(datetime(2026, 11, 21, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)), ZoneInfo("Europe/Berlin")
)
HEAD = {"name": "x", "title": "Calls", "about": [["Range", "today"]], "figures": [], "headings": ["Number", "Wait"]}


def sent(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_what_the_api_writes_is_read_as_it_was_meant() -> None:
    head = call_table.head(SEARCH, "Northwind", 1, NOON, "pdf")
    cells = call_table.cells(row(1, from_number="+493012", mos=4.0), SEARCH, "pdf")
    made = read_given(msgspec.json.encode(head) + b"\n" + msgspec.json.encode([cells]) + b"\n")
    assert made.figures == (Figure("Calls", "1", "calls"),)
    (table,) = made.tables
    told = dict(zip(table.headings, table.rows[0], strict=True))
    assert told["When"] == Moment(datetime.fromisoformat("2026-11-22T12:59:00")) and told["Number"] == "+493012"
    assert (told["Wait"], told["Sound"]) == (Duration(18), Number(4.0, 1))


def test_rows_come_in_as_many_lines_as_they_like() -> None:
    made = read_given(sent(HEAD, [["00420", {"seconds": 1}]], [], [["=1", None], ["x", 2]]))
    assert made.tables[0].rows == (("00420", Duration(1)), ("=1", None), ("x", Number(2)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff",
        sent(HEAD, {"a": 1}),
        sent(HEAD, [["too short"]]),
        sent(HEAD, [["x", {"other": 1}]]),
        sent(HEAD, [["x", [1]]]),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(NoSuchTable):
        read_given(content)
