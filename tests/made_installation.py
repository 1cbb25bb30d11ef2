"""A database, a catalog and a data folder for the warehouse, with calls written the way the stream processor does."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import psycopg
from msgspec import Struct

from calls.call import Call
from calls.form import call_form
from calls.settings import QueueSettings
from streams.call_rows import add_call
from streams.rows import IntervalRow
from streams.statements import STATEMENTS
from warehouse.lake import open_lake
from warehouse.load import Loaded, load


class Installation:
    """The calls' database, the lake's catalog and the data folder. `source` is the warehouse's own role."""

    def __init__(self, owner: str, source: str, catalog: str, data: Path) -> None:
        self.owner, self.source, self.catalog, self.data = owner, source, catalog, data
        self._stored: dict[str, Call] = {}
        self._reader: duckdb.DuckDBPyConnection | None = None

    def write(self, *calls: Call) -> None:
        """Store these calls, as the sink does; a call that is there already is replaced."""
        rows: defaultdict[str, list[Struct]] = defaultdict(list)
        for call in calls:
            add_call(rows, self._stored.get(call.call_id), call, call_form(call), None)
            self._stored[call.call_id] = call
        self.write_rows(rows)

    def write_rows(self, rows: dict[str, list[Struct]]) -> None:
        """Run the sink's statements with these rows, in one transaction."""
        with psycopg.connect(self.owner) as connection:
            for table, statement in STATEMENTS.items():
                if rows.get(table):
                    connection.execute(statement, [msgspec.json.encode(rows[table]).decode()])

    def write_presence(self, *intervals: IntervalRow) -> None:
        """Store these presence intervals."""
        self.write_rows({"presence_intervals": list(intervals)})

    def write_agent(self, agent_id: str, interface: str, extension: str, version: int = 1) -> None:
        """Store an agent of pbx1 who is reached there."""
        row = {"agent_id": agent_id, "interface": interface, "extension": extension, "version": version}
        self.execute(
            "INSERT INTO agent_extensions (pbx, agent_id, tenant_id, name, interface, extension, status, state, since,"
            " live, version) VALUES ('pbx1', %(agent_id)s, 'default', %(agent_id)s, %(interface)s, %(extension)s,"
            " 'AVAILABLE', 'available', now(), '{}', %(version)s)"
            " ON CONFLICT (pbx, agent_id) DO UPDATE SET interface = excluded.interface,"
            " extension = excluded.extension, version = excluded.version",
            row,
        )

    def write_queue(self, queue: str, settings: QueueSettings, tenant: str = "default") -> None:
        """Store a queue of pbx1 with these thresholds."""
        row = {
            "pbx": "pbx1", "queue_id": queue, "tenant_id": tenant, "name": settings.name or queue.title(),
            "service_level_s": settings.service_level_s, "short_abandon_s": settings.short_abandon_s,
            "wrapup_s": settings.wrapup_s, "target": settings.target, "live": "{}", "version": 1,
        }  # fmt: skip
        names = ", ".join(row)
        marks = ", ".join(f"%({name})s" for name in row)
        change = ", ".join(f"{name} = excluded.{name}" for name in row)
        self.execute(
            f"INSERT INTO queues ({names}) VALUES ({marks}) ON CONFLICT (pbx, queue_id) DO UPDATE SET {change}", row
        )

    def execute(self, statement: str, values: dict[str, Any] | None = None) -> None:
        """One statement in the calls' database, as its owner."""
        with psycopg.connect(self.owner) as connection:
            connection.execute(statement.encode(), values)

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        """What the calls' database says to its owner."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query.encode()).fetchall()

    def wipe(self) -> None:
        """Forget all calls, presence and queues, in the database only."""
        tables = (
            "call_sessions, call_timelines, corrections, stints, legs, missed_rings, recordings, presence_intervals,"
            " queues, reconciliations, agent_extensions, gaps"
        )
        self.execute(f"TRUNCATE {tables}")
        self._stored.clear()

    def lake(self) -> duckdb.DuckDBPyConnection:
        """A new connection to the lake."""
        return open_lake(self.catalog, self.data, self.source)

    def load(self, full: bool = False) -> Loaded:
        """One load on a connection of its own."""
        with self.lake() as connection:
            return load(connection, full)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the lake says."""
        if self._reader is None:
            self._reader = self.lake()
        return self._reader.execute(query).fetchall()

    def close(self) -> None:
        """Let go of the lake."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
