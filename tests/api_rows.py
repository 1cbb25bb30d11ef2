"""PostgreSQL filled as the stream processor fills it: calls, live state, freshness, users."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
import psycopg
from api_parts import HASH

from calls.call import Call
from calls.form import call_form
from calls.live import AgentLive, QueueLive
from streams.call_rows import Rows, add_call
from streams.live_rows import agent_row, queue_row
from streams.statements import STATEMENTS


def call_statements(calls: Iterable[Call]) -> list[tuple[str, str]]:
    """What writes these calls: statements, each with its rows."""
    rows: Rows = defaultdict(list)
    for call in calls:
        add_call(rows, None, call, call_form(call), None)
    return _statements(rows)


def live_statements(agents: Iterable[AgentLive], queues: Iterable[QueueLive], wrapup_s: float = 0.0) -> Any:
    """What writes this live state: statements, each with its rows."""
    rows: Rows = defaultdict(list)
    rows["agent_extensions"] = [agent_row(agent) for agent in agents]
    rows["queues"] = [queue_row(queue, wrapup_s) for queue in queues]
    return _statements(rows)


def write(url: str, statements: Iterable[tuple[str, str]]) -> None:
    """Execute these statements in one transaction."""
    with psycopg.connect(url) as connection:
        for statement, rows in statements:
            connection.execute(statement, [rows])


def add_user(url: str, username: str, role: str, tenant: str = "default") -> str:
    """Make a user with the tests' password; its id."""
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO tenants (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING", [tenant, tenant])
        made = connection.execute(
            "INSERT INTO users (tenant_id, username, name, password_hash, role) VALUES (%s, %s, %s, %s, %s)"
            " RETURNING id",
            [tenant, username, username, HASH, role],
        )
        row = made.fetchone()
    assert row is not None
    return str(row[0])


def change(url: str, statement: str, *values: Any) -> None:
    """Execute one statement."""
    with psycopg.connect(url) as connection:
        connection.execute(statement, values)


def _statements(rows: Rows) -> list[tuple[str, str]]:
    return [(STATEMENTS[table], msgspec.json.encode(rows[table]).decode()) for table in STATEMENTS if rows[table]]
