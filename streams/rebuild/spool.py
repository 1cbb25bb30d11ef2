"""Calls that were derived, on disk and in order, until they are held against the database.

A private SQLite database without a name: it spills into the system's temporary folder (TMPDIR) and is gone with the
process, however that ends. So a year of calls needs no memory. Not thread-safe.
"""

import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

import msgspec
from msgspec import Struct

from calls.call import Call
from calls.timeline import Step
from streams.rows import CorrectionRow


class Span(NamedTuple):
    """[start, end) in ms since the epoch: the calls that started in it are meant."""

    start: int
    end: int


class Derived(Struct, frozen=True):
    """A call as the archive gives it, with its timeline and what the files put right.

    `agent_id` as in call_sessions; `received` (ms): when its last event came.
    """

    call: Call
    agent_id: str | None
    received: int
    steps: list[Step] = []
    corrections: list[CorrectionRow] = []


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Derived).decode
_TABLE = "CREATE TABLE calls (call_id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID"
_PUT = (
    "INSERT INTO calls VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET started_at = excluded.started_at, body = excluded.body"
)


class Spool:
    """Calls by id, the newest form of each; a context manager."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        # Nothing of it is needed after a crash.
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute(_TABLE)

    def __enter__(self) -> Self:
        """The spool itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing is left of it."""
        self._file.close()

    def put(self, derived: Derived) -> None:
        """Keep a call in the place of its earlier form."""
        call = derived.call
        self._file.execute(_PUT, (call.call_id, call.started_at, _encode(derived)))

    def get(self, call_id: str) -> Derived | None:
        """The call of this id, None where there is none."""
        row = self._file.execute("SELECT body FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        return None if row is None else _decode(row[0])

    def index(self) -> None:
        """Make `ordered` fast; when all calls are in."""
        self._file.execute("CREATE INDEX by_start ON calls (started_at, call_id)")

    def ordered(self, span: Span) -> Iterator[Derived]:
        """The calls that started in the span, by start and then id."""
        rows = self._file.execute(
            "SELECT body FROM calls WHERE started_at >= ? AND started_at < ? ORDER BY started_at, call_id", span
        )
        return (_decode(body) for (body,) in rows)

    def count(self, span: Span) -> int:
        """How many calls started in the span."""
        row = self._file.execute("SELECT count(*) FROM calls WHERE started_at >= ? AND started_at < ?", span).fetchone()
        return int(row[0])
