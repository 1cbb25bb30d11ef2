"""The lake's tables: what is in them, how they lie on disk, and making them once.

Calls, their parts, presence, reconciliations, agents, queues and gaps are copies of PostgreSQL's rows (`tenant_id` is
called `tenant` here); a call's parts carry its `pbx` and its start, by which files are skipped. What grows is
partitioned by month, sorted by time. `q15`, `agent15`, `wait_day` and `wait_month` are rollups, recounted from the
lake's own rows. `load_head` has one row that every load rewrites, so that two loads at once cannot both succeed.
"""

from collections.abc import Iterable
from importlib.resources import files

import duckdb

from calls.agent_tally import AGENT_COLUMNS
from calls.tally import COLUMNS

# Month partitions: more would make every small load write to many files (measured: a hundred times slower by day).
SORTED = {
    "call_sessions": "started_at",
    "stints": "entered_at",
    "legs": "answered_at",
    "missed_rings": "rang_at",
    "recordings": "started_at",
    "corrections": "corrected_at",
    "presence_intervals": "started_at",
    "reconciliations": "started_at",
    "q15": "interval_start",
    "agent15": "interval_start",
    "wait_day": "day",
    "wait_month": "month",
    "dim_interval": "interval_start",
}
# A load of up to this many rows a table lies in the catalog until upkeep moves it to Parquet: no file for each handful.
INLINE_ROWS = 200
# These came after the first lakes.
LATER = ("reconciliations", "recordings", "corrections", "agent15", "wait_day", "wait_month", "dim_interval")
_THERE = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"


def _columns(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {'DOUBLE' if name.endswith(('_s', '_sum')) else 'INTEGER'}" for name in names)


TALLY_COLUMNS = _columns(COLUMNS)


def table_statements() -> str:
    """What makes every table in `lake`; those of LATER only where they are missing."""
    return model("tables.sql").replace("{tally_columns}", TALLY_COLUMNS) + later_statements()


def later_statements() -> str:
    """What makes those of LATER, and agents and gaps, where they are missing."""
    rollups = model("later_tables.sql").replace("{agent_columns}", _columns(AGENT_COLUMNS))
    return model("reconciliations.sql") + rollups


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make the tables in `lake` that are not there, all or nothing; whether it has to be loaded anew for them.

    That is so for a lake from before there were some of the tables: an empty one is loaded whole anyway.
    """
    there = {name for (name,) in connection.execute(_THERE).fetchall()}
    is_new = "load_head" not in there
    missing = [table for table in (SORTED if is_new else LATER) if table not in there]
    if not missing:
        return False
    if is_new:
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', {INLINE_ROWS})")
        connection.execute("CALL lake.set_option('parquet_compression', 'zstd')")
    connection.execute("BEGIN")
    connection.execute(table_statements() if is_new else later_statements())
    for table in missing:
        _lay_out(connection, table)
    connection.execute("COMMIT")
    return not is_new


def _lay_out(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    column = SORTED[table]
    connection.execute(f"ALTER TABLE lake.{table} SET PARTITIONED BY (year({column}), month({column}))")
    connection.execute(f"ALTER TABLE lake.{table} SET SORTED BY ({column})")


def model(name: str) -> str:
    """The text of a file of models/."""
    return (files("warehouse") / "models" / name).read_text()
