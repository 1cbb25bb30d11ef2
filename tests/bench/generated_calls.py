"""Calls by the million, made by one SQL statement for each table and month: two years, 96 queues, 1,200 agents.

Weekly and daily rhythm, exponential waits, a fifth not answered, a tenth transferred, a third of those into a second
queue. Each queue has 60 agents, so an agent serves about five. The number of a call alone decides what it is.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import duckdb

START = datetime(2024, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = (END - START).days
QUEUES, AGENTS, TEAM = 96, 1_200, 60
# Parts of a week's calls, Monday first.
_WEEK = (20, 18, 17, 17, 18, 7, 3)
# An agent's day on duty begins at seven and has ten hours, in UTC.
_SHIFT = 36_000
_UNIT = "(hash(n, {}) % 1000000 / 1000000.0)"
# Few hours of a day are busy and many quiet.
_MOMENT = (
    "morning + to_milliseconds(least(86399999, (8.5 + 9 * ({} + {}) / 2 + 4 * ({} - 0.5)) * 3600000)::BIGINT)"
).format(*(_UNIT.format(seed) for seed in (2, 3, 4)))
_CODES = "['sale', 'callback', 'complaint', 'information', 'wrong number', 'other']"


class Day(NamedTuple):
    """A day (UTC) and its calls: those from number `first` until before `last`."""

    day: date
    first: int
    last: int


def months(calls: int) -> Iterator[list[Day]]:
    """The days of each month with their calls."""
    for _, days in groupby(_days(calls), lambda it: (it.day.year, it.day.month)):
        yield list(days)


def _days(calls: int) -> Iterator[Day]:
    dates = [START.date() + timedelta(days=n) for n in range(DAYS)]
    total, seen = sum(_WEEK[it.weekday()] for it in dates), 0
    for it in dates:
        first, seen = calls * seen // total, seen + _WEEK[it.weekday()]
        yield Day(it, first, calls * seen // total)


def make_people(connection: duckdb.DuckDBPyConnection) -> None:
    """The queues, the agents and some gaps, into `pg.public`."""
    for table, query in _PEOPLE.items():
        connection.execute(f"INSERT INTO pg.public.{table} BY NAME {query}")


def make_month(connection: duckdb.DuckDBPyConnection, days: list[Day], calls: int) -> None:
    """The rows of one month of so many `calls` in all, into `pg.public`."""
    values = ", ".join(f"(TIMESTAMPTZ '{it.day} 00:00:00+00', {it.first}, {it.last})" for it in days)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE made AS {_MADE.format(values=values)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE again AS {_AGAIN}")
    for table, query in _TABLES.items():
        connection.execute(f"INSERT INTO pg.public.{table} BY NAME {query}")
    spans = max(1, calls // 2 // (AGENTS * DAYS))
    kept = max(1, AGENTS * DAYS * 2 // max(calls, 1))
    first = (days[0].day - START.date()).days
    connection.execute(
        "INSERT INTO pg.public.presence_intervals BY NAME "
        + _PRESENCE.format(first=first, last=first + len(days), spans=spans, length=_SHIFT // spans, kept=kept)
    )


_MADE = f"""
    SELECT *, entered_at + to_milliseconds(wait) AS left_at,
      entered_at + to_milliseconds(wait + CASE WHEN outcome = 'answered' THEN talk + hold ELSE 0 END) AS leg_end
    FROM (
      SELECT n, 'pbx1:l' || n AS call_id, {_MOMENT} AS entered_at, (hash(n, 5) % {QUEUES})::INTEGER AS queue_no,
        ((hash(n, 5) % {QUEUES} * {AGENTS // QUEUES} + hash(n, 6) % {TEAM}) % {AGENTS})::INTEGER AS agent_no,
        '+49' || hash(n, 7) % 3000000 AS number,
        CASE WHEN hash(n, 8) % 100 < 80 THEN 'answered' WHEN hash(n, 8) % 100 < 96 THEN 'abandoned'
          ELSE 'timeout' END AS outcome,
        (-30000 * ln(1 - {_UNIT.format(9)}))::BIGINT AS wait, (1000 + 360000 * {_UNIT.format(10)})::BIGINT AS talk,
        (CASE WHEN hash(n, 11) % 5 = 0 THEN 60000 * {_UNIT.format(12)} ELSE 0 END)::BIGINT AS hold
      FROM (SELECT unnest(range(first, last)) AS n, morning FROM (VALUES {{values}}) AS it(morning, first, last))
    ) ORDER BY entered_at
"""
# Those whose first agent sent them on into another queue.
_AGAIN = f"""
    SELECT n, call_id, (queue_no + 7) % {QUEUES} AS queue_no, (agent_no + 600) % {AGENTS} AS agent_no, wait,
      leg_end AS entered_at, leg_end + to_milliseconds(wait) AS left_at,
      leg_end + to_milliseconds(wait + 90000) AS leg_end, 90000 AS talk, 0 AS hold
    FROM made WHERE outcome = 'answered' AND n % 30 = 0
"""
_LEG = """
    SELECT call_id, {ordinal} AS ordinal, 'default' AS tenant_id, {ordinal} AS stint, 'Agent ' || agent_no AS agent,
      'PJSIP/' || (1000 + agent_no) AS interface, left_at - INTERVAL 3 SECOND AS rang_at, left_at AS answered_at,
      leg_end AS ended_at, talk / 1000 AS talk_s, hold / 1000 AS hold_s, (hold > 0)::INTEGER AS holds,
      CASE WHEN {sent} THEN 'transfer' ELSE 'caller' END AS ended_by,
      CASE WHEN {sent} THEN 'blind' END AS transfer_kind,
      CASE WHEN {sent} THEN (1000 + n % 2000)::VARCHAR END AS transfer_to,
      CASE WHEN n % 3 > 0 THEN 4.4 - (n % 20) / 20 END AS mos, 'e_model_rtcp' AS mos_method
    FROM {table}
"""
_STINT = """
    SELECT call_id, {ordinal} AS ordinal, 'default' AS tenant_id, 'u' || n AS uniqueid, 'queue-' || queue_no AS queue,
      entered_at, left_at, 1 AS position, {outcome} AS outcome, wait / 1000 AS wait_s,
      CASE WHEN {outcome} = 'answered' THEN 'Agent ' || agent_no END AS agent
    FROM {table}
"""
_TABLES = {
    "call_sessions": f"""
        SELECT ('00000000-0000-4000-8000-' || lpad(made.n::VARCHAR, 12, '0'))::UUID AS id, made.call_id, 'pbx1' AS pbx,
          'default' AS tenant_id, 'inbound' AS direction, number AS from_number, '800' AS to_number, 'ENDED' AS status,
          CASE WHEN made.n % 200 = 0 THEN 'provisional' ELSE 'final' END AS certainty, made.entered_at AS started_at,
          CASE WHEN outcome = 'answered' THEN made.left_at END AS answered_at,
          coalesce(again.leg_end, made.leg_end) AS ended_at, outcome,
          CASE WHEN outcome = 'answered' THEN 'agent-' || coalesce(again.agent_no, made.agent_no) END AS agent_id,
          CASE WHEN outcome = 'answered' THEN (made.talk + made.hold + coalesce(again.talk, 0)) / 1000 END AS duration,
          CASE WHEN outcome = 'answered' AND hash(made.n, 13) % 10 < 6
            THEN {_CODES}[1 + (hash(made.n, 14) % 6)::INTEGER] END AS disposition,
          made.entered_at AS created_at, now() AS changed_at, 1 AS version
        FROM made LEFT JOIN again ON again.n = made.n ORDER BY made.entered_at
    """,
    "stints": _STINT.format(ordinal=0, outcome="outcome", table="made")
    + "UNION ALL"
    + _STINT.format(ordinal=1, outcome="'answered'", table="again")
    + "ORDER BY entered_at",
    "legs": _LEG.format(ordinal=0, sent="n % 10 = 0", table="made")
    + "WHERE outcome = 'answered' UNION ALL"
    + _LEG.format(ordinal=1, sent="false", table="again")
    + "ORDER BY answered_at",
    "missed_rings": f"""
        SELECT call_id, 0 AS ordinal, 'default' AS tenant_id, 0 AS stint,
          'Agent ' || (agent_no + 5) % {AGENTS} AS agent,
          'PJSIP/' || (1000 + (agent_no + 5) % {AGENTS}) AS interface, entered_at AS rang_at, 15.0 AS ring_s
        FROM made WHERE n % 10 = 3
    """,
    "corrections": """
        SELECT call_id, 1 AS version, leg_end AS "at", 'gap' AS cause, n % 1000 = 0 AS appeared, '{}' AS fields
        FROM made WHERE n % 100 = 0
    """,
    "reconciliations": """
        SELECT call_id, 'default' AS tenant_id, 'pbx1' AS pbx, 1 AS version, entered_at AS started_at,
          leg_end AS ended_at,
          CASE WHEN n % 500 = 0 THEN 'unexplained' WHEN n % 40 = 0 THEN 'explained' ELSE 'agree' END AS verdict,
          20 AS agreed, 0 AS explained, 0 AS unexplained, []::VARCHAR[] AS rules, '[]' AS facts, '[]' AS differences,
          now() AS changed_at
        FROM made WHERE n % 4 = 0
    """,
}
# Spans of equal length, one after the other, of every so manieth agent and day.
_PRESENCE = f"""
    SELECT 'pbx1' AS pbx, 'agent-' || agent_no AS agent_id, 'default' AS tenant_id,
      ['available', 'ringing', 'on_call', 'wrap_up', 'on_call', 'paused'][1 + (span + agent_no) % 6] AS state,
      '' AS reason, start + to_seconds(span * {{length}}) AS started_at,
      start + to_seconds((span + 1) * {{length}}) AS ended_at,
      now() AS changed_at
    FROM (
      SELECT agent_no, span, TIMESTAMPTZ '{START.date()} 07:00:00+00' + to_days(day::INTEGER) AS start
      FROM range({AGENTS}) AS a(agent_no), range({{first}}, {{last}}) AS d(day), range({{spans}}) AS s(span)
      WHERE (agent_no + day) % {{kept}} = 0
    ) ORDER BY started_at
"""
_PEOPLE = {
    "queues": f"""
        SELECT 'pbx1' AS pbx, 'queue-' || n AS queue_id, 'default' AS tenant_id, 'Queue ' || n AS name,
          20.0 AS service_level_s, 5.0 AS short_abandon_s, 10.0 AS wrapup_s, 0.8 AS target, '{{}}' AS live, 1 AS version
        FROM range({QUEUES}) AS it(n)
    """,
    "agent_extensions": f"""
        SELECT 'pbx1' AS pbx, 'agent-' || n AS agent_id, 'default' AS tenant_id, 'Agent ' || n AS name,
          'PJSIP/' || (1000 + n) AS interface, (1000 + n)::VARCHAR AS extension, 'AVAILABLE' AS status,
          'available' AS state, now() AS since, '{{}}' AS live, 1 AS version
        FROM range({AGENTS}) AS it(n)
    """,
    "gaps": f"""
        SELECT 'pbx1' AS pbx, 'ami' AS source, 'closed' AS cause, start AS started_at,
          start + to_seconds((30 + n * 7 % 1800)::INTEGER) AS ended_at
        FROM (SELECT n, TIMESTAMPTZ '{START.date()} 10:00:00+00' + to_hours((n * 43)::INTEGER) AS start
              FROM range(400) AS it(n))
    """,
}
