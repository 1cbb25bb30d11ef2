"""A line of CDR: what each column becomes, and what is refused."""

from pathlib import Path

import pytest

from asterisk.cdr import COLUMNS, parse_cdr
from asterisk.errors import LineError

LINE = (
    b'"","5551234","2001","pbx-inbound","""Carl, C."" <5551234>","PJSIP/trunk-0000000c","PJSIP/1001-0000000d","Queue",'
    b'"2001,tTxXk,,,300","2026-11-22 15:15:12","2026-11-22 15:15:13","2026-11-22 15:15:17",5,4,"ANSWERED",'
    b'"DOCUMENTATION","lab1-1795360512.12","queue-2001","","lab1-1795360512.11",16'
)


def test_a_line_has_its_columns_in_order() -> None:
    record = parse_cdr(LINE)
    assert (record.source, record.destination, record.caller_id) == ("5551234", "2001", '"Carl, C." <5551234>')
    assert (record.channel, record.other_channel) == ("PJSIP/trunk-0000000c", "PJSIP/1001-0000000d")
    assert (record.start, record.answer, record.end) == (1795360512, 1795360513, 1795360517)
    assert (record.duration, record.billsec, record.disposition, record.sequence) == (5, 4, "ANSWERED", 16)
    assert (record.uniqueid, record.linkedid) == ("lab1-1795360512.12", "lab1-1795360512.11")


def test_who_was_not_answered_has_no_answer() -> None:
    assert parse_cdr(LINE.replace(b'"2026-11-22 15:15:13"', b'""')).answer is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "has 0 columns"),
        (LINE[:60], "is not CSV"),
        (LINE.rpartition(b",")[0], f"has 20 columns, not {len(COLUMNS)}"),
        (LINE.replace(b"15:15:17", b"15:99:17"), "has no time in UTC where it should: '2026-11-22 15:99:17'"),
        (LINE.replace(b'"2026-11-22 15:15:12"', b'""'), "has no time in UTC where it should: ''"),
        (LINE.replace(b",5,4,", b",x,4,"), "has no number for duration"),
        (LINE + b"\n", "holds a line end"),
    ],
)
def test_what_asterisk_would_not_write_is_refused(line: bytes, reason: str) -> None:
    with pytest.raises(LineError, match=reason) as raised:
        parse_cdr(line)
    assert raised.value.line == line


def test_every_line_of_the_recordings_is_read() -> None:
    scenarios = Path(__file__).parents[2] / "scenarios"
    lines = [line for path in scenarios.glob("*/cdr.csv") for line in path.read_bytes().splitlines()]
    assert len(lines) > 400
    assert {parse_cdr(line).disposition for line in lines} <= {"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION"}
