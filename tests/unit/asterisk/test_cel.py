"""Lines of the CEL file, read and written; what is torn or foreign is refused with the line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import asterisk.cel
from asterisk.cel import COLUMNS, CelRecord, format_cel, parse_cel
from asterisk.errors import LineError

RECORDINGS = sorted((Path(__file__).parents[2] / "scenarios").glob("*/cel.csv"))
TIME = "2026-11-22 15:22:53.047309"
AT_US = 1_795_360_973_047_309


def line_of(*columns: str, time: str = TIME) -> bytes:
    """A line with the event, the time and the columns that follow them; the others are empty."""
    values = [columns[0], time, *columns[1:], *[""] * (18 - len(columns[1:]))]
    return ",".join(f'"{value}"' for value in values).encode()


HANGUP_EXTRA = '{"hangupcause":16,"hangupsource":"PJSIP/5014-0b","dialstatus":""}'

BOTH_WAYS = [
    pytest.param(line_of("CHAN_START"), CelRecord("CHAN_START", AT_US), id="nothing but the time"),
    pytest.param(
        line_of("CHAN_START", "Zoë 漢字 😀", "+4915112345678"),
        CelRecord("CHAN_START", AT_US, caller_name="Zoë 漢字 😀", caller_number="+4915112345678"),
        id="UTF-8",
    ),
    pytest.param(
        line_of("ANSWER", 'q""uote"", <b>'), CelRecord("ANSWER", AT_US, caller_name='q"uote", <b>'), id="quotes, comma"
    ),
    pytest.param(
        line_of("ANSWER", "x").replace(b'"x"', b'"Zo\xc5"'),
        CelRecord("ANSWER", AT_US, caller_name="Zo\udcc5"),
        id="cut",
    ),
    pytest.param(
        line_of("HANGUP", *[""] * 12, "lab1-1.2", "lab1-1.1", "", "", "", HANGUP_EXTRA.replace('"', '""')),
        CelRecord("HANGUP", AT_US, uniqueid="lab1-1.2", linkedid="lab1-1.1", extra=HANGUP_EXTRA),
        id="extra",
    ),
]


@pytest.mark.parametrize(("line", "record"), BOTH_WAYS)
def test_a_line_is_read_and_written(line: bytes, record: CelRecord) -> None:
    assert parse_cel(line) == record
    assert format_cel(record) == line


@pytest.mark.parametrize(
    ("time", "at_us"),
    [
        (TIME, AT_US),
        ("1795360973.047309", AT_US),
        ("2024-02-29 00:00:00.000001", 1_709_164_800_000_001),
        ("1970-01-01 00:00:00.000000", 0),
    ],
)
def test_both_forms_of_a_time(time: str, at_us: int) -> None:
    record = parse_cel(line_of("ANSWER", time=time))
    assert (record.at_us, record.at_ms) == (at_us, at_us // 1000)


REFUSED = [
    pytest.param(b"", "has 0 columns, not 20", id="nothing"),
    pytest.param(line_of("ANSWER")[:30], "is not CSV", id="torn in a column"),
    pytest.param(line_of("ANSWER")[: len('"ANSWER",""') + len(TIME)], "has 2 columns", id="torn between columns"),
    pytest.param(line_of("ANSWER")[:40] + line_of("HANGUP"), "columns, not 20|is not CSV", id="torn, then another"),
    pytest.param(line_of("ANSWER") + b',""', "has 21 columns", id="a column more"),
    pytest.param(line_of("ANSWER").replace(b'"ANSWER"', b'"AN"SWER'), "is not CSV", id="quote inside"),
    pytest.param(line_of(""), "no event type", id="no event"),
    pytest.param(line_of("ANSWER", time=""), "no time", id="no time"),
    pytest.param(line_of("ANSWER", time="2026-02-30 00:00:00.000000"), "no time", id="30 February"),
    pytest.param(line_of("ANSWER", time="2026-11-22 15:22:53"), "no time", id="no fraction"),
    pytest.param(line_of("ANSWER", time="95360973.047309"), "no time", id="torn seconds"),
    pytest.param(line_of("ANSWER") + b"\n", "line end", id="line end"),
    pytest.param(line_of("ANSWER", "a\r\nb"), "line end", id="line end in a name"),
    pytest.param(b'"x' + b"y" * 200_000 + b'"', "is not CSV", id="a column without end"),
]


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_what_asterisk_would_not_write_is_refused_with_its_line(line: bytes, reason: str) -> None:
    with pytest.raises(LineError, match=reason) as refused:
        parse_cel(line)
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("extra", "values"),
    [
        (HANGUP_EXTRA, {"hangupcause": 16, "hangupsource": "PJSIP/5014-0b", "dialstatus": ""}),
        ("", {}),
        ("{", {}),
        ("[1]", {}),
        ('{"name": "Zo\udcc5"}', {}),
    ],
)
def test_the_extra_column_as_values(extra: str, values: dict[str, object]) -> None:
    assert CelRecord("HANGUP", AT_US, extra=extra).extra_values() == values


def test_a_record_that_is_not_one_line_is_not_written() -> None:
    with pytest.raises(LineError, match="line end"):
        format_cel(CelRecord("ANSWER", AT_US, caller_name="a\nb"))


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=20)


@given(TEXT.filter(bool), st.integers(0, 4_000_000_000_000_000), st.lists(TEXT, min_size=18, max_size=18))
def test_a_record_survives_the_file(event: str, at_us: int, values: list[str]) -> None:
    record = CelRecord(event, at_us, *values)
    assert parse_cel(format_cel(record)) == record


@given(st.binary(max_size=120))
def test_no_bytes_make_it_fail_otherwise(noise: bytes) -> None:
    try:
        record = parse_cel(b'"ANSWER","1795360973.047309","' + noise)
    except LineError:
        return
    assert record.event == "ANSWER"


def test_real_files_survive_byte_for_byte() -> None:
    lines = [line for path in RECORDINGS for line in path.read_bytes().split(b"\n")[:-1]]
    assert len(lines) > 1000
    assert [format_cel(parse_cel(line)) for line in lines] == lines


def test_the_configuration_writes_the_columns_that_are_read() -> None:
    conf = (Path(asterisk.cel.__file__).parent / "pbx" / "cel_custom.conf").read_text()
    written = re.findall(r"CSV_QUOTE\(\$\{(\w+(?:\(\w+\))?)\}\)", conf)
    assert len(written) == len(COLUMNS)
    assert [written[COLUMNS.index(name)] for name in ("event", "at_us", "uniqueid", "linkedid", "peer", "extra")] == [
        "eventtype", "eventtime", "CHANNEL(uniqueid)", "CHANNEL(linkedid)", "BRIDGEPEER", "eventextra",
    ]  # fmt: skip
