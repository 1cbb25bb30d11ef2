"""Rows name the columns of their tables."""

from pathlib import Path

import pytest
from msgspec import Struct

from streams import rows

MIGRATIONS = Path(__file__).parents[3] / "infra" / "migrations"
SCHEMA = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
TABLES: dict[str, type[Struct]] = {
    "call_sessions": rows.CallRow,
    "stints": rows.StintRow,
    "legs": rows.LegRow,
    "missed_rings": rows.MissedRow,
    "recordings": rows.RecordingRow,
    "call_timelines": rows.TimelineRow,
    "agent_extensions": rows.AgentRow,
    "queues": rows.QueueRow,
    "presence_intervals": rows.IntervalRow,
    "rejects": rows.RejectRow,
    "pbx_health": rows.HealthRow,
    "pbx_state": rows.PartRow,
}


def columns(table: str) -> set[str]:
    body = SCHEMA.split(f"CREATE TABLE {table} (", 1)[1].split("\n);", 1)[0]
    return {line.split()[0] for line in body.splitlines() if line.strip()}


@pytest.mark.parametrize(("table", "row"), TABLES.items())
def test_a_field_is_a_column(table: str, row: type[Struct]) -> None:
    assert set(row.__struct_fields__) <= columns(table)
