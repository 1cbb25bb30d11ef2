"""CEL, Asterisk's channel event log as a CSV file: a line in, a record out, and back.

Job: a line as `pbx/cel_custom.conf` has Asterisk write it (20 columns, each quoted by CSV_QUOTE) ⇄ `CelRecord`.
Contract: lines are bytes without their line end. Times are UTC, as `2026-11-22 15:22:53.047309` (Asterisk runs with
TZ=UTC) or as seconds since 1970 with six decimals (what cel.conf does without a dateformat). A line with another number
of columns, quotes that do not match or a time that is none is refused, because a torn line looks like that.
It must not: open files, put lines back together, or know what a call is.
"""

import csv
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from asterisk.errors import LineError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS: Final = re.compile(r"([0-9]{10})\.([0-9]{6})")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}")


class CelRecord(Struct, frozen=True):
    """One channel event. The fields stand in the order of the columns; `at_us` is in microseconds since 1970."""

    event: str
    at_us: int
    caller_name: str = ""
    caller_number: str = ""
    caller_ani: str = ""
    caller_rdnis: str = ""
    caller_dnid: str = ""
    exten: str = ""
    context: str = ""
    channel: str = ""
    application: str = ""
    application_data: str = ""
    ama_flags: str = ""
    account_code: str = ""
    uniqueid: str = ""
    linkedid: str = ""
    peer: str = ""
    """The channels on the other side of the bridge, with commas between them."""
    user_field: str = ""
    user_event: str = ""
    """The name of a USER_DEFINED event."""
    extra: str = ""
    """What only this kind of event has, as JSON, or nothing. See `extra_values`."""

    @property
    def at_ms(self) -> int:
        """When, in milliseconds since 1970."""
        return self.at_us // 1000

    def extra_values(self) -> dict[str, Any]:
        """`extra` as a dictionary, e.g. {"hangupcause": 16, …}; empty when there is none or it is no JSON object."""
        try:
            return msgspec.json.decode(self.extra or "{}", type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeEncodeError):
            return {}


COLUMNS: Final = CelRecord.__struct_fields__


def parse_cel(line: bytes) -> CelRecord:
    """One line, without its line end. Raises LineError, with the line, for what Asterisk would not write."""
    if b"\n" in line or b"\r" in line:
        raise LineError(line, "holds a line end")
    try:
        columns = next(csv.reader([line.decode("utf-8", "surrogateescape")], strict=True))
    except csv.Error as error:
        raise LineError(line, f"is not CSV: {error}") from None
    if len(columns) != len(COLUMNS):
        raise LineError(line, f"has {len(columns)} columns, not {len(COLUMNS)}: compare cel_custom.conf with ours")
    event, time, *others = columns
    if not event:
        raise LineError(line, "has no event type")
    at_us = _microseconds(time)
    if at_us is None:
        raise LineError(line, "has no time in UTC or in seconds since 1970")
    return CelRecord(event, at_us, *others)


def format_cel(record: CelRecord) -> bytes:
    """The line that Asterisk would write, without its line end. Raises LineError for a record that is not one line."""
    time = (_EPOCH + timedelta(microseconds=record.at_us)).strftime("%Y-%m-%d %H:%M:%S.%f")
    values = [record.event, time, *(getattr(record, name) for name in COLUMNS[2:])]
    line = ",".join([f'"{value.replace(chr(34), chr(34) * 2)}"' for value in values]).encode("utf-8", "surrogateescape")
    if b"\n" in line or b"\r" in line:
        raise LineError(line, "holds a line end")
    return line


def _microseconds(time: str) -> int | None:
    if seconds := _SECONDS.fullmatch(time):
        return int(seconds[1]) * 1_000_000 + int(seconds[2])
    if not _DATE.fullmatch(time):
        return None
    try:
        since = datetime.fromisoformat(time).replace(tzinfo=UTC) - _EPOCH
    except ValueError:
        return None
    return since // timedelta(microseconds=1)
