"""api/managers/tally_sql.py: PostgreSQL counts what calls/tally.py counts, for any calls."""

from collections.abc import Iterable
from datetime import UTC, datetime

import psycopg
import pytest
from api_parts import queue
from api_rows import call_statements, change, live_statements, write
from hypothesis import HealthCheck, given, settings
from made_calls import QUEUES, START, many_calls
from psycopg.rows import dict_row

from api.managers.tally_sql import read_tally
from calls.call import Call
from calls.settings import QueueSettings, Settings
from calls.tally import NOTHING, Tally, stint_tally

WRAPUP_S = 12.5
# One of the queues that calls visit is not known: its thresholds are the defaults. Another was imported with its own.
UNKNOWN, IMPORTED = QUEUES[-2:]
RULES = {
    UNKNOWN: Settings().queue(UNKNOWN),
    IMPORTED: QueueSettings(wrapup_s=3.0, service_level_s=30.0, short_abandon_s=8.0),
}
KNOWN = QueueSettings(wrapup_s=WRAPUP_S, service_level_s=20.0, short_abandon_s=5.0)


def counted(calls: Iterable[Call], start: int, end: int) -> Tally:
    """The facts of stints that began in [start, end), counted in Python."""
    return sum(
        (
            stint_tally(call, index, RULES.get(stint.queue, KNOWN))
            for call in calls
            for index, stint in enumerate(call.stints)
            if start <= stint.entered_at < end
        ),
        NOTHING,
    )


@pytest.fixture
def with_queues(database: str) -> str:
    """A database that knows all queues but one, the last one by an import only."""
    write(database, live_statements([], [queue(name, pbx="pbx1") for name in QUEUES[:-2]], WRAPUP_S))
    change(database, "INSERT INTO imported_queues VALUES ('pbx1', %s, 'default', '', 30, 8, 3, 0.8)", IMPORTED)
    return database


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=many_calls())
async def test_sql_counts_what_python_counts(with_queues: str, calls: list[Call]) -> None:
    start, end = START + 3_600_000, START + 30 * 3_600_000
    # As the owner, who sees all tenants; nothing stays.
    async with await psycopg.AsyncConnection.connect(with_queues, row_factory=dict_row) as connection:
        for statement, rows in call_statements(calls):
            await connection.execute(statement, [rows])
        found = await read_tally(connection, at(start), at(end), None)
        await connection.rollback()
    assert found == counted(calls, start, end)


def at(ms: int) -> datetime:
    """Ms since the epoch as a time."""
    return datetime.fromtimestamp(ms / 1000, UTC)
