"""What is read from PostgreSQL: everything that changed since the last load, as one snapshot, into temporary tables.

Which rows those are: those changed since a *safe* time, less an overlap. A load cannot see what transactions that run
just then have written, however long ago. So each load notes its time, the number of the oldest transaction running, and
the number that the next will get; the safe time is that of the newest load before which all those transactions had not
begun. What was loaded already is dropped by `version` and `changed_at`. The statements run inside PostgreSQL as they
are, so its indexes serve them. Writes nothing to the lake.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb

from warehouse.duck import bounds, has_rows, one, quoted

# `changed_at` is read from the clock a moment before the transaction gets its number; a minute is long beyond that.
OVERLAP = timedelta(seconds=60)
# A call's start may be corrected from the PBX's files; by how much an old row's start can differ from the new one's.
CORRECTION = timedelta(days=1)
# Transactions that the last load could not see began after this time.
SAFE = """
    SELECT max(watermark) FROM lake.load_audit
    WHERE next_xid <= (SELECT oldest_xid FROM lake.load_audit ORDER BY load_id DESC LIMIT 1)
"""
COPIED = ("call_sessions", "presence_intervals", "reconciliations")
CHILDREN = ("stints", "legs", "missed_rings", "recordings", "corrections")
# Few rows, read whole by each load and replaced whole where any differs.
WHOLE = ("queues", "agents", "gaps")

_OF_CALL = "changed.pbx, changed.tenant_id AS tenant, changed.started_at AS call_started_at"
_CHILD = f"child.call_id, child.ordinal, {_OF_CALL}"
_COLUMNS = {
    "call_sessions": (
        "id, call_id, pbx, tenant_id AS tenant, direction, from_number, from_name, to_number, lower(status) AS status,"
        " certainty, merged_into, started_at, answered_at, ended_at, hangup_cause, outcome, agent_id, duration,"
        " disposition, notes, changed_at, version"
    ),
    "stints": (
        f"{_CHILD}, child.uniqueid, child.queue, child.entered_at, child.left_at, child.position, child.outcome,"
        " child.wait_s, child.agent"
    ),
    "legs": (
        f"{_CHILD}, child.stint, child.agent, child.interface, child.rang_at, child.answered_at, child.ended_at,"
        " child.talk_s, child.hold_s, child.holds, child.ended_by, child.transfer_kind, child.transfer_to, child.mos,"
        " child.mos_method"
    ),
    "missed_rings": f"{_CHILD}, child.stint, child.agent, child.interface, child.rang_at, child.ring_s",
    "recordings": f"{_CHILD}, child.file, child.started_at, child.ended_at",
    "corrections": (
        f"child.call_id, child.version, {_OF_CALL}, child.at AS corrected_at, child.cause, child.appeared,"
        " child.fields::text AS fields"
    ),
    "presence_intervals": (
        "pbx, agent_id, tenant_id AS tenant, state, reason, started_at, ended_at, changed_at"
    ),
    "reconciliations": (
        "call_id, pbx, tenant_id AS tenant, started_at, ended_at, verdict, agreed, explained, unexplained, rules,"
        " differences::text AS differences, changed_at"
    ),
    "queues": (
        "pbx, queue_id AS queue, tenant_id AS tenant, name, service_level_s, short_abandon_s, wrapup_s, target"
    ),
    "agents": "pbx, agent_id, tenant_id AS tenant, name, interface, extension",
    "gaps": "id, pbx, source, cause, started_at, ended_at",
}  # fmt: skip

# Those that the PBX has, and those of imported calls that it has not.
_THRESHOLDS = "pbx, queue_id, tenant_id, name, service_level_s, short_abandon_s, wrapup_s, target"
_QUEUES = (
    f"(SELECT {_THRESHOLDS} FROM queues UNION ALL SELECT {_THRESHOLDS} FROM imported_queues"
    " WHERE (pbx, queue_id) NOT IN (SELECT pbx, queue_id FROM queues)) AS queues"
)
# One agent for each interface: the one that is there now.
_AGENTS = (
    "(SELECT DISTINCT ON (pbx, interface) * FROM agent_extensions"
    " ORDER BY pbx, interface, is_active DESC, version DESC, agent_id) AS agents"
)


class Window(NamedTuple):
    """One snapshot of PostgreSQL: when it was taken, which transactions it cannot see, from when on rows are read."""

    watermark: datetime
    oldest_xid: int
    next_xid: int
    since: datetime | None


def open_window(connection: duckdb.DuckDBPyConnection, full: bool) -> Window:
    """Begin PostgreSQL's snapshot within the transaction that is open. `full`: read everything."""
    now, oldest, following = one(
        connection,
        _in_postgres(
            "SELECT now(), pg_snapshot_xmin(it)::text::bigint, pg_snapshot_xmax(it)::text::bigint"
            " FROM pg_current_snapshot() AS it"
        ),
    )
    return Window(now, oldest, following, None if full else read_from(connection))


