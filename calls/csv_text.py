r"""Rows as CSV that a spreadsheet opens without harm: RFC 4180, and no text is taken for a formula. Pure.

The rule, by OWASP ASVS 1.2.10: a text whose first character begins a formula or a command (`=`, `+`, `-`, `@`, their
wide forms, tab, line feed, carriage return, NUL) gets a single quote before it. So a phone number in international form
gets one, too: take it away when reading back. Numbers are no texts and stay as they are, negative ones as well.
"""

from collections.abc import Iterable, Iterator, Sequence

# What Excel, LibreOffice and Google Sheets begin a formula or a command with; the wide ones are taken for the others.
FORMULA = ("=", "+", "-", "@", "\t", "\n", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NEEDS_QUOTES = frozenset('",\r\n')

Value = str | int | float | bool | None


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The header and a line for each row, each with its end; null is an empty field."""
    yield csv_line(columns)
    for row in rows:
        yield csv_line(row)


def csv_line(values: Sequence[Value]) -> str:
    """One line, with its end."""
    line = ",".join(map(_field, values))
    # Of a single empty field nothing else would be left than an empty line, which readers skip.
    return f"{line or (chr(34) * 2 if values else '')}\r\n"


def guarded(text: str) -> str:
    """The text, with a single quote before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _field(value: Value) -> str:
    if value is None:
        return ""
    text = guarded(value) if isinstance(value, str) else str(value)
    return '"' + text.replace('"', '""') + '"' if not _NEEDS_QUOTES.isdisjoint(text) else text
