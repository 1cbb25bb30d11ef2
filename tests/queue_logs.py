"""queue_logs made up by Hypothesis, and what both forms tell of one: the reducer's fold, and the set-based import."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from hypothesis import strategies as st

from asterisk.errors import LineError
from asterisk.line_events import LINE_DECODERS
from calls.codec import Entry
from calls.events import Position
from calls.file_events import QUEUE_LOG, QueueLogged
from calls.form import call_form
from calls.queue_log_story import calls_told
from calls.settings import AgentSettings, QueueSettings, Settings
from warehouse.queue_log_calls import Names, carried, prepare, refused, tell
from warehouse.queue_log_lines import Part, Piece
from warehouse.queue_log_steps import ROWS
from warehouse.readback import call_of_rows

NAMES = Names(
    "lab1",
    Settings(queues={"q1": QueueSettings(tenant="north")}, agents={"PJSIP/1001": AgentSettings(agent_id="ann")}),
    {"Ann": "PJSIP/1001"},
)
# What a place in a file and a reason say of a line that tells nothing.
Refusals = list[tuple[int, str]]
Forms = list[dict[str, Any]]

_START = 1_795_360_000
_DAY = 24 * 3600
_QUEUES, _AGENTS = ("q1", "q2"), ("Ann", "PJSIP/1002")
_BAD = (
    b"", b"!", b"1795360534|c1|q1|Ann|CONNECT|5", b"1795360534|c1|q1|Ann|CONNECT|5|x|y", b"c1|q1|Ann|CONNECT|5|c2|3|",
    b"1795360534|c1|q1|Ann|", b"\x00\x00\x00", b"1795360534|c1|q1|NONE|ENTERQUEUE||5\r|1", b"|" * 30,
)  # fmt: skip
_ODD = (
    b"NONE|q1|Ann|PAUSE|lunch|and more", b"c1|q1|NONE|DID|100", b"NONE|NONE|NONE|CONFIGRELOAD|",
    b"MANAGER|q1|Ann|PAUSE|", b"c1|q1|NONE|TALLY" + b"|9" * 20, b"c1|q1|Ann|RINGCANCELED|300",
    b"NONE|q1|Ann|PENALTY|5", b"c1|q1||SYSCOMPAT|", b"NONE|NONE|NONE|QUEUESTART|",
)  # fmt: skip


@st.composite
def _lines(draw: st.DrawFn) -> list[bytes]:
    """Any verbs in any order, of three callers."""
    several = draw(st.lists(st.tuples(_steps, st.sampled_from((*_TELLING, *_OTHERS))), max_size=40))
    at, lines = _START, []
    for step, line in several:
        at += step
        lines.append(line if line in _BAD else b"%d|%s" % (at, line))
    return lines


@st.composite
def _shifts(draw: st.DrawFn) -> list[bytes]:
    """What queues write: callers who come, ring, talk, are sent on or leave, in between each other."""
    lines: list[tuple[int, int, int, bytes]] = []
    for number in range(draw(st.integers(0, 6))):
        at = _START + draw(st.integers(0, 400)) + _DAY * draw(st.integers(0, 1))
        for place, line in enumerate(draw(_visits)):
            at += draw(st.integers(0, 90))
            lines.append((at, number, place, line.replace(b"c1", b"lab1-%d.%d" % (_START, number), 1)))
    for at in draw(st.lists(st.integers(_START, _START + 900), max_size=2)):
        lines.append((at, -1, 0, draw(st.sampled_from(_OTHERS))))
    return [line if line in _BAD else b"%d|%s" % (at, line) for at, *_, line in sorted(lines)]


@st.composite
def _visit(draw: st.DrawFn) -> list[bytes]:
    queue, agent, n = draw(st.sampled_from(_QUEUES)), draw(st.sampled_from(_AGENTS)), draw(st.integers(0, 40))
    where, by = f"c1|{queue}|NONE|", f"c1|{queue}|{agent}|"
    lines = [f"{where}ENTERQUEUE||{draw(_callers)}|{draw(st.integers(0, 3))}"]
    lines += [f"{by}RINGNOANSWER|{draw(st.sampled_from((0, 15000, 1499)))}"] * draw(st.integers(0, 2))
    end = draw(
        st.sampled_from(("talk", "blind", "LINK", "BRIDGE", "left", "key", "withdraw", "lost", "JOINEMPTY", "FULL"))
    )
    if end in ("talk", "blind", "LINK", "BRIDGE"):
        lines.append(f"{by}CONNECT|{n}|a.1|{draw(st.integers(0, 5))}")
    lines += {
        "talk": [f"{by}{draw(st.sampled_from(('COMPLETECALLER', 'COMPLETEAGENT')))}|{n}|{n}|1"],
        "blind": [f"{by}BLINDTRANSFER|{draw(_callers)}|agents|{n}|{n}|1"],
        "LINK": [f"{by}ATTENDEDTRANSFER|LINK|Local/1|Local/2|{n}|{n}|1"],
        "BRIDGE": [f"{by}ATTENDEDTRANSFER|BRIDGE|b-1|{n}|{n}|1"],
        "left": [f"{where}{draw(st.sampled_from(('ABANDON', 'EXITWITHTIMEOUT', 'EXITEMPTY')))}|1|1|{n}"],
        "key": [f"{where}EXITWITHKEY|1|1|1|{n}"],
        "withdraw": [f"{where}WITHDRAW|1|1|{n}|info|more"],
        "lost": [],
    }.get(end, [f"{where}{end}|"])
    return [
        line.encode(errors="surrogateescape")
        for line in lines
        if not (end in ("JOINEMPTY", "FULL") and line != lines[-1])
    ]


_steps = st.integers(0, 40).map(lambda step: {38: _DAY - 1, 39: _DAY, 40: -3}.get(step, step))
_callers = st.sampled_from(("", "030123", "a|b", "<unknown>", "Müller", "\udcfc"))
_visits = st.lists(_visit(), min_size=1, max_size=3).map(lambda several: [line for visit in several for line in visit])
_TELLS = (
    *("NONE|ENTERQUEUE||030123|2", "Ann|CONNECT|5|a.1|3", "Ann|COMPLETECALLER|5|30|1") * 3,
    "NONE|ABANDON|1|1|5", "Ann|RINGNOANSWER|1500", "Ann|BLINDTRANSFER|6000|agents|5|30|1", "NONE|EXITWITHKEY|1|1|1|5",
    "Ann|ATTENDEDTRANSFER|BRIDGE|b|5|30|1", "NONE|EXITWITHTIMEOUT|1|1|5", "NONE|FULL|", "NONE|ENTERQUEUE|||1",
)  # fmt: skip
_TELLING = [
    f"{callid}|{queue}|{tells}".encode() for callid in ("c1", "c1", "c2") for queue in ("q1", "q1", "q2")
    for tells in _TELLS
]  # fmt: skip
_OTHERS = (*_BAD, *_ODD)

any_lines = _lines()
shifts = _shifts()


def content(lines: list[bytes]) -> bytes:
    """A file of these lines."""
    return b"".join(line + b"\n" for line in lines)


def told_by_reducer(data: bytes, names: Names = NAMES) -> tuple[Forms, Refusals]:
    """The calls, by id, and the refusals, by place, as `calls.queue_log_story` has them."""
    refusals: Refusals = []
    good: list[QueueLogged] = []
    offset = 0
    for raw in data.split(b"\n")[:-1]:
        try:
            line = LINE_DECODERS[QUEUE_LOG](Entry(offset, 0, raw), Position(QUEUE_LOG, "", 1, offset))
            assert isinstance(line, QueueLogged)
            good.append(line)
        except LineError as error:
            refusals.append((offset, error.reason))
        offset += len(raw) + 1
    told = calls_told(names.pbx, good, names.settings, names.interfaces)
    refusals += [(line.pos.seq, f"is refused: {reason}") for line, reason in told.refused]
    forms = [msgspec.json.decode(msgspec.json.encode(call_form(call))) for call in told.calls]
    return sorted(forms, key=lambda form: form["call_id"]), sorted(refusals)


def told_by_sets(data: bytes, cuts: tuple[int, ...] = (), names: Names = NAMES) -> tuple[Forms, Refusals]:
    """The same, as the import has them: read in pieces that end behind these lines."""
    connection = _duck()
    prepare(connection, names)
    lines = data.splitlines(keepends=True) if b"\r" not in data else [it + b"\n" for it in data.split(b"\n")[:-1]]
    refusals: Refusals = []
    forms: dict[str, dict[str, Any]] = {}
    offset, held = 0, b""
    for start, end in zip((0, *cuts), (*cuts, len(lines)), strict=True):
        piece = Piece(held, Part(offset, b"".join(lines[start:end])))
        with tempfile.TemporaryDirectory() as folder:
            bad = tell(connection, piece, Path(folder) / "lines", last=end == len(lines))
        refusals += [(it.offset, it.reason) for it in (*bad, *refused(connection, piece))]
        forms |= {form["call_id"]: form for form in _forms(connection)}
        held, offset = carried(connection, piece), offset + len(b"".join(lines[start:end]))
    return sorted(forms.values(), key=lambda form: form["call_id"]), sorted(refusals)


@cache
def _duck() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _forms(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    rows = {table: _rows(connection, query) for table, query in ROWS.items()}
    for call in rows["call_sessions"]:
        parts = [
            sorted((row for row in rows[table] if row["call_id"] == call["call_id"]), key=lambda row: row["ordinal"])
            for table in ("stints", "legs", "missed_rings")
        ]
        yield msgspec.json.decode(msgspec.json.encode(call_of_rows(call, *parts, [])))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, map(_aware, row), strict=True)) for row in found.fetchall()]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