def read_from(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """Since when the next load reads what changed: what was written before is in the lake. None of an empty lake."""
    (safe,) = one(connection, SAFE)
    return None if safe is None else safe - OVERLAP


def extract(connection: duckdb.DuckDBPyConnection, window: Window) -> None:
    """Make the temporary tables new_call_sessions, new_stints, … of what is new or different, and those of WHOLE."""
    for table in _COLUMNS:
        text = _statement(table, window.since)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_{table} AS {_in_postgres(text)}")
    _drop_loaded(connection)


def everything(table: str) -> str:
    """A query for all of a table in PostgreSQL, as the lake has it."""
    return _in_postgres(_statement(table, None))


def _statement(table: str, since: datetime | None) -> str:
    source = {
        "queues": _QUEUES,
        "agents": _AGENTS,
        "gaps": "gaps",
        "presence_intervals": "presence_intervals AS changed",
        "reconciliations": "reconciliations AS changed",
        "call_sessions": "call_sessions AS changed",
    }.get(table, f"{table} AS child JOIN call_sessions AS changed ON changed.call_id = child.call_id")
    text = f"SELECT {_COLUMNS[table]} FROM {source}"
    if since is None or table in WHOLE:
        return text
    return f"{text} WHERE changed.changed_at >= {quoted(since.isoformat())}::timestamptz"


def _drop_loaded(connection: duckdb.DuckDBPyConnection) -> None:
    nearby = bounds(connection, "new_call_sessions", "started_at", CORRECTION)
    connection.execute(
        f"""
        DELETE FROM new_call_sessions AS new USING lake.call_sessions AS old
        WHERE old.started_at {nearby} AND old.call_id = new.call_id
          AND old.version = new.version AND old.changed_at = new.changed_at
        """
    )
    for table in CHILDREN:
        connection.execute(f"DELETE FROM new_{table} WHERE call_id NOT IN (SELECT call_id FROM new_call_sessions)")
    # Each statement on the lake takes its time, also for nothing.
    if has_rows(connection, "new_presence_intervals"):
        nearby = bounds(connection, "new_presence_intervals", "started_at")
        connection.execute(
            f"""
            DELETE FROM new_presence_intervals AS new USING lake.presence_intervals AS old
            WHERE old.started_at {nearby} AND old.pbx = new.pbx AND old.agent_id = new.agent_id
              AND old.started_at = new.started_at AND old.changed_at = new.changed_at
            """
        )
    if has_rows(connection, "new_reconciliations"):
        nearby = bounds(connection, "new_reconciliations", "started_at", CORRECTION)
        connection.execute(
            f"""
            DELETE FROM new_reconciliations AS new USING lake.reconciliations AS old
            WHERE old.started_at {nearby} AND old.call_id = new.call_id AND old.changed_at = new.changed_at
            """
        )


def _in_postgres(text: str) -> str:
    return f"SELECT * FROM postgres_query('pg', {quoted(text)})"
