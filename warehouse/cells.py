"""The cells of the rollup that a load touches: which they are, and counting them anew from the lake's own rows.

A cell is a queue of a PBX and a quarter of an hour. What is in `q15` depends on nothing but the stints, legs, missed
rings and queues in the lake, so counting a cell twice does no harm. Works within the load's transaction.
"""

from datetime import datetime, timedelta

import duckdb

from warehouse.duck import Frame, bounds, fetch, one
from warehouse.extract import CORRECTION
from warehouse.rollups import roll

CELL = "pbx, queue, time_bucket(INTERVAL 15 MINUTE, entered_at) AS interval_start"
QUARTER = timedelta(minutes=15)


def find_cells(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `cells`: those of new stints, of the stints they replace, and of queues that changed.

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
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE cells AS
        SELECT {CELL} FROM new_stints
        UNION
        SELECT {CELL} FROM lake.stints
        WHERE call_started_at {nearby} AND call_id IN (SELECT call_id FROM new_call_sessions)
        UNION
        SELECT {CELL} FROM lake.stints WHERE (pbx, queue) IN (SELECT (pbx, queue) FROM changed_queues)
        """
    )
    return int(one(connection, "SELECT count(*) FROM changed_queues")[0])


def recount(connection: duckdb.DuckDBPyConnection) -> int:
    """Replace the rows of `cells` in q15, a month at a time so that a whole history fits; how many there are now."""
    months = connection.execute("SELECT DISTINCT date_trunc('month', interval_start) FROM cells ORDER BY 1").fetchall()
    return sum(_recount_month(connection, month) for (month,) in months)


def _recount_month(connection: duckdb.DuckDBPyConnection, month: datetime) -> int:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE month_cells AS FROM cells WHERE date_trunc('month', interval_start) = ?", [month]
    )
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
    rolled = roll(
        fetch(connection, "FROM month_stints"),
        fetch(connection, f"SELECT call_id, ordinal, stint, talk_s, hold_s FROM lake.legs WHERE {mine}"),
        fetch(connection, f"SELECT call_id, stint FROM lake.missed_rings WHERE {mine}"),
        fetch(connection, "SELECT pbx, queue, service_level_s, short_abandon_s, wrapup_s FROM lake.queues"),
    )
    connection.execute(
        f"DELETE FROM lake.q15 WHERE interval_start {span} AND (pbx, queue, interval_start) IN (FROM month_cells)"
    )
    connection.register("rolled", Frame(rolled))
    connection.execute("INSERT INTO lake.q15 BY NAME FROM rolled")
    connection.unregister("rolled")
    return len(rolled)
