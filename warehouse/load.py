"""One load: what changed in PostgreSQL goes into the lake, and the rollup cells it touches are counted anew.

A load is one DuckLake transaction: all of it is in the lake, or nothing. It reads one snapshot of PostgreSQL, so a call
is never half there. Calls that still go on are loaded too; each later load replaces what it finds changed. When another
writer was faster the whole load is done again. That two loads rarely meet is the caller's work (`warehouse/lock.py`).
"""

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb

from warehouse.agent_cells import AGENT15, find_agent_cells
from warehouse.cells import Q15, WAIT_DAY, WAIT_MONTH, find_cells
from warehouse.dim_interval import add_months
from warehouse.duck import bounds, has_rows, one, transaction
from warehouse.errors import LakeUnavailable, LoadConflict
from warehouse.extract import CHILDREN, COPIED, CORRECTION, WHOLE, Window, everything, extract, open_window
from warehouse.recount import Rollup, Say, quiet, recount
from warehouse.schema import ensure_tables

ATTEMPTS = 5
PRESENCE = "presence_intervals"
# A month of waits is the sum of its days.
ROLLUPS: tuple[Rollup, ...] = (Q15, AGENT15, WAIT_DAY, WAIT_MONTH)


class Loaded(NamedTuple):
    """What a load did. `load_id` is the newest one in the lake; when nothing had changed, that is an earlier one.

    `calls`, `presence`, `cells` and `ledgers` count the rows of calls, presence intervals, rollups and reconciliations
    that were written. `is_partial`: its temporary tables name all that it changed.
    """

    load_id: int
    watermark: datetime
    calls: int = 0
    presence: int = 0
    cells: int = 0
    ledgers: int = 0
    is_partial: bool = False


def load(
    connection: duckdb.DuckDBPyConnection, full: bool = False, zones: Sequence[str] = ("UTC",), say: Say = quiet
) -> Loaded:
    """Bring the lake of `connection` (as from `open_lake` with its source) up to date. `full`: replace all of it.

    `zones`: those that `dim_interval` knows. `say` is told what is done. Raises LakeUnavailable when the database or
    the lake fails, LoadConflict when others kept writing. After either, open the lake anew.
    """
    try:
        full = ensure_tables(connection) or full
        for attempt in range(ATTEMPTS):
            # Others need a moment to finish: up to 3 s in all.
            time.sleep(0.2 * attempt)
            loaded = _attempt(connection, full, zones, say)
            if loaded is not None:
                return loaded
    except duckdb.Error as error:
        raise LakeUnavailable(f"The load failed: {error}") from error
    raise LoadConflict(f"Others wrote to the lake during each of {ATTEMPTS} attempts. Try again when they are done.")


def _attempt(connection: duckdb.DuckDBPyConnection, full: bool, zones: Sequence[str], say: Say) -> Loaded | None:
    try:
        with transaction(connection):
            window = open_window(connection, full)
            (head,) = one(connection, "SELECT load_id FROM lake.load_head")
            if full or head == 0:
                return _load_all(connection, window, head, full, zones, say)
            say("reading everything" if window.since is None else f"reading what changed since {window.since}")
            extract(connection, window)
            calls, presence, ledgers = (
                _count(connection, f"new_{it}") for it in ("call_sessions", "presence_intervals", "reconciliations")
            )
            changed = find_cells(connection) + find_agent_cells(connection) + _changed_gaps(connection)
            if not (calls or presence or ledgers or changed):
                return Loaded(head, window.watermark)
            _find_tenants(connection)
            say(f"writing {calls:,} calls and {presence:,} presence intervals")
            _replace(connection)
            cells = sum(recount(connection, rollup, say) for rollup in ROLLUPS)
            add_months(connection, zones, ("cells", "agent_cells"))
            loaded = Loaded(head + 1, window.watermark, calls, presence, cells, ledgers, is_partial=True)
            _note(connection, window, loaded)
            return loaded
    except duckdb.TransactionException as error:
        if "conflict" not in str(error).lower():
            raise
        return None


def _load_all(
    connection: duckdb.DuckDBPyConnection, window: Window, head: int, full: bool, zones: Sequence[str], say: Say
) -> Loaded:
    """Everything, straight from PostgreSQL into the lake: millions of calls in temporary tables would fill the disk."""
    tenants = " UNION ".join(f"SELECT tenant FROM lake.{it}" for it in (*COPIED, "queues", "agents", "q15"))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {tenants}")
    for table in (*WHOLE, *COPIED, *CHILDREN):
        say(f"copying {table}")
        connection.execute(f"DELETE FROM lake.{table}")
        connection.execute(f"INSERT INTO lake.{table} BY NAME {everything(table)}")
    connection.execute(f"INSERT INTO touched {tenants} EXCEPT FROM touched")
    if not full and not any(_count(connection, f"lake.{it}") for it in (*WHOLE, *COPIED)):
        return Loaded(head, window.watermark)
    cells = 0
    for rollup in ROLLUPS:
        connection.execute(f"DELETE FROM lake.{rollup.table}")
        columns = ", ".join(rollup.cell)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {rollup.touched} AS SELECT {columns} FROM ({rollup.every})")
        cells += recount(connection, rollup, say)
    add_months(connection, zones, ("cells", "agent_cells"))
    calls, presence, ledgers = (_count(connection, f"lake.{it}") for it in COPIED)
    loaded = Loaded(head + 1, window.watermark, calls, presence, cells, ledgers)
    _note(connection, window, loaded)
    return loaded


