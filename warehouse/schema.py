"""The lake's tables: what is in them, how they lie on disk, and making them once.

Calls, stints, legs, missed rings, presence and reconciliations are copies of PostgreSQL's rows (`tenant_id` is called
`tenant` here); a call's parts carry its `pbx` and its start, by which files are skipped. They are partitioned by month,
sorted by time. `q15` is the rollup: a row for each tenant, PBX, queue and quarter of an hour of arrival, with the
columns of `calls.tally`.
`load_head` has one row that every load rewrites, so that two loads at once cannot both succeed.
"""

from importlib.resources import files

import duckdb

from calls.tally import COLUMNS

# Month partitions: more would make every small load write to many files (measured: a hundred times slower by day).
SORTED = {
    "call_sessions": "started_at",
    "stints": "entered_at",
    "legs": "answered_at",
    "missed_rings": "rang_at",
    "presence_intervals": "started_at",
    "reconciliations": "started_at",
    "q15": "interval_start",
}
# A load of up to this many rows a table lies in the catalog until upkeep moves it to Parquet: no file for each handful.
INLINE_ROWS = 200
_THERE = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"
TALLY_COLUMNS = ", ".join(f"{name} {'DOUBLE' if name.endswith('_s') else 'INTEGER'}" for name in COLUMNS)


def ensure_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make the tables in `lake` where there are none, all or nothing; whether they were made."""
    there = {name for (name,) in connection.execute(_THERE).fetchall()}
    if "load_head" in there:
        if "reconciliations" not in there:
            connection.execute("BEGIN")
            connection.execute(model("reconciliations.sql"))
            _lay_out(connection, "reconciliations")
            connection.execute("COMMIT")
        return False
    statements = model("tables.sql").replace("{tally_columns}", TALLY_COLUMNS) + model("reconciliations.sql")
    connection.execute(f"CALL lake.set_option('data_inlining_row_limit', {INLINE_ROWS})")
    connection.execute("CALL lake.set_option('parquet_compression', 'zstd')")
    connection.execute("BEGIN")
    connection.execute(statements)
    for table in SORTED:
        _lay_out(connection, table)
    connection.execute("COMMIT")
    return True


def _lay_out(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    column = SORTED[table]
    connection.execute(f"ALTER TABLE lake.{table} SET PARTITIONED BY (year({column}), month({column}))")
    connection.execute(f"ALTER TABLE lake.{table} SET SORTED BY ({column})")


def model(name: str) -> str:
    """The text of a file of models/."""
    return (files("warehouse") / "models" / name).read_text()
