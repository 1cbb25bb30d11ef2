"""Tables as PDF: which words go into which cell, and how much room they have."""

import json
import sys
from datetime import datetime
from typing import Any

import pytest

from dashboard.definitions import Definition, Explanation
from dashboard.errors import ReportsUnavailable
from dashboard.export_pdf import clean, pdf_file, printed, report_of
from dashboard.export_tables import Duration, Export, Moment, Number, Ratio, Table, Value

ABOUT = (("Centre", "Söhne"), ("Range", "22 Nov 2026"), ("Made", "22 Nov 2026 14:03:22 Europe/Berlin"))
TOLD = Explanation(Definition("offered", "Offered", "Callers", "count", "Trunkline"), ("By arrival",))


def report(*rows: tuple[Value, ...], headings: tuple[str, ...] = ("Queue", "Offered")) -> dict[str, Any]:
    export = Export("Queues", ABOUT, (Table("By queue", headings, rows),), (TOLD, TOLD))
    assert report_of(export) == report_of(export)
    made: dict[str, Any] = json.loads(report_of(export))
    return made


def test_what_the_numbers_are_of_is_said_once() -> None:
    made = report(("Billing", Number(1)))
    assert (made["centre"], made["range"], made["date"]) == (
        "Söhne",
        "22 Nov 2026",
        {"year": 2026, "month": 11, "day": 22},
    )
    assert [name for name, _ in made["about"]] == ["Made"]
    assert len(made["definitions"]) == 1 and made["basis"] == ["By arrival"]


def test_notes_and_what_was_before_stand_below_their_number() -> None:
    headings = ("Queue", "Queue: note", "Offered", "Offered: before")
    (table,) = report(
        ("Billing", "80 % in 20 s", Number(5), Number(4)), ("Support", "", Number(1), None), headings=headings
    )["tables"]
    assert table["headings"] == ["Queue", "Offered"] and table["numbers"] == [False, True]
    first, second = table["rows"]
    assert first == [{"text": "Billing", "notes": ["80 % in 20 s"]}, {"text": "5", "notes": ["before 4"]}]
    assert second == ["Support", "1"]


def test_a_wide_table_turns_the_page_and_a_wider_one_shrinks() -> None:
    def of(columns: int) -> dict[str, Any]:
        return report(
            tuple(Number(10**9) for _ in range(columns)), headings=tuple(f"Heading {n}" for n in range(columns))
        )

    assert not of(4)["wide"] and of(9)["wide"] and of(9)["tables"][0]["size"] == 8.0
    assert of(16)["tables"][0]["size"] < 8.0


def test_a_narrow_table_keeps_its_width_and_a_short_one_its_page() -> None:
    (table,) = report(("Billing", Number(1)))["tables"]
    assert (table["widths"], table["breakable"]) == ([0, 0], False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (Number(1_234), "1,234"),
        (Number(1.5, 1), "1.5"),
        (Ratio(0.816, 1), "81.6\u2009%"),
        (Duration(252), "4:12"),
        (Duration(6_714_000, by_hour=True), "1,865 h"),
        (Duration(363_600), "101:00:00"),
        (Moment(datetime.fromisoformat("2026-11-22T13:03:22")), "22 Nov 2026 13:03:22"),
        ("a\tb\u202ec", "a b c"),
    ],
)
def test_a_value_is_printed_as_on_the_page(value: Value, text: str) -> None:
    assert printed(value) == text


def test_what_steers_is_taken_out() -> None:
    assert clean("\r=1\0") == "=1"


def test_a_process_of_its_own_makes_it_and_what_fails_there_is_said() -> None:
    table = Table("By queue", ("Queue",), (("Billing",),))
    assert pdf_file(Export("Queues", ABOUT, (table,))).startswith(b"%PDF-")
    with pytest.raises(ReportsUnavailable, match="Excel and CSV"):
        pdf_file(Export("Queues", ABOUT, (table,)), (sys.executable, "-I", "-c", "raise SystemExit(1)"))
