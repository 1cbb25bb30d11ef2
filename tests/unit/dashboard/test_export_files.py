"""Files of tables: a text is never a formula (SECURITY.md S9), and a number is a number."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from dashboard.definitions import Definition, Explanation
from dashboard.export_files import csv_file, figures_file, xlsx_file
from dashboard.export_tables import Duration, Export, Figure, Moment, Number, Ratio, Table, Value

NASTY = ("=1+1", "+4930123456", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")')


def export(*rows: tuple[Value, ...]) -> Export:
    told = Explanation(Definition("offered", "Offered", "Callers", "count", "Trunkline"), ("=basis",))
    return Export(
        "Queues", (("Range", "22 Nov 2026"),), (Table("By queue", ("Queue", "Number", "Value"), rows),), (told,)
    )


def read_csv(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def sheet_of(made: bytes, name: str = "By queue") -> Any:
    return load_workbook(io.BytesIO(made))[name]


def test_csv_keeps_commas_quotes_and_lines_in_their_cell() -> None:
    made = csv_file(export(('Billing, "north"\nsouth', "x", Number(1_234)), ("=1", None, Ratio(0.816, 1))))
    assert made.startswith(b"\xef\xbb\xbfQueue,Number,Value\r\n")
    assert read_csv(made)[1:] == [['Billing, "north"\nsouth', "x", "1234"], ["'=1", "", "81.6%"]]


def test_csv_says_a_duration_so_that_minutes_are_no_hours() -> None:
    assert [row[2] for row in read_csv(csv_file(export(("a", "b", Duration(252)), ("a", "b", Duration(363_600)))))] == [
        "Value", "0:04:12", "101:00:00",
    ]  # fmt: skip


@pytest.mark.parametrize("text", NASTY[:5] + NASTY[6:] + ("00420", "http://example.com"))
def test_excel_keeps_every_text_as_a_text(text: str) -> None:
    cell = sheet_of(xlsx_file(export((text, text, None))))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_excel_has_numbers_shares_and_durations_as_what_they_are() -> None:
    sheet = sheet_of(xlsx_file(export((Number(1_234), Ratio(0.816, 1), Duration(363_600)))))
    assert [(cell.value, cell.number_format) for cell in sheet[2]] == [
        (1_234, "#,##0"), (0.816, "0.0%"), (timedelta(seconds=363_600), "[h]:mm:ss"),
    ]  # fmt: skip


def test_excel_says_what_the_numbers_are_of_and_mean() -> None:
    made = xlsx_file(export())
    assert [[cell.value for cell in row] for row in sheet_of(made, "About")] == [
        ["Page", "Queues"], ["Range", "22 Nov 2026"],
    ]  # fmt: skip
    assert [cell.value for cell in sheet_of(made, "Definitions")[1]] == [
        "Offered", "Callers", "count", "Definition: Trunkline; =basis",
    ]  # fmt: skip


def test_a_moment_is_one_in_each_kind() -> None:
    at = datetime.fromisoformat("2026-11-22T13:03:22")
    made = export(("a", "b", Moment(at)))
    assert read_csv(csv_file(made))[1][2] == "2026-11-22 13:03:22"
    assert sheet_of(xlsx_file(made))["C2"].value == at


def test_the_head_is_told_as_json() -> None:
    head = Export("Queues", (("Range", "today"),), (), (), (Figure("Offered", "1,234", "all"),))
    assert json.loads(figures_file(head)) == {
        "title": "Queues",
        "about": [["Range", "today"]],
        "figures": [{"title": "Offered", "value": "1,234", "note": "all"}],
    }
