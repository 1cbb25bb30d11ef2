"""A page's tables as a PDF to be read: A4, its own font in it, tagged. Pure but for the process that lays it out.

How it looks is dashboard/paper/report.typ's; here is decided what goes into which cell. A text is never markup: all of
it goes in as JSON.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from dashboard import formats
from dashboard.errors import ReportsUnavailable
from dashboard.export_tables import Duration, Export, Moment, Number, Ratio, Table, Value
from dashboard.tokens import TOKENS_FILE, Theme, read_tokens

log = logging.getLogger("dashboard")

_LAYING_OUT = (sys.executable, "-I", "-m", "dashboard.paper")
# Each takes some hundred megabytes while it is made, all of which end with its process.
_ONE_AT_A_TIME = threading.Lock()
# A hundred pages take a second or two.
_PATIENCE_S = 60.0
_NOT_MADE = "The PDF could not be made; the reason stands in the dashboard's log. Excel and CSV have the same numbers."
# Of the look, what is printed with: on paper it is always day.
_COLOURS = ("ink", "ink-2", "ink-3", "line", "line-2", "sunken")
# What a line of A4 has room for, in characters at the usual size; wider tables turn the page, then shrink.
_UPRIGHT, _TURNED = 104, 152
_USUAL_PT, _LEAST_PT = 8.0, 5.0
# A longer text is broken rather than given more room.
_LONGEST = 28
# So few rows are not torn apart.
_TOGETHER = 12
# The room between two columns, in characters.
_GAP = 2
_MARKS = {": note": "{}", ": before": "before {}"}


def pdf_file(export: Export, command: Sequence[str] = _LAYING_OUT) -> bytes:
    """The PDF's bytes, made by a process of its own, one at a time. Raises ReportsUnavailable."""
    with _ONE_AT_A_TIME:
        try:
            made = subprocess.run(
                command,
                input=report_of(export),
                capture_output=True,
                timeout=_PATIENCE_S,
                env={},
                cwd="/",
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportsUnavailable(_NOT_MADE) from error
    if made.returncode:
        log.error("a report could not be laid out: %s", made.stderr.decode(errors="replace")[-2000:])
        raise ReportsUnavailable(_NOT_MADE)
    return made.stdout


def report_of(export: Export) -> bytes:
    """What is laid out, as JSON; the same for the same export."""
    tables = [_table(each) for each in export.tables]
    wide = any(_width(each) > _UPRIGHT for each in tables)
    about = dict(export.about)
    report = {
        "title": export.title,
        "range": about.get("Range", ""),
        "centre": clean(about.get("Centre", "")),
        "date": _date(about.get("Made", "")),
        "about": [(name, clean(said)) for name, said in export.about if name not in ("Centre", "Range")],
        "wide": wide,
        "figures": [{"title": each.title, "value": each.value, "note": each.note} for each in export.figures],
        "tables": [{**each, **_fitted(each, _TURNED if wide else _UPRIGHT)} for each in tables],
        "definitions": list(_definitions(export)),
        "basis": _basis(export),
        "look": _look(),
    }
    return json.dumps(report).encode()


def printed(value: Value) -> str:
    """A value as the page prints it."""
    match value:
        case None:
            return formats.NOTHING
        case Number(number, decimals):
            return f"{number:,.{decimals}f}"
        case Ratio(share, decimals):
            return formats.percent(share, decimals)
        case Duration(seconds, by_hour):
            return formats.hours(seconds) if by_hour else formats.duration(seconds)
        case Moment(at):
            return f"{formats.day(at.date())} {at:%H:%M:%S}"
        case str():
            return clean(value)
    raise TypeError(value)


def clean(text: str) -> str:
    """A text on one line, without characters that steer: they would break a line or turn its direction."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _table(table: Table) -> dict[str, Any]:
    """Headings, rows of cells, and which columns are numbers. What the page writes small stands small in its cell."""
    columns = list(_columns(table))
    return {
        "title": table.title,
        "headings": [table.headings[at] for at, _ in columns],
        "rows": [[_cell(row, at, small) for at, small in columns] for row in table.rows],
        "numbers": [_is_number([row[at] for row in table.rows]) for at, _ in columns],
    }


def _columns(table: Table) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """The places of the columns, each with those that stand small in its cells and how."""
    found: list[tuple[int, list[tuple[int, str]]]] = []
    for at, heading in enumerate(table.headings):
        owner = table.headings[found[-1][0]] if found else None
        words = next((words for mark, words in _MARKS.items() if heading == f"{owner}{mark}"), None)
        if words is None:
            found.append((at, []))
        else:
            found[-1][1].append((at, words))
    yield from found


def _cell(row: Sequence[Value], at: int, small: Sequence[tuple[int, str]]) -> str | dict[str, Any]:
    notes = [words.format(printed(row[where])) for where, words in small if row[where] not in (None, "")]
    return {"text": printed(row[at]), "notes": notes} if notes else printed(row[at])


def _is_number(values: Sequence[Value]) -> bool:
    told = [value for value in values if value is not None and value != ""]
    return all(not isinstance(value, str) or value[0] in "▲▼0" for value in told)


def _needs(table: dict[str, Any]) -> list[int]:
    """How many characters each column wants."""
    wanted = []
    for at, heading in enumerate(table["headings"]):
        texts = [word for row in table["rows"] for word in _texts(row[at])]
        longest_word = max(map(len, heading.split()), default=0)
        wanted.append(min(max([longest_word, *map(len, texts)]), _LONGEST) + _GAP)
    return wanted


def _texts(cell: str | dict[str, Any]) -> list[str]:
    return [cell] if isinstance(cell, str) else [cell["text"], *cell["notes"]]


def _width(table: dict[str, Any]) -> int:
    return sum(_needs(table))


def _fitted(table: dict[str, Any], room: int) -> dict[str, Any]:
    """The size of the letters, the columns' shares of the width (0: what they need), and whether it may be torn."""
    needs = _needs(table)
    size = max(_LEAST_PT, min(_USUAL_PT, _USUAL_PT * room / sum(needs)))
    return {
        "size": round(size, 2),
        "widths": needs if sum(needs) > room / 2 else [0] * len(needs),
        "breakable": len(table["rows"]) > _TOGETHER,
    }


def _definitions(export: Export) -> Iterator[dict[str, str]]:
    told: set[tuple[str, str]] = set()
    for each in export.explanations:
        said = each.definition
        if (said.title, said.formula) not in told:
            told.add((said.title, said.formula))
            yield {"title": said.title, "meaning": said.meaning, "formula": said.formula, "source": said.source}


def _basis(export: Export) -> list[str]:
    """What the numbers rest on, each once."""
    return list(dict.fromkeys(words for each in export.explanations for words in each.basis))


def _date(made: str) -> dict[str, int]:
    """When it was made, in the file's own properties; the first of the epoch for what was never made."""
    day = " ".join(made.split()[:3])
    at = datetime.strptime(day, "%d %b %Y").replace(tzinfo=UTC) if day else datetime.fromtimestamp(0, UTC)
    return {"year": at.year, "month": at.month, "day": at.day}


@cache
def _look() -> dict[str, str]:
    light = read_tokens(TOKENS_FILE.read_text())[Theme.LIGHT]
    return {name: light[name] for name in _COLOURS}
