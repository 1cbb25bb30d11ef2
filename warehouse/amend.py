"""Bringing a copy of a published file up to date with one load: only what the load touched is replaced.

Works with the temporary tables that the load has left (`new_…`, `cells` and so on) and comes to what making the file
whole would. Where that cannot be told from them, or would be as much work, it says so. The file is attached as `mart`.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import duckdb

from warehouse.coarse import AGENTS, CONTACTS, CONVERSATIONS, DISPOSITIONS, QUEUES, TRUST, Subject
from warehouse.duck import bounds, one, quoted
from warehouse.extract import CORRECTION
from warehouse.load import Loaded
from warehouse.mart_tables import only, selects
from warehouse.sums import sum_days_again

# More days than that are as quickly counted whole.
MOST_DAYS = 40
# Parts of a call do not begin longer before its start.
SLACK = 2 * CORRECTION
_CALLS = "call_id IN (SELECT call_id FROM new_call_sessions)"
# The parts of calls, and what holds for those of a call that began `since` then.
_PARTS = {
    "stints": "entered_at >= since", "legs": "answered_at >= since", "missed_rings": "rang_at >= since",
    "recordings": "started_at >= since", "corrections": "true",
}  # fmt: skip
_CELLS = {
    "q15": ("cells", "interval_start", "(pbx, queue, interval_start)"),
    "agent15": ("agent_cells", "interval_start", "(pbx, agent_id, interval_start)"),
    "wait_day": ("day_cells", "day", "(pbx, queue, day)"),
    "wait_month": ("months_touched", "month", "(pbx, queue, month)"),
}
# Days on which facts of a subject changed: asked before and after rows are replaced.
_TOUCHED: dict[str, tuple[tuple[str, str], ...]] = {
    "conversations": (("legs", "answered_at"),),
    "contacts": (("contacts", "arrived_at"),),
    "calls": (("calls", "started_at"),),
}
_SAME_NUMBER = """
    SELECT call_id, lag(arrived_at) OVER same_number AS previous_at, lag(call_id) OVER same_number AS previous_id
    FROM contacts WHERE number IN (FROM touched_numbers)
    WINDOW same_number AS (PARTITION BY number ORDER BY arrived_at, call_id)
"""


class _Load(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    selects: dict[str, str]
    since: str

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def has(self, query: str) -> bool:
        return bool(one(self.connection, f"SELECT EXISTS ({query})")[0])

    def replace(self, table: str, gone: str, these: str) -> None:
        """Rows of `table` that `gone` names, by those of the lake that `these` names."""
        self.run(f"DELETE FROM {table} WHERE {gone}")
        self.insert(table, these)

    def insert(self, table: str, these: str) -> None:
        self.run(f"INSERT INTO {table} {only(self.selects[table], these, self.since)}")

    def whole(self, *tables: str) -> None:
        """Small tables, replaced whole."""
        for table in tables:
            self.replace(table, "true", "true")


def can_amend(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the last load on this connection touched little enough, and no agent is reached elsewhere now."""
    days = """
        SELECT count(DISTINCT day) FROM (
          SELECT interval_start::DATE AS day FROM cells UNION SELECT interval_start::DATE FROM agent_cells
          UNION SELECT started_at::DATE FROM new_call_sessions UNION SELECT started_at::DATE FROM new_reconciliations
        )
    """
    moved = "SELECT 1 FROM changed_agents GROUP BY pbx, agent_id, interface HAVING count(*) = 1"
    (touched,) = one(connection, days)
    return int(touched) <= MOST_DAYS and not one(connection, f"SELECT EXISTS ({moved})")[0]


def amend(connection: duckdb.DuckDBPyConnection, tenant: str, loaded: Loaded) -> None:
    """Bring the file in use up to date. Works within its transaction."""
    (first,) = one(connection, "SELECT min(started_at) FROM new_call_sessions")
    connection.execute("CREATE OR REPLACE TEMP TABLE touched_contacts (day DATE)")
    since = "'infinity'::TIMESTAMPTZ" if first is None else _instant(first - SLACK)
    load = _Load(connection, selects(tenant, loaded), since)
    days = {name: _days(load, name) for name in _TOUCHED}
    _amend_cells(load)
    if first is not None:
        _amend_calls(load)
    _amend_others(load)
    for name, found in days.items():
        found |= _days(load, name)
    days["calls"] |= _listed(connection, "SELECT DISTINCT started_at::DATE FROM new_reconciliations")
    days["calls"] |= _listed(connection, "SELECT DISTINCT day FROM touched_books")
    days["contacts"] |= _listed(connection, "SELECT DISTINCT day FROM touched_contacts")
    cells, spent = (
        _listed(connection, f"SELECT DISTINCT interval_start::DATE FROM {it}") for it in ("cells", "agent_cells")
    )
    for subject, touched in (
        (QUEUES, cells), (AGENTS, spent), (CONVERSATIONS, days["conversations"]), (DISPOSITIONS, days["conversations"]),
        (CONTACTS, days["contacts"]), (TRUST, days["calls"]),
    ):  # fmt: skip
        _sum(connection, subject, touched)
    load.whole("published")


