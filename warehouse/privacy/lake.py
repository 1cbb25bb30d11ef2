"""People out of the lake and the marts: rows are rewritten as PostgreSQL has them by now, older copies removed.

Only the columns that name somebody are changed, so that what the rows come to stays; the published file is made whole
anew, because one that was brought up to date keeps old pages. To be called by the holder of the lock, after PostgreSQL
was done. May be done again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.duck import has_rows, quoted, transaction
from warehouse.lake import unavailable
from warehouse.load import Loaded
from warehouse.privacy.figures import figures
from warehouse.publish import publish_whole
from warehouse.published import marts_path

# By table of the lake: the table in PostgreSQL, and the columns that may name somebody, there and here.
NAMING: dict[str, tuple[str, dict[str, str]]] = {
    "call_sessions": (
        "call_sessions",
        {it: it for it in ("from_number", "from_name", "to_number", "notes")},
    ),
    "legs": ("legs", {"transfer_to": "transfer_to"}),
    "recordings": ("recordings", {"file": "file"}),
    "corrections": ("corrections", {"fields": "fields::text"}),
    "reconciliations": ("reconciliations", {"differences": "differences::text"}),
}
_KEYS = {"call_sessions": (), "reconciliations": (), "corrections": ("version",)}
# Everything that is not in the newest snapshot goes, whoever still reads it: a report that runs just then fails once.
FORGET = (
    "CALL ducklake_flush_inlined_data('lake')",
    "CALL ducklake_rewrite_data_files('lake', delete_threshold => 0)",
    "CALL ducklake_expire_snapshots('lake', older_than => now())",
    "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)",
)


def shown_figures(connection: duckdb.DuckDBPyConnection, data: Path, tenant: str) -> dict[str, Any]:
    """The figures of the tenant's published file; of one who has no calls yet, none. Raises LakeUnavailable."""
    if not marts_path(data, tenant).exists():
        return {"tables": {}, "months": [], "callers": []}
    try:
        connection.execute(f"ATTACH {quoted(str(marts_path(data, tenant)))} AS shown (READ_ONLY)")
        try:
            return figures(connection, "shown")
        finally:
            connection.execute("DETACH shown")
    except duckdb.Error as error:
        raise unavailable("The marts cannot be read", error) from error


def take_out(connection: duckdb.DuckDBPyConnection, request: str) -> dict[str, int]:
    """Rewrite the rows of the request's calls, in one transaction: how many, by table. Raises LakeUnavailable."""
    try:
        with transaction(connection):
            return {table: _rewrite(connection, table, request) for table in NAMING}
    except duckdb.Error as error:
        raise unavailable("The lake could not be rewritten", error) from error


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove what older snapshots hold. Raises LakeUnavailable."""
    try:
        for step in FORGET:
            connection.execute(step)
    except duckdb.Error as error:
        raise unavailable("What the lake held before could not be removed", error) from error


def publish_again(connection: duckdb.DuckDBPyConnection, data: Path, tenant: str, loaded: Loaded) -> None:
    """The tenant's file made whole from the lake. Raises LakeUnavailable and OSError."""
    if marts_path(data, tenant).exists():
        publish_whole(connection, data, tenant, loaded)


def _rewrite(connection: duckdb.DuckDBPyConnection, table: str, request: str) -> int:
    source, columns = NAMING[table]
    keys = ("call_id", *_KEYS.get(table, ("ordinal",)))
    named = [f"it.{text} AS {column}" for column, text in columns.items()]
    found = (
        f"SELECT {', '.join([*(f'it.{key}' for key in keys), *named])} FROM {source} AS it"
        f" WHERE it.call_id IN (SELECT call_id FROM privacy_calls WHERE request_id = '{request}'::uuid)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE erased AS SELECT * FROM postgres_query('pg', {quoted(found)})")
    if not has_rows(connection, "erased"):
        return 0
    same = " AND ".join(f"old.{key} = erased.{key}" for key in keys)
    is_other = f"{_columns('old', columns)} IS DISTINCT FROM {_columns('erased', columns)}"
    values = ", ".join(f"{column} = erased.{column}" for column in columns)
    (count,) = connection.execute(
        f"UPDATE lake.{table} AS old SET {values} FROM erased WHERE {same} AND {is_other}"
    ).fetchone() or (0,)
    return int(count)


def _columns(of: str, names: Sequence[str] | dict[str, str]) -> str:
    return f"row({', '.join(f'{of}.{name}' for name in names)})"