def _changed_gaps(connection: duckdb.DuckDBPyConnection) -> int:
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE changed_gaps AS
        (FROM new_gaps EXCEPT FROM lake.gaps) UNION ALL (FROM lake.gaps EXCEPT FROM new_gaps)
        """
    )
    return _count(connection, "changed_gaps")


def _find_tenants(connection: duckdb.DuckDBPyConnection) -> None:
    """A temporary table: whose rows come, go or change."""
    new = {table for table in COPIED if has_rows(connection, f"new_{table}")}
    parts = ["SELECT tenant FROM changed_queues", "SELECT tenant FROM changed_agents"]
    parts += [f"SELECT tenant FROM new_{table}" for table in sorted(new)]
    parts += [f"SELECT tenant FROM lake.{table} WHERE {found}" for table, found in _replaced(connection, new).items()]
    if has_rows(connection, "changed_gaps"):
        gone = "WHERE pbx IN (SELECT pbx FROM changed_gaps)"
        parts += [f"SELECT tenant FROM lake.{table} {gone}" for table in ("queues", "agents")]
    if has_rows(connection, "cells"):
        span = bounds(connection, "cells", "interval_start")
        key = "(pbx, queue, interval_start)"
        parts.append(f"SELECT tenant FROM lake.q15 WHERE interval_start {span} AND {key} IN (FROM cells)")
    # Whose calls were taken by an agent who is another one now. Else an agent's rows are of the calls' tenants.
    if has_rows(connection, "changed_agents"):
        span = bounds(connection, "agent_cells", "interval_start")
        key = "(pbx, agent_id, interval_start)"
        parts.append(f"SELECT tenant FROM lake.agent15 WHERE interval_start {span} AND {key} IN (FROM agent_cells)")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {' UNION '.join(parts)}")


def _replaced(connection: duckdb.DuckDBPyConnection, new: Collection[str]) -> dict[str, str]:
    """Of the tables of COPIED that have `new` rows: which rows in the lake those replace."""
    times = {
        table: bounds(connection, f"new_{table}", "started_at", timedelta() if table == PRESENCE else CORRECTION)
        for table in new
    }
    key = "(pbx, agent_id, started_at)"
    same = {table: f"call_id IN (SELECT call_id FROM new_{table})" for table in new}
    same |= {PRESENCE: f"{key} IN (SELECT {key} FROM new_{PRESENCE})"}
    return {table: f"started_at {span} AND {same[table]}" for table, span in times.items()}


def _replace(connection: duckdb.DuckDBPyConnection) -> None:
    old = _replaced(connection, [table for table in COPIED if has_rows(connection, f"new_{table}")])
    if "call_sessions" in old:
        nearby = bounds(connection, "new_call_sessions", "started_at", CORRECTION)
        of_calls = f"call_started_at {nearby} AND call_id IN (SELECT call_id FROM new_call_sessions)"
        old |= dict.fromkeys(CHILDREN, of_calls)
    old |= {table: "true" for table in WHOLE if has_rows(connection, f"changed_{table}")}
    for table, condition in old.items():
        connection.execute(f"DELETE FROM lake.{table} WHERE {condition}")
        if has_rows(connection, f"new_{table}"):
            connection.execute(f"INSERT INTO lake.{table} BY NAME FROM new_{table}")


def _note(connection: duckdb.DuckDBPyConnection, window: Window, loaded: Loaded) -> None:
    connection.execute("UPDATE lake.load_head SET load_id = ?", [loaded.load_id])
    connection.execute(
        """
        INSERT INTO lake.load_audit BY NAME
        SELECT $load_id AS load_id, now() AS loaded_at, $since AS since, $watermark AS watermark,
          $oldest_xid AS oldest_xid, $next_xid AS next_xid,
          (SELECT coalesce(list(tenant ORDER BY tenant), []) FROM touched) AS tenants,
          $calls AS calls, $presence AS presence, $cells AS cells
        """,
        window._asdict()
        | {name: value for name, value in loaded._asdict().items() if name not in ("ledgers", "is_partial")},
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(one(connection, f"SELECT count(*) FROM {table}")[0])
