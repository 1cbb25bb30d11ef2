"""One question in JSON to its answer in JSON, behind every wall there is. Its process is to end with it.

The question: `Question`. The answer: `columns`, `types`, `rows`, `cut` and `walls`, or `error` (missing, refused or
stopped) with a `detail` that its asker may read.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from warehouse.analyst import ADDRESS_SPACE, answer, open_locked, stopping
from warehouse.errors import MartsMissing, QueryRefused, QueryStopped
from warehouse.locked import walls
from warehouse.published import marts_path

# One core a question, so that it leaves the others to everybody else.
THREADS = 1
ERRORS = {MartsMissing: "missing", QueryRefused: "refused", QueryStopped: "stopped"}
# Python reads the modules for these when it meets the first: after that no file can be opened.
EVERY_TYPE = """
    SELECT now(), uuid(), 1.5::DECIMAL(4, 2), TIME '10:00', '10:00:00+01'::TIMETZ, INTERVAL 1 DAY, 'a'::BLOB,
      DATE '2026-11-22', TIMESTAMP '2026-11-22 10:00:00', TIMESTAMP_NS '2026-11-22 10:00:00', [1], {'a': 1},
      MAP {'a': 1}, 1::HUGEINT, '101'::BIT, 'x'::ENUM ('x'), NULL, 1.5, union_value(a := 1), '[1]'::JSON
"""


class Question(Struct, frozen=True):
    """`data` and `tenant` say which file. `seconds` of CPU and by the clock; an answer of so many rows and bytes."""

    data: str
    tenant: str
    statement: str
    timezone: str
    seconds: float
    most_rows: int
    most_bytes: int


def reply(request: bytes, standing: list[str]) -> bytes:
    """The answer to a request. `standing`: the walls that stand already."""
    question = msgspec.json.decode(request, type=Question)
    try:
        return _reply(question, standing)
    except tuple(ERRORS) as error:
        return msgspec.json.encode({"error": ERRORS[type(error)], "detail": str(error)})


def _reply(question: Question, standing: list[str]) -> bytes:
    path = marts_path(Path(question.data), question.tenant)
    with (
        open_locked(path, question.timezone, THREADS) as connection,
        stopping(connection, question.seconds),
    ):
        connection.execute(EVERY_TYPE).fetchall()
        standing = [*standing, *walls.shut(ADDRESS_SPACE, int(question.seconds) + 2)]
        found = answer(connection, question.statement, question.seconds, question.most_rows)
        try:
            rows, cut = encoded(found.rows, question.most_bytes)
        except MemoryError as error:
            raise QueryStopped("The answer needs too much memory. Ask for fewer rows or columns.") from error
    return msgspec.json.encode(
        {"columns": found.columns, "types": found.types, "rows": rows, "cut": found.cut or cut, "walls": standing}
    )


def encoded(rows: list[tuple[Any, ...]], most_bytes: int) -> tuple[list[msgspec.Raw], bool]:
    """Rows as JSON, as many as have room, and whether any had none. What JSON cannot say is text."""
    kept: list[msgspec.Raw] = []
    room = most_bytes
    for row in rows:
        line = _line(row)
        room -= len(line) + 1
        if room < 0:
            return kept, True
        kept.append(msgspec.Raw(line))
    return kept, False


def _line(row: tuple[Any, ...]) -> bytes:
    try:
        return msgspec.json.encode(row, enc_hook=str)
    except (TypeError, ValueError, RecursionError):
        # Maps by lists, and what is nested deeper than anybody reads.
        return msgspec.json.encode([value if value is None else str(value) for value in row])
