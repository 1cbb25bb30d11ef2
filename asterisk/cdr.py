"""CDR, Asterisk's call detail records as a CSV file: a line in, a record out.

Job: a line of `Master.csv` as cdr_csv writes it with `pbx/cdr.conf` → `CdrRecord`.
Contract: lines are bytes without their line end. Times are UTC in whole seconds (`usegmtime = yes`); a call that nobody
answered has no `answer`. The Linkedid stands in the columns that `newcdrcolumns = yes` adds; a file without them is
refused, as is a line with another number of columns, which is what a torn line looks like.
It must not: open files, put lines back together, or know what a call is.
"""

import csv
import re
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from asterisk.errors import LineError

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]+")


class CdrRecord(Struct, frozen=True):
    """One record: what one channel did with one other, or alone. The fields stand in the order of the columns.

    Times are seconds since 1970; `duration` and `billsec` are seconds, the latter from the answer on.
    """

    account_code: str
    source: str
    destination: str
    context: str
    caller_id: str
    channel: str
    other_channel: str
    application: str
    application_data: str
    start: int
    answer: int | None
    end: int
    duration: int
    billsec: int
    disposition: str
    """ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION."""
    ama_flags: str
    uniqueid: str
    user_field: str
    peer_account: str
    linkedid: str
    sequence: int


COLUMNS: Final = CdrRecord.__struct_fields__


def parse_cdr(line: bytes) -> CdrRecord:
    """One line, without its line end. Raises LineError, with the line, for what Asterisk would not write."""
    if b"\n" in line or b"\r" in line:
        raise LineError(line, "holds a line end")
    try:
        columns = next(csv.reader([line.decode("utf-8", "surrogateescape")], strict=True), [])
    except csv.Error as error:
        raise LineError(line, f"is not CSV: {error}") from None
    if len(columns) != len(COLUMNS):
        raise LineError(line, f"has {len(columns)} columns, not {len(COLUMNS)}: compare cdr.conf with ours")
    told: dict[str, Any] = dict(zip(COLUMNS, columns, strict=True))
    for name in ("start", "answer", "end"):
        told[name] = None if name == "answer" and not told[name] else _time(line, told[name])
    for name in ("duration", "billsec", "sequence"):
        told[name] = _number(line, name, told[name])
    return CdrRecord(**told)


def _time(line: bytes, text: str) -> int:
    try:
        if _DATE.fullmatch(text):
            return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        pass
    raise LineError(line, f"has no time in UTC where it should: {text!r}")


def _number(line: bytes, name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise LineError(line, f"has no number for {name}")
    return int(text)
