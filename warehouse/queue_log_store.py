"""Imported calls in PostgreSQL, and how far each file was imported: both in one transaction for each piece.

An imported call has version 0. A call that is known from live events is left as it is: by its id, or because a channel
of the same Uniqueid waits in one of its stints. It reads no file and knows no rule of calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import psycopg

from calls.file_events import QUEUE_LOG
from calls.settings import Settings
from warehouse.duck import quoted
from warehouse.errors import ImportRefused, LakeUnavailable
from warehouse.queue_log_calls import Bad
from warehouse.queue_log_steps import ROWS

INGESTER = "import"
CONNECT_SECONDS = 5
CHILDREN = ("stints", "legs", "missed_rings")
MEGABYTE = 1 << 20
LOCK = "hashtext('trunkline.import-queue-log'), hashtext(%s)"
# The server may need a moment to notice that an import was killed.
PATIENCE_S = 10.0

COLUMNS = {
    "call_sessions": (
        "id", "call_id", "pbx", "tenant_id", "direction", "from_number", "from_name", "to_number", "status",
        "certainty", "merged_into", "started_at", "answered_at", "ended_at", "hangup_cause", "outcome", "agent_id",
        "duration", "created_at", "version",
    ),
    "stints": (
        "call_id", "ordinal", "tenant_id", "uniqueid", "queue", "entered_at", "left_at", "position", "outcome",
        "wait_s", "agent",
    ),
    "legs": (
        "call_id", "ordinal", "tenant_id", "stint", "agent", "interface", "rang_at", "answered_at", "ended_at",
        "talk_s", "hold_s", "holds", "ended_by", "transfer_kind", "transfer_to", "mos", "mos_method",
    ),
    "missed_rings": ("call_id", "ordinal", "tenant_id", "stint", "agent", "interface", "rang_at", "ring_s"),
}  # fmt: skip
_NAMES = {table: ", ".join(columns) for table, columns in COLUMNS.items()}

MADE = tuple(
    f"CREATE TEMP TABLE new_{table} ON COMMIT DELETE ROWS AS SELECT {names} FROM {table} WITH NO DATA"
    for table, names in _NAMES.items()
)
_AGAIN = "call_id IN (SELECT call_id FROM new_call_sessions JOIN call_sessions USING (call_id))"
_DIFFERS = " UNION ALL ".join(
    f"SELECT call_id FROM (SELECT {names} FROM new_{table} WHERE {_AGAIN}"
    f" EXCEPT SELECT {names} FROM {table} WHERE {_AGAIN}) AS {table}"
    for table, names in _NAMES.items()
)
# In this order: what stays behind in new_call_sessions is written, with its parts.
KEEP_OUT = (
    *(f"ANALYZE new_{table}" for table in COLUMNS),
    # Known from live events, by its id; or an import of it that began elsewhere, of which this is the rest.
    """
    DELETE FROM new_call_sessions AS new USING call_sessions AS old
    WHERE old.call_id = new.call_id AND (old.version > 0 OR old.started_at <> new.started_at)
    """,
    # Known from live events, by a channel that waits in another call.
    """
    DELETE FROM new_call_sessions AS new USING stints JOIN call_sessions AS old USING (call_id)
    WHERE stints.uniqueid = substr(new.call_id, length(new.pbx) + 2) AND old.pbx = new.pbx AND old.version > 0
    """,
    # Imported before, and nothing has changed.
    f"""
    DELETE FROM new_call_sessions AS new USING call_sessions AS old
    WHERE old.call_id = new.call_id AND NOT EXISTS (SELECT FROM ({_DIFFERS}) AS it WHERE it.call_id = new.call_id)
    """,
)
REPLACE = (
    f"""
    UPDATE call_sessions AS old
    SET ({_NAMES["call_sessions"]}) = ROW (new.*), changed_at = clock_timestamp()
    FROM new_call_sessions AS new WHERE old.call_id = new.call_id AND old.version = 0
    """,
    *(f"DELETE FROM {table} WHERE call_id IN (SELECT call_id FROM new_call_sessions)" for table in CHILDREN),
)
INSERT_CALLS = f"""
    INSERT INTO call_sessions ({_NAMES["call_sessions"]}) SELECT {_NAMES["call_sessions"]} FROM new_call_sessions
    ON CONFLICT (call_id) DO NOTHING
    """
# A call that live events have brought meanwhile has its own parts.
INSERT_PARTS = tuple(
    f"""
    INSERT INTO {table} ({_NAMES[table]}) SELECT {_NAMES[table]} FROM new_{table}
    WHERE call_id IN (
      SELECT call_id FROM new_call_sessions JOIN call_sessions AS old USING (call_id) WHERE old.version = 0)
    """
    for table in CHILDREN
)


class Progress(NamedTuple):
    """How far a file was imported, and what was found in it: whole lines, new calls, lines that tell nothing."""

    generation: int
    first_line: bytes
    name: str
    read_to: int = 0
    lines: int = 0
    calls: int = 0
    rejected: int = 0
    carried: bytes = b""


class Store:
    """One PBX's imports."""

    def __init__(self, connection: psycopg.Connection, pbx: str) -> None:
        self._connection = connection
        self._pbx = pbx

    def progress(self) -> list[Progress]:
        """All files of the PBX, the oldest first."""
        rows = self._connection.execute(
            f"SELECT {', '.join(Progress._fields)} FROM queue_log_imports WHERE pbx = %s ORDER BY generation",
            [self._pbx],
        ).fetchall()
        self._connection.commit()
        return [Progress(*row) for row in rows]

    def interfaces(self) -> dict[str, str]:
        """Where agents are reached whom the PBX calls by a name, as far as live events showed it."""
        rows = self._connection.execute(
            "SELECT name, min(interface) FROM agent_extensions WHERE pbx = %s GROUP BY name HAVING count(*) = 1",
            [self._pbx],
        ).fetchall()
        self._connection.commit()
        return dict(rows)

    def write(
        self, duck: duckdb.DuckDBPyConnection, done: Progress, bad: Sequence[Bad], settings: Settings, scratch: Path
    ) -> Progress:
        """Store what the tables of `duck` tell and the `bad` lines; and `done`, to which both numbers are added.

        `scratch` is a file that may be written.
        """
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table, query in ROWS.items():
                _copy(cursor, duck, table, query, scratch)
            for statement in (*KEEP_OUT, *REPLACE):
                cursor.execute(statement)
            new = cursor.execute(INSERT_CALLS).rowcount
            for statement in INSERT_PARTS:
                cursor.execute(statement)
            self._write_queues(cursor, duck, settings)
            rejected = self._write_rejects(cursor, done, bad)
            done = done._replace(calls=done.calls + new, rejected=done.rejected + rejected)
            _note(cursor, self._pbx, done)
        return done

    def _write_queues(self, cursor: psycopg.Cursor, duck: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        found = duck.execute("SELECT DISTINCT queue FROM stays").fetchall()
        rows = [(name, settings.queue(name)) for (name,) in found]
        cursor.executemany(
            "INSERT INTO imported_queues VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                (self._pbx, name, it.tenant, it.name, it.service_level_s, it.short_abandon_s, it.wrapup_s, it.target)
                for name, it in rows
            ],
        )

    def _write_rejects(self, cursor: psycopg.Cursor, done: Progress, bad: Sequence[Bad]) -> int:
        cursor.executemany(
            "INSERT INTO rejects (pbx, source, ingester, epoch, seq, reason, raw) VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [
                (
                    self._pbx,
                    QUEUE_LOG,
                    INGESTER,
                    done.generation,
                    it.offset,
                    f"{done.name}: the line {it.reason}",
                    it.raw,
                )
                for it in bad
            ],
        )
        return cursor.rowcount if bad else 0


