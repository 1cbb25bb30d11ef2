"""What a load reads, with PostgreSQL played by a second DuckDB; with the real one: tests/integration/warehouse."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from warehouse.extract import OVERLAP, everything, extract, open_window
from warehouse.schema import table_statements

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# The extension's function and PostgreSQL's own, by macros of the same names.
POSTGRES = """
    CREATE MACRO postgres_query(db, statement) AS TABLE FROM query(statement);
    CREATE MACRO pg_current_snapshot() AS TABLE SELECT 1 AS it;
    CREATE MACRO pg_snapshot_xmin(it) AS 10;
    CREATE MACRO pg_snapshot_xmax(it) AS 12;
    CREATE TABLE call_sessions (id UUID, call_id TEXT, pbx TEXT, tenant_id TEXT, direction TEXT, from_number TEXT,
      from_name TEXT, to_number TEXT, status TEXT, certainty TEXT, merged_into TEXT, started_at TIMESTAMPTZ,
      answered_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, hangup_cause INTEGER, outcome TEXT, agent_id TEXT, duration DOUBLE,
      disposition TEXT, notes TEXT, changed_at TIMESTAMPTZ, version BIGINT);
    CREATE TABLE stints (call_id TEXT, ordinal INTEGER, uniqueid TEXT, queue TEXT, entered_at TIMESTAMPTZ,
      left_at TIMESTAMPTZ, position INTEGER, outcome TEXT, wait_s DOUBLE, agent TEXT);
    CREATE TABLE legs (call_id TEXT, ordinal INTEGER, stint INTEGER, agent TEXT, interface TEXT, rang_at TIMESTAMPTZ,
      answered_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, talk_s DOUBLE, hold_s DOUBLE, holds INTEGER, ended_by TEXT,
      transfer_kind TEXT, transfer_to TEXT, mos DOUBLE, mos_method TEXT);
    CREATE TABLE missed_rings (call_id TEXT, ordinal INTEGER, stint INTEGER, agent TEXT, interface TEXT,
      rang_at TIMESTAMPTZ, ring_s DOUBLE);
    CREATE TABLE presence_intervals (pbx TEXT, agent_id TEXT, tenant_id TEXT, state TEXT, reason TEXT,
      started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, changed_at TIMESTAMPTZ);
    CREATE TABLE reconciliations (call_id TEXT, pbx TEXT, tenant_id TEXT, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ,
      verdict TEXT, agreed INTEGER, explained INTEGER, unexplained INTEGER, rules TEXT[], differences TEXT,
      changed_at TIMESTAMPTZ);
    CREATE TABLE queues (pbx TEXT, queue_id TEXT, tenant_id TEXT, name TEXT, service_level_s DOUBLE,
      short_abandon_s DOUBLE, wrapup_s DOUBLE, target DOUBLE);
    CREATE TABLE imported_queues AS FROM queues;
    CREATE TABLE recordings (call_id TEXT, ordinal INTEGER, file TEXT, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ);
    CREATE TABLE corrections (call_id TEXT, version BIGINT, "at" TIMESTAMPTZ, cause TEXT, appeared BOOLEAN,
      fields TEXT);
    CREATE TABLE agent_extensions (pbx TEXT, agent_id TEXT, tenant_id TEXT, name TEXT, interface TEXT, extension TEXT,
      is_active BOOLEAN, version BIGINT);
    CREATE TABLE gaps (id BIGINT, pbx TEXT, source TEXT, cause TEXT, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ);
