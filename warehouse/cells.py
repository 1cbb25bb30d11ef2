"""The cells of queues' rollups that a load touches, and counting them anew from the lake's own stints.

A cell of `q15` is a queue of a PBX and a quarter of an hour of arrival; one of `wait_day` and `wait_month` a queue and
a day or month (UTC). Works within the load's transaction.
"""

import duckdb
import polars as pl

from warehouse.duck import bounds, fetch, one
from warehouse.extract import CORRECTION
from warehouse.recount import QUARTER, Rollup
from warehouse.rollups import roll
from warehouse.wait_rollups import add_up, roll_waits

CELL = "pbx, queue, time_bucket(INTERVAL 15 MINUTE, entered_at) AS interval_start"
# Of a stint or a cell: its day and its month, in UTC, which is every connection's zone here.
DAY = "interval_start::DATE AS day"
MONTH = "date_trunc('month', day)::DATE AS month"


def find_cells(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary tables `cells`, `day_cells`, `month_cells_touched`: those of new stints, of the stints they
    replace, and of queues that changed.

    Expects new_call_sessions, new_stints and new_queues; to be called before anything is replaced. A queue that changed
    is counted anew from its beginning, so that one set of thresholds holds for all of its history. The number of such.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE changed_queues AS
        (FROM new_queues EXCEPT FROM lake.queues) UNION ALL (FROM lake.queues EXCEPT FROM new_queues)
        """
    )
    nearby = bounds(connection, "new_call_sessions", "started_at", CORRECTION)
    replaced = f"""
        SELECT {CELL} FROM new_stints
        UNION
        SELECT {CELL} FROM lake.stints
        WHERE call_started_at {nearby} AND call_id IN (SELECT call_id FROM new_call_sessions)
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE cells AS
        {replaced}
        UNION
        SELECT {CELL} FROM lake.stints WHERE (pbx, queue) IN (SELECT (pbx, queue) FROM changed_queues)
        """
    )
    # Thresholds are nothing to a wait.
    connection.execute(f"CREATE OR REPLACE TEMP TABLE day_cells AS SELECT DISTINCT pbx, queue, {DAY} FROM ({replaced})")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE months_touched AS SELECT DISTINCT pbx, queue, {MONTH} FROM day_cells"
    )
    return int(one(connection, "SELECT count(*) FROM changed_queues")[0])


def _rolled_quarters(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    span = bounds(connection, "month_cells", "interval_start", QUARTER)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE month_stints AS
        SELECT call_id, ordinal, tenant, pbx, queue, entered_at, outcome, wait_s, call_started_at FROM lake.stints
        WHERE entered_at {span}
          AND (pbx, queue, time_bucket(INTERVAL 15 MINUTE, entered_at)) IN (FROM month_cells)
        """
    )
    nearby = bounds(connection, "month_stints", "call_started_at")
    mine = f"call_started_at {nearby} AND call_id IN (SELECT call_id FROM month_stints)"
    return roll(
        fetch(connection, "FROM month_stints"),
        fetch(connection, f"SELECT call_id, ordinal, stint, talk_s, hold_s FROM lake.legs WHERE {mine}"),
        fetch(connection, f"SELECT call_id, stint FROM lake.missed_rings WHERE {mine}"),
        fetch(connection, "SELECT pbx, queue, service_level_s, short_abandon_s, wrapup_s FROM lake.queues"),
    )


def _rolled_days(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    first, last = one(connection, "SELECT min(day), max(day) FROM month_cells")
    stints = f"""
        SELECT tenant, pbx, queue, entered_at, outcome, wait_s FROM lake.stints
        WHERE entered_at >= TIMESTAMPTZ '{first} 00:00:00+00'
          AND entered_at < TIMESTAMPTZ '{last} 00:00:00+00' + INTERVAL 1 DAY
          AND (pbx, queue, entered_at::DATE) IN (FROM month_cells)
    """
    return roll_waits(fetch(connection, stints))


def _rolled_months(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    first, last = one(connection, "SELECT min(month), max(month) FROM month_cells")
    days = f"""
        SELECT * FROM lake.wait_day
        WHERE day >= DATE '{first}' AND day < DATE '{last}' + INTERVAL 1 MONTH
          AND (pbx, queue, date_trunc('month', day)::DATE) IN (FROM month_cells)
    """
    return add_up(fetch(connection, days))


Q15 = Rollup(
    "q15", ("pbx", "queue", "interval_start"), "cells", f"SELECT DISTINCT {CELL} FROM lake.stints", _rolled_quarters
)  # fmt: skip
WAIT_DAY = Rollup(
    "wait_day", ("pbx", "queue", "day"), "day_cells",
    f"SELECT DISTINCT pbx, queue, {DAY} FROM (SELECT {CELL} FROM lake.stints)", _rolled_days,
)  # fmt: skip
WAIT_MONTH = Rollup(
    "wait_month", ("pbx", "queue", "month"), "months_touched",
    f"SELECT DISTINCT pbx, queue, {MONTH} FROM lake.wait_day", _rolled_months,
)  # fmt: skip