@contextmanager
def opened(database: str, pbx: str, patience_s: float = PATIENCE_S) -> Iterator[Store]:
    """The store of a PBX's imports, for one import at a time. `database` is a postgresql:// URL.

    Another one is waited for so long, then ImportRefused is raised. Raises LakeUnavailable when the database fails.
    """
    try:
        with psycopg.connect(database, connect_timeout=CONNECT_SECONDS, options="-c timezone=UTC") as connection:
            connection.execute(f"SET lock_timeout = {round(patience_s * 1000)}")
            connection.execute(f"SELECT pg_advisory_lock({LOCK})", [pbx])
            connection.execute("SET lock_timeout = 0")
            for statement in MADE:
                connection.execute(statement)
            connection.commit()
            yield Store(connection, pbx)
            connection.execute(f"SELECT pg_advisory_unlock({LOCK})", [pbx])
    except psycopg.errors.LockNotAvailable as error:
        raise ImportRefused(f"Another import of {pbx} is running. Wait until it is done, or stop it.") from error
    except psycopg.Error as error:
        raise LakeUnavailable(
            f"The import stopped: {error}\nWhat was imported is kept. `trunkline up` starts the database; then go on."
        ) from error


def _copy(cursor: psycopg.Cursor, duck: duckdb.DuckDBPyConnection, table: str, query: str, scratch: Path) -> None:
    # Empty text is quoted, null is not; of PostgreSQL's formats it is the one that DuckDB writes itself.
    duck.execute(f"COPY (SELECT {_NAMES[table]} FROM ({query})) TO {quoted(str(scratch))} (FORMAT csv, HEADER false)")
    with cursor.copy(f"COPY new_{table} FROM STDIN (FORMAT csv)") as copy, scratch.open("rb") as file:
        while data := file.read(MEGABYTE):
            copy.write(data)


def _note(cursor: psycopg.Cursor, pbx: str, done: Progress) -> None:
    new = ", ".join(f"{name} = excluded.{name}" for name in Progress._fields)
    cursor.execute(
        f"INSERT INTO queue_log_imports (pbx, {', '.join(Progress._fields)})"
        f" VALUES (%s{', %s' * len(Progress._fields)}) ON CONFLICT (pbx, generation) DO UPDATE"
        f" SET {new}, changed_at = clock_timestamp()",
        [pbx, *done],
    )
