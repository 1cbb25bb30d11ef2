"""A lake without servers: the lake's tables in a plain DuckDB, and calls put there as a load would."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from msgspec.structs import asdict

from calls.call import Call
from calls.form import call_form, call_uuid
from calls.settings import QueueSettings
from warehouse.agent_cells import find_agent_cells
from warehouse.cells import find_cells
from warehouse.dim_interval import add_months
from warehouse.duck import Frame
from warehouse.load import ROLLUPS, Loaded
from warehouse.publish import publish
from warehouse.recount import recount
from warehouse.schema import table_statements

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TABLES = (
    "call_sessions", "stints", "legs", "missed_rings", "recordings", "corrections", "presence_intervals", "queues",
    "agents", "gaps",
)  # fmt: skip


def empty_lake() -> duckdb.DuckDBPyConnection:
    """A connection with the tables of the lake, empty, and a database `pg` with two tenants."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("ATTACH ':memory:' AS lake; ATTACH ':memory:' AS pg")
    connection.execute(table_statements())
    connection.execute("CREATE SCHEMA pg.public; CREATE TABLE pg.public.tenants AS SELECT 'default' AS id")
    return connection


def put(
    connection: duckdb.DuckDBPyConnection,
    calls: Iterable[Call],
    queues: dict[str, QueueSettings],
    more: dict[str, list[dict[str, Any]]] | None = None,
    zones: Sequence[str] = ("UTC",),
) -> None:
    """Put these calls and queues of pbx1 into an empty lake, with their rollups; `more`: rows of other tables."""
    made = {"queues": [queue_row(name, settings) for name, settings in queues.items()], **call_rows(calls)}
    made |= more or {}
    for table in TABLES:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_{table} AS FROM lake.{table} LIMIT 0")
        if made.get(table):
            connection.register("rows", Frame(pl.DataFrame(made[table], infer_schema_length=None)))
            connection.execute(f"INSERT INTO new_{table} BY NAME FROM rows")
    find_cells(connection)
    find_agent_cells(connection)
    for table in TABLES:
        connection.execute(f"INSERT INTO lake.{table} BY NAME FROM new_{table}")
    for rollup in ROLLUPS:
        recount(connection, rollup)
    add_months(connection, zones, ("cells", "agent_cells"))


def publish_calls(
    data: Path,
    calls: Iterable[Call],
    queues: dict[str, QueueSettings] | None = None,
    more: dict[str, list[dict[str, Any]]] | None = None,
    zones: Sequence[str] = ("UTC",),
) -> None:
    """Publish the marts of these calls under a data folder."""
    with empty_lake() as connection:
        put(connection, calls, queues or {}, more, zones)
        publish(connection, data, Loaded(1, NOW))


def queue_row(queue: str, settings: QueueSettings) -> dict[str, Any]:
    """A queue of pbx1 as the lake has it."""
    return {
        "pbx": "pbx1", "queue": queue, "tenant": settings.tenant or "default", "name": settings.name or queue.title(),
        "service_level_s": settings.service_level_s, "short_abandon_s": settings.short_abandon_s,
        "wrapup_s": settings.wrapup_s, "target": settings.target,
    }  # fmt: skip


def call_rows(calls: Iterable[Call]) -> dict[str, list[dict[str, Any]]]:
    """The rows of calls and their parts as the lake has them, times as text."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES[:5]}
    for call in calls:
        form = call_form(call)
        whole = asdict(form) | {
            "id": str(call_uuid(call.call_id)), "agent_id": None, "duration": None, "disposition": None, "notes": None,
            "changed_at": NOW.isoformat(), "version": call.version,
        }  # fmt: skip
        parts = {name: whole.pop(name) for name in ("stints", "legs", "missed", "recordings")}
        rows["call_sessions"].append(whole)
        who = {"call_id": call.call_id, "pbx": call.pbx, "tenant": call.tenant, "call_started_at": form.started_at}
        for table, name in (
            ("stints", "stints"),
            ("legs", "legs"),
            ("missed_rings", "missed"),
            ("recordings", "recordings"),
        ):
            for ordinal, part in enumerate(parts[name]):
                row = who | asdict(part) | {"ordinal": ordinal}
                if table == "legs":
                    transfer = row.pop("transfer")
                    row["transfer_kind"], row["transfer_to"] = (
                        (transfer.kind, transfer.to) if transfer else (None, None)
                    )
                rows[table].append(row)
    return rows
