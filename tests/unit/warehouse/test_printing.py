"""Answers as table, CSV and JSON."""

import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console

from warehouse.printing import as_csv, as_json, as_table, plain


def test_csv_has_a_header_a_line_a_row_and_nothing_for_null() -> None:
    assert as_csv(["a", "b"], [(1, None), (0.5, 'say "x", y')]) == 'a,b\r\n1,\r\n0.5,"say ""x"", y"\r\n'


def test_csv_has_numbers_as_numbers_and_texts_that_are_none() -> None:
    rows = [(-1, Decimal("-0.50"), "+4930", datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC))]
    assert as_csv(["a", "b", "c", "d"], rows) == "a,b,c,d\r\n-1,-0.5,'+4930,2026-11-22T01:02:03+00:00\r\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**70, 2**70),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC), "2026-11-22T01:02:03+00:00"),
        (date(2026, 11, 22), "2026-11-22"),
        (time(1, 2), "01:02:00"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (b"x", "b'x'"),
    ],
)
def test_every_value_becomes_something_json_can_say(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert json.loads(as_json({"rows": [(value,)]})) == {"rows": [[expected]]}


def test_a_table_shows_null_as_a_dash_and_numbers_to_the_right() -> None:
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(as_table(("queue", "level"), [("support", 0.5), ("sales", None), ("all", 1234.5)], "Today"))
    shown = console.export_text()
    assert "Today" in shown
    assert "│ support │     0.5 │" in shown
    assert "│ sales   │       – │" in shown
    assert "1,234.5" in shown