def _amend_cells(load: _Load) -> None:
    for table, (touched, time, key) in _CELLS.items():
        if load.has(f"FROM {touched}"):
            these = f"{time} {_bounds(load, touched, time)} AND {key} IN (SELECT {key} FROM {touched})"
            load.replace(table, these, these)


def _amend_calls(load: _Load) -> None:
    nearby = bounds(load.connection, "new_call_sessions", "started_at", CORRECTION)
    load.replace("calls", f"started_at >= {load.since} AND {_CALLS}", f"started_at {nearby} AND {_CALLS}")
    for table, gone in _PARTS.items():
        load.run(f"DELETE FROM {table} WHERE {gone.replace('since', load.since)} AND {_CALLS}")
        if load.has(f"FROM new_{table}"):
            load.insert(table, f"call_started_at {nearby} AND {_CALLS}")
    load.run(
        f"""
        CREATE OR REPLACE TEMP TABLE touched_numbers AS
        SELECT number FROM contacts WHERE arrived_at >= {load.since} AND {_CALLS} AND number IS NOT NULL
        UNION SELECT from_number FROM new_call_sessions WHERE from_number IS NOT NULL
        """
    )
    load.replace("contacts", f"arrived_at >= {load.since} AND {_CALLS}", _CALLS)
    load.run(
        f"""
        CREATE OR REPLACE TEMP TABLE touched_contacts AS
        SELECT arrived_at::DATE AS day, it.* FROM ({_SAME_NUMBER}) AS it JOIN contacts USING (call_id)
        WHERE (it.previous_at, it.previous_id) IS DISTINCT FROM (contacts.previous_at, contacts.previous_id)
        """
    )
    load.run(
        """
        UPDATE contacts SET previous_at = it.previous_at, previous_id = it.previous_id
        FROM touched_contacts AS it WHERE it.call_id = contacts.call_id
        """
    )


def _amend_others(load: _Load) -> None:
    if load.has("FROM new_presence_intervals"):
        key = "(pbx, agent_id, started_at)"
        these = f"{key} IN (SELECT {key} FROM new_presence_intervals)"
        these += f" AND started_at {_bounds(load, 'new_presence_intervals', 'started_at')}"
        load.replace("presence_intervals", these, these)
    same = "call_id IN (SELECT call_id FROM new_reconciliations)"
    load.run(
        f"CREATE OR REPLACE TEMP TABLE touched_books AS SELECT started_at::DATE AS day FROM reconciliation WHERE {same}"
    )
    if load.has("FROM new_reconciliations"):
        load.replace("reconciliation", same, same)
    new_queue = "SELECT 1 FROM cells WHERE (pbx, queue) NOT IN (SELECT (pbx, queue) FROM queues)"
    if load.has("FROM changed_queues") or load.has(new_queue):
        load.whole("queues")
    new_agent = "SELECT 1 FROM agent_cells WHERE (pbx, agent_id) NOT IN (SELECT (pbx, agent_id) FROM agents)"
    if load.has("FROM changed_agents") or load.has(new_agent):
        load.whole("agents")
    if load.has("FROM changed_gaps") or load.has("FROM changed_queues") or load.has("FROM changed_agents"):
        load.whole("gaps")
    months = " UNION ".join(f"SELECT date_trunc('month', interval_start) FROM {it}" for it in ("cells", "agent_cells"))
    known = "SELECT 1 FROM dim_interval AS it WHERE it.interval_start = month"
    if load.has(f"FROM ({months}) AS touched(month) WHERE NOT EXISTS ({known})"):
        load.whole("dim_interval")


def _sum(connection: duckdb.DuckDBPyConnection, subject: Subject, days: set[datetime]) -> None:
    if days:
        sum_days_again(connection, subject, sorted(days))


def _days(load: _Load, name: str) -> set[datetime]:
    """The days that the changed calls have rows on."""
    found: set[datetime] = set()
    for table, time in _TOUCHED[name]:
        query = f"SELECT DISTINCT {time}::DATE FROM {table} WHERE {time} >= {load.since} AND {_CALLS}"
        found |= _listed(load.connection, query)
    return found


def _listed(connection: duckdb.DuckDBPyConnection, query: str) -> set[datetime]:
    days = [day for (day,) in connection.execute(query).fetchall()]
    return {datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days}


def _bounds(load: _Load, table: str, column: str) -> str:
    (first, last) = one(load.connection, f"SELECT min({column})::VARCHAR, max({column})::VARCHAR FROM {table}")
    return f"BETWEEN {quoted(first)} AND {quoted(last)}"


def _instant(moment: datetime) -> str:
    return f"TIMESTAMPTZ {quoted(moment.isoformat())}"