"""


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
    connection.execute(table_statements())
    connection.execute(POSTGRES)
    return connection


def note(connection: duckdb.DuckDBPyConnection, load_id: int, at: datetime, oldest_xid: int, next_xid: int) -> None:
    connection.execute(
        "INSERT INTO lake.load_audit VALUES (?, now(), NULL, ?, ?, ?, [], 0, 0, 0)", [load_id, at, oldest_xid, next_xid]
    )


def store(connection: duckdb.DuckDBPyConnection, call_id: str, changed_at: datetime, version: int = 1) -> None:
    """A call with one stint in PostgreSQL."""
    connection.execute(
        "INSERT INTO call_sessions (call_id, pbx, tenant_id, direction, status, certainty, id, started_at, changed_at,"
        " version)"
        " VALUES (?, 'pbx1', 'default', 'inbound', 'ENDED', 'final', uuid(), ?, ?, ?)",
        [call_id, NOON, changed_at, version],
    )
    connection.execute(
        "INSERT INTO stints (call_id, ordinal, uniqueid, queue, entered_at) VALUES (?, 0, 'u', 'support', ?)",
        [call_id, NOON],
    )


def new(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows: list[tuple[str]] = connection.execute(f"SELECT call_id FROM new_{table} ORDER BY 1").fetchall()
    return [call_id for (call_id,) in rows]


def test_the_first_load_and_a_full_one_read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    first = open_window(connection, full=False)
    assert (first.since, first.oldest_xid, first.next_xid) == (None, 10, 12)
    note(connection, 1, NOON, 5, 5)
    assert open_window(connection, full=True).since is None


def test_a_load_reads_from_the_last_one_on_less_an_overlap(connection: duckdb.DuckDBPyConnection) -> None:
    note(connection, 1, NOON, 5, 5)
    note(connection, 2, NOON + MINUTE, 7, 7)
    assert open_window(connection, full=False).since == NOON + MINUTE - OVERLAP


def test_while_a_transaction_lasts_loads_read_from_before_it_on(connection: duckdb.DuckDBPyConnection) -> None:
    note(connection, 1, NOON, 5, 5)
    # Transaction 5 began after the first load, and was still running at the second and third.
    note(connection, 2, NOON + MINUTE, 5, 7)
    note(connection, 3, NOON + 2 * MINUTE, 5, 9)
    assert open_window(connection, full=False).since == NOON - OVERLAP
    note(connection, 4, NOON + 3 * MINUTE, 9, 9)
    assert open_window(connection, full=False).since == NOON + 3 * MINUTE - OVERLAP


def test_only_what_changed_since_is_read_with_its_parts(connection: duckdb.DuckDBPyConnection) -> None:
    note(connection, 1, NOON, 5, 5)
    store(connection, "old", NOON - 2 * OVERLAP)
    store(connection, "new", NOON)
    extract(connection, open_window(connection, full=False))
    assert (new(connection, "call_sessions"), new(connection, "stints")) == (["new"], ["new"])
    assert connection.execute("SELECT status, pbx, tenant FROM new_call_sessions").fetchall() == [
        ("ended", "pbx1", "default")
    ]


def test_what_the_lake_has_already_is_dropped_and_what_differs_is_not(connection: duckdb.DuckDBPyConnection) -> None:
    for call_id in ("same", "newer", "annotated"):
        store(connection, call_id, NOON)
    window = open_window(connection, full=False)
    extract(connection, window)
    connection.execute("INSERT INTO lake.call_sessions BY NAME FROM new_call_sessions")
    connection.execute("UPDATE call_sessions SET version = 2 WHERE call_id = 'newer'")
    connection.execute("UPDATE call_sessions SET changed_at = ? WHERE call_id = 'annotated'", [NOON + MINUTE])
    extract(connection, window)
    assert new(connection, "call_sessions") == ["annotated", "newer"]
    assert new(connection, "stints") == ["annotated", "newer"]
    assert len(connection.execute(everything("call_sessions")).fetchall()) == 3


def test_queues_that_only_imported_calls_waited_in_are_read_too(connection: duckdb.DuckDBPyConnection) -> None:
    for table, queue in (("queues", "support"), ("imported_queues", "support"), ("imported_queues", "old")):
        connection.execute(f"INSERT INTO {table} VALUES ('pbx1', ?, 'default', ?, 20, 5, 0, 0.8)", [queue, table])
    extract(connection, open_window(connection, full=False))
    found = connection.execute("SELECT queue, name FROM new_queues ORDER BY 1").fetchall()
    assert found == [("old", "imported_queues"), ("support", "queues")]


def test_of_several_agents_at_one_interface_the_one_that_is_there_now_is_read(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for agent, is_active, version in (("gone", False, 9), ("old", True, 1), ("now", True, 2)):
        connection.execute(
            "INSERT INTO agent_extensions VALUES ('pbx1', ?, 'default', ?, 'PJSIP/1001', '1001', ?, ?)",
            [agent, agent, is_active, version],
        )
    extract(connection, open_window(connection, full=False))
    assert connection.execute("SELECT agent_id FROM new_agents").fetchall() == [("now",)]
