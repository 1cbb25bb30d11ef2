"""Lines of queue_log, read and written; what is torn or foreign is refused with the line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk.errors import LineError
from asterisk.queue_log import NAMES, QueueLogEntry, format_queue_log, parse_queue_log

RECORDINGS = sorted((Path(__file__).parents[2] / "scenarios").glob("*/queue_log"))
CALL = "lab1-1795360571.23"

BOTH_WAYS = [
    ("ENTERQUEUE", "|0700000012|1", {"url": "", "caller_id": "0700000012", "position": "1"}),
    ("ENTERQUEUE", "|12|34|1", {"url": "", "caller_id": "12|34", "position": "1"}),
    ("CONNECT", "3|lab1-1.2|2", {"wait_s": "3", "agent_uniqueid": "lab1-1.2", "ring_s": "2"}),
    ("COMPLETECALLER", "3|20|1", {"wait_s": "3", "talk_s": "20", "original_position": "1"}),
    ("COMPLETEAGENT", "-1|20|1", {"wait_s": "-1", "talk_s": "20", "original_position": "1"}),
    (
        "BLINDTRANSFER",
        "5054|internal|1|2|5",
        {"extension": "5054", "context": "internal", "wait_s": "1", "talk_s": "2"},
    ),
    ("ATTENDEDTRANSFER", "BRIDGE|969c|1|5|1", {"method": "BRIDGE", "target": "969c", "wait_s": "1", "talk_s": "5"}),
    ("ATTENDEDTRANSFER", "LINK|PJSIP/1|PJSIP/2|1|5|1", {"method": "LINK", "target": "PJSIP/1|PJSIP/2", "talk_s": "5"}),
    ("ABANDON", "1|2|30", {"position": "1", "original_position": "2", "wait_s": "30"}),
    ("EXITWITHTIMEOUT", "1|1|6", {"wait_s": "6"}),
    ("EXITEMPTY", "1|1|6", {"wait_s": "6"}),
    ("EXITWITHKEY", "#|1|2|6", {"key": "#", "position": "1", "original_position": "2", "wait_s": "6"}),
    ("WITHDRAW", "1|1|2|moved | away", {"wait_s": "2", "information": "moved | away"}),
    ("RINGNOANSWER", "5000", {"ring_ms": "5000"}),
    ("RINGCANCELED", "827", {"ring_ms": "827"}),
    ("PAUSE", "Break: coffee | tea, été", {"reason": "Break: coffee | tea, été"}),
    ("UNPAUSEALL", "", {"reason": ""}),
    ("ADDMEMBER", "PAUSED", {"paused": "PAUSED"}),
    ("PENALTY", "3", {"penalty": "3"}),
    ("QUEUESTART", "", {}),
]


@pytest.mark.parametrize(("verb", "data", "fields"), BOTH_WAYS)
def test_known_verbs_are_read_and_written(verb: str, data: str, fields: dict[str, str]) -> None:
    line = f"1795360577|{CALL}|2001|Žofie|{verb}|{data}".encode()
    entry = parse_queue_log(line)
    assert (entry.at, entry.callid, entry.queue, entry.agent, entry.verb) == (1795360577, CALL, "2001", "Žofie", verb)
    assert {name: entry.text(name) for name in fields} == fields
    assert format_queue_log(entry) == line


OTHERS = [
    pytest.param(b"1795360841|NONE|2001|PJSIP/1001|SHIFTSTART|hello|there", ("hello", "there"), id="unknown verb"),
    pytest.param(b"1795360841|NONE|2001|PJSIP/1001|SHIFTSTART|", ("",), id="unknown verb without data"),
    pytest.param(b"1795360841|a|2001|Zo\xc5|CONNECT|1|b|2|new", ("1", "b", "2", "new"), id="a field more than we know"),
    pytest.param(b"1795360841|a|2001|x|PENALTY|3|", ("3", ""), id="an empty field more"),
]


@pytest.mark.parametrize(("line", "data"), OTHERS)
def test_what_is_not_known_is_kept(line: bytes, data: tuple[str, ...]) -> None:
    assert parse_queue_log(line).data == data
    assert format_queue_log(parse_queue_log(line)) == line


def test_a_line_may_end_with_its_verb() -> None:
    entry = parse_queue_log(b"1795360841|NONE|NONE|NONE|SHIFTEND")
    assert entry == QueueLogEntry(1795360841, "NONE", "NONE", "NONE", "SHIFTEND")
    assert format_queue_log(entry) == b"1795360841|NONE|NONE|NONE|SHIFTEND|"


REFUSED = [
    pytest.param(b"", "has 1 fields", id="nothing"),
    pytest.param(b"1795360577|lab1-17953605", "has 2 fields", id="torn in the call"),
    pytest.param(b"1795360577|a|2001|x|", "no verb", id="torn before the verb"),
    pytest.param(b"1795360577|a|2001|x|CONNECT|1|b", "has 2 fields after its verb, not 3", id="torn in the data"),
    pytest.param(b"1795360577|a|2001|x|CONNECT|1|b|", "no number for ring_s", id="torn before a number"),
    pytest.param(b"1795360577|a|2001|x|ABANDON|1|one|2", "no number for original_position", id="text for a number"),
    pytest.param(b"1795360577|a|2001|x|ABANDON|1|1|2\n", "line end", id="line end"),
    pytest.param(b"1795360577|a|2001|x|ABANDON|1|1|2\r", "line end", id="carriage return"),
    pytest.param(b"now|a|2001|x|ABANDON|1|1|2", "whole seconds", id="no time"),
    pytest.param(b"17953|a|2001|x|ABANDON|1|1|2", "whole seconds", id="end of a torn time"),
    pytest.param(b"1795360577.25|a|2001|x|ABANDON|1|1|2", "whole seconds", id="time of a database"),
    pytest.param(b"Event: Hangup", "has 1 fields", id="another file"),
]


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_what_asterisk_would_not_write_is_refused_with_its_line(line: bytes, reason: str) -> None:
    with pytest.raises(LineError, match=reason) as refused:
        parse_queue_log(line)
    assert refused.value.line == line


def test_numbers_are_read_by_name_and_other_names_are_an_error() -> None:
    entry = parse_queue_log(b"1795360577|a|2001|x|ABANDON|1|2|30")
    assert (entry.number("wait_s"), entry.number("original_position")) == (30, 2)
    with pytest.raises(KeyError, match="ABANDON has no talk_s, it has position"):
        entry.text("talk_s")
    with pytest.raises(KeyError):
        QueueLogEntry(1, "a", "q", "x", "SHIFTSTART").text("reason")


def test_an_entry_that_is_not_one_line_is_not_written() -> None:
    with pytest.raises(LineError, match="line end"):
        format_queue_log(QueueLogEntry(1795360577, "a", "q", "x", "PAUSE", ("lunch\n1795360577|a|q|x|ABANDON|1|1|1",)))


@given(st.binary(max_size=80))
def test_no_bytes_make_it_fail_otherwise(noise: bytes) -> None:
    try:
        entry = parse_queue_log(b"1795360577|a|2001|" + noise)
    except LineError:
        return
    assert parse_queue_log(format_queue_log(entry)).verb == entry.verb


NO_SEPARATOR = st.text(st.characters(codec="utf-8", exclude_characters="|\r\n"))


@given(
    NO_SEPARATOR,
    NO_SEPARATOR,
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n")),
    st.integers(-(10**9) + 1, 10**9 - 1),
)
def test_an_entry_survives_the_file(queue: str, agent: str, caller_id: str, position: int) -> None:
    entry = QueueLogEntry(1795360577, CALL, queue, agent, "ENTERQUEUE", ("", caller_id, str(position)))
    assert parse_queue_log(format_queue_log(entry)) == entry


def test_real_files_survive_byte_for_byte() -> None:
    lines = [line for path in RECORDINGS for line in path.read_bytes().split(b"\n")[:-1]]
    assert len(lines) > 100
    entries = [parse_queue_log(line) for line in lines]
    assert [format_queue_log(entry) for entry in entries] == lines
    assert {entry.verb for entry in entries} <= {*NAMES, "SHIFTSTART", "CONFIGRELOAD"}
