"""What a tenant's marts come to, apart from who people are: the proof that an erasure changed no number of a report.

Each published table is counted and summed up to one checksum over its rows, without the columns that name a person; the
totals of queues and contacts by month are there for people to read. The same marts give the same figures, in whatever
order their rows lie. Reads; changes nothing.
"""

from typing import Any

import duckdb

from warehouse.coarse import SUBJECTS
from warehouse.duck import one

# Columns that name a person, by published table. Everything else of a table is held to be the same.
NAMING = {
    "calls": ("from_number", "from_name", "to_number", "notes"),
    "contacts": ("number",),
    "legs": ("transfer_to",),
    "corrections": ("fields",),
    "reconciliation": ("differences",),
    "recordings": ("file",),
}
ROLLUPS = ("q15", "agent15", "wait_day", "wait_month")
FACTS = ("calls", "stints", "legs", "missed_rings", "contacts", "reconciliation", "corrections", "recordings")
TABLES = (*ROLLUPS, *(subject.table for subject in SUBJECTS), *FACTS)
_MONTHS = """
    SELECT strftime(date_trunc('month', interval_start), '%Y-%m') AS month, pbx, queue,
      sum(offered)::BIGINT AS offered, sum(answered)::BIGINT AS answered, sum(abandoned)::BIGINT AS abandoned,
      round(sum(talk_s), 3) AS talk_s
    FROM {of}.q15 GROUP BY ALL ORDER BY ALL
"""
_CALLERS = """
    SELECT strftime(date_trunc('month', arrived_at), '%Y-%m') AS month, count(*)::BIGINT AS contacts,
      count(number)::BIGINT AS numbered, count(DISTINCT number)::BIGINT AS callers,
      count(previous_id)::BIGINT AS repeated
    FROM {of}.contacts GROUP BY ALL ORDER BY ALL
"""


def figures(connection: duckdb.DuckDBPyConnection, of: str) -> dict[str, Any]:
    """The figures of the published file that is attached under this name. Raises duckdb.Error."""
    return {
        "tables": {table: _checked(connection, of, table) for table in TABLES},
        "months": _rows(connection, _MONTHS.format(of=of)),
        "callers": _rows(connection, _CALLERS.format(of=of)),
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Where two figures are not the same: names of tables and totals."""
    tables = sorted({*before["tables"], *after["tables"]})
    found = [name for name in tables if before["tables"].get(name) != after["tables"].get(name)]
    return found + [name for name in ("months", "callers") if before[name] != after[name]]


def _checked(connection: duckdb.DuckDBPyConnection, of: str, table: str) -> dict[str, Any]:
    kinds = connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {of}.{table})").fetchall()
    # What is added up in another order differs in its last bit.
    columns = ", ".join(
        f'round("{name}", 3)' if kind == "DOUBLE" else f'"{name}"'
        for name, kind in kinds
        if name not in NAMING.get(table, ())
    )
    rows, folded, summed = one(
        connection,
        f"SELECT count(*), coalesce(bit_xor(it), 0)::VARCHAR, coalesce(sum(it // 4294967296), 0)::HUGEINT::VARCHAR"
        f" FROM (SELECT hash(row({columns})) AS it FROM {of}.{table})",
    )
    return {"rows": rows, "checksum": f"{int(folded):016x}{int(summed):x}"}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [it[0] for it in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
