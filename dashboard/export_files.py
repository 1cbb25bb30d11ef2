"""Tables as files: CSV (RFC 4180) and Excel. Pure: bytes come out.

A text never becomes a formula: what CSV does about it is said in calls/csv_text.py, and in Excel every text is written
as a text, a telephone number or `00123` too.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from calls.csv_text import csv_line
from dashboard.export_tables import Duration, Export, Moment, Number, Ratio, Table, Value

_DAY_S = 86_400
# What Excel holds in one cell.
_LONGEST = 32_767
_WIDTHS = (28, 16)
# No cell is guessed at: neither a formula, nor a link, nor a number in a text.
_AS_WRITTEN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def csv_file(export: Export) -> bytes:
    """The tables one below the other, a blank line between, UTF-8 with the mark by which Excel knows it.

    Counts without separators, shares as `81.6%`, durations as `h:mm:ss`; nothing to tell is empty.
    """
    tables = (
        csv_line(table.headings) + "".join(csv_line([_plain(value) for value in row]) for row in table.rows)
        for table in export.tables
    )
    return csv_line([]).join(tables).encode("utf-8-sig")


def figures_file(export: Export) -> bytes:
    """The head of a page as JSON: `title`, `about` (names and values) and `figures`, as the page prints them."""
    figures = [{"title": each.title, "value": each.value, "note": each.note} for each in export.figures]
    return json.dumps({"title": export.title, "about": export.about, "figures": figures}).encode()


def xlsx_file(export: Export) -> bytes:
    """A sheet for each table, one that says what the numbers are of, and one of definitions."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _AS_WRITTEN) as book:
        formats = _Formats(book)
        for table in export.tables:
            _sheet(book, formats, table)
        _words(book, formats, "About", [("Page", export.title), *export.about])
        _words(book, formats, "Definitions", list(_definitions(export)))
    return out.getvalue()


class _Formats:
    """The looks of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def number(self, pattern: str) -> Any:
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _sheet(book: Any, formats: _Formats, table: Table) -> None:
    sheet = book.add_worksheet(table.title)
    sheet.set_column(0, 0, _WIDTHS[0])
    sheet.set_column(1, max(len(table.headings) - 1, 1), _WIDTHS[1])
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate(table.headings):
        sheet.write_string(0, column, heading, formats.bold)
    for line, row in enumerate(table.rows, 1):
        for column, value in enumerate(row):
            _write(sheet, formats, (line, column), value)


def _write(sheet: Any, formats: _Formats, at: tuple[int, int], value: Value) -> None:
    match value:
        case None:
            return
        case str():
            sheet.write_string(*at, value[:_LONGEST], formats.text)
        case Number(number, decimals):
            sheet.write_number(*at, number, formats.number("#,##0" + _zeros(decimals)))
        case Ratio(share, decimals):
            sheet.write_number(*at, share, formats.number(f"0{_zeros(decimals)}%"))
        case Duration(seconds):
            sheet.write_number(*at, seconds / _DAY_S, formats.number("[h]:mm:ss"))
        case Moment(moment):
            sheet.write_datetime(*at, moment, formats.number("yyyy-mm-dd hh:mm:ss"))


def _words(book: Any, formats: _Formats, title: str, lines: list[tuple[str, ...]]) -> None:
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 0, _WIDTHS[0])
    sheet.set_column(1, 3, 60)
    for line, words in enumerate(lines):
        for column, text in enumerate(words):
            sheet.write_string(line, column, text[:_LONGEST], formats.wrapped)


def _definitions(export: Export) -> Iterator[tuple[str, ...]]:
    for each in export.explanations:
        said = each.definition
        yield said.title, said.meaning, said.formula, "; ".join((f"Definition: {said.source}", *each.basis))


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case Number(number, decimals):
            return f"{number:.{decimals}f}"
        case Ratio(share, decimals):
            return f"{share * 100:.{decimals}f}%"
        case Duration(seconds):
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case Moment(at):
            return f"{at:%Y-%m-%d %H:%M:%S}"


def _zeros(decimals: int) -> str:
    return "." + "0" * decimals if decimals else ""
