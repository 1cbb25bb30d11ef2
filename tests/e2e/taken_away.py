"""Files of a page read back, and the page's own tables read from the browser, as values that can be compared.

A value is None, a text, ("number", 12.5), ("share", 0.816) or ("seconds", 252): what was meant, however it is written.
This is the test's own reading: it shares nothing with the code that writes files.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

import pypdfium2
from openpyxl import load_workbook
from playwright.sync_api import Page

Value = None | str | tuple[str, float]

# Every visible table, and the heat map; a cell's own words, what stands small behind them, and what was before.
READ = """
() => {
  const SMALL = ":scope > span.dim:not(.change), :scope > b + span, :scope > bdi.dim";
  const plain = { note: "", before: null, drawn: false };
  const words = (node) => (node?.textContent ?? "").trim();
  const cell = (td) => {
    const small = td.querySelector(SMALL);
    const change = td.querySelector(":scope > .change");
    const own = td.cloneNode(true);
    for (const each of own.querySelectorAll(`${SMALL}, :scope > .change, .spark`)) each.remove();
    return {
      text: words(own), note: words(small), before: change?.title.replace(/^before: /, "") ?? null,
      number: td.classList.contains("num"), drawn: td.classList.contains("trend"),
    };
  };
  const shown = [...document.querySelectorAll("#page table")].filter((each) => each.offsetParent);
  const tables = shown.map((table) => ({
    headings: [...table.querySelectorAll("thead th")].map(words),
    rows: [...table.querySelectorAll("tbody tr:not(.empty)")].map((row) => [...row.cells].map(cell)),
  }));
  const heat = [...document.querySelectorAll("#heat-grid > *")];
  if (heat.length) {
    const across = Number(heat[0].parentElement.style.getPropertyValue("--hours")) + 1;
    const lines = Array.from({ length: heat.length / across }, (_, n) => heat.slice(n * across, (n + 1) * across));
    const text = (each) => ({ ...plain, text: words(each).replace("·", ""), number: !each.matches(".day") });
    const [head, ...rows] = lines;
    tables.push({ headings: ["Day", ...head.slice(1).map(words)], rows: rows.map((line) => line.map(text)) });
  }
  return tables;
}
"""


@dataclass(frozen=True)
class Drawn:
    """A table as a page shows it. A row is a list of cells: text, note, before, number, drawn."""

    headings: list[str]
    rows: list[list[dict[str, Any]]]


def drawn_tables(page: Page) -> list[Drawn]:
    """What the page shows."""
    return [Drawn(**each) for each in page.evaluate(READ)]


def meant(text: str, *, number: bool) -> Value:
    """What a cell of a page says."""
    text = " ".join(text.split())
    if text in ("", "–"):
        return None
    if not number:
        return text
    if found := re.fullmatch(r"([\d,.-]+) ?%", text):
        return "share", round(float(found[1].replace(",", "")) / 100, 6)
    if found := re.fullmatch(r"(?:(\d+):)?(\d+):(\d\d)", text):
        return "seconds", int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
    if found := re.fullmatch(r"([\d,]+) h", text):
        return "seconds", float(found[1].replace(",", "")) * 3600
    return ("number", float(text.replace(",", ""))) if re.fullmatch(r"-?[\d,]+(\.\d+)?", text) else text


def csv_tables(content: bytes) -> list[list[list[str]]]:
    """The tables of a CSV file, each with its headings first."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [list(group) for is_table, group in groupby(lines, bool) if is_table]


def csv_meant(text: str, *, number: bool) -> Value:
    """What a cell of CSV says: the sign that keeps a text from being a formula is not part of it."""
    return meant(re.sub(r"^'(?=[=+\-@\t\r\n])", "", text), number=number)


def excel_tables(content: bytes) -> list[list[list[Value]]]:
    """The tables of a workbook, without what it says about itself."""
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames[-2:] == ["About", "Definitions"]
    return [[[_excel_meant(cell) for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames[:-2]]


def _excel_meant(cell: Any) -> Value:
    value = cell.value
    if isinstance(value, str):
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        return " ".join(value.split()) or None
    if isinstance(value, timedelta):
        return "seconds", round(value.total_seconds())
    if isinstance(value, time):
        return "seconds", value.hour * 3600 + value.minute * 60 + value.second
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return None if value is None else ("share" if "%" in cell.number_format else "number", round(float(value), 6))


def pdf_text(content: bytes) -> str:
    """All that can be read in a PDF, without spaces: where a line or a page ends is the paper's business."""
    document = pypdfium2.PdfDocument(content)
    try:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without spaces and what is not seen."""
    return re.sub(r"[\s\ufffe\u200b]", "", text)


def expected(table: Drawn, headings: Sequence[str]) -> Iterator[list[Value]]:
    """The rows that a file with these headings must have: what stands small behind a cell has a column of its own."""
    for row in table.rows:
        line: list[Value] = []
        cells, cell = iter([cell for cell in row if not cell["drawn"]]), {}
        for heading in headings:
            if heading.endswith(": note"):
                line.append(meant(cell["note"], number=cell["number"]))
            elif heading.endswith(": before"):
                line.append(meant(cell["before"] or "", number=True))
            else:
                cell = next(cells)
                line.append(meant(cell["text"], number=cell["number"]))
        assert next(cells, None) is None
        yield line


def printed(table: Drawn) -> Iterator[str]:
    """Each row as it must be found on paper, without spaces."""
    for row in table.rows:
        parts = [
            part
            for cell in row
            if not cell["drawn"]
            for part in (
                cell["text"] or ("–" if cell["number"] else ""),
                cell["note"],
                cell["before"] and f"before {cell['before']}",
            )
        ]
        yield squeezed("".join(part for part in parts if part))


def numbers_of(table: Drawn) -> list[bool]:
    """Which of a table's columns are numbers, drawings left out."""
    first = next(iter(table.rows), [])
    return [cell["number"] for cell in first if not cell["drawn"]]
