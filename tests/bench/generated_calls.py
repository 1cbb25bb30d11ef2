"""Calls by the million, made by one SQL statement for each table: two years of one tenant, 96 queues, 1,200 agents.

Weekly and daily rhythm, exponential waits, a fifth abandoned, a tenth transferred. The number alone decides them.
"""

from datetime import UTC, datetime

import duckdb

START = datetime(2024, 11, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
QUEUES, AGENTS = 96, 1_200
_UNIT = "(hash(n, {}) % 1000000 / 1000000.0)"
# The hour of the day and the day of the week that a call has are drawn from few busy ones and many quiet ones.
_MOMENT = (
    "TIMESTAMPTZ '2024-11-01 00:00:00+00' + to_days((hash(n, 1) % 730)::INTEGER)"
    " + to_milliseconds(least(86399999, (8.5 + 9 * ({} + {}) / 2 + 4 * ({} - 0.5)) * 3600000)::BIGINT)"
).format(*(_UNIT.format(seed) for seed in (2, 3, 4)))


def make(connection: duckdb.DuckDBPyConnection, calls: int) -> None:
    """Fill `pg.public`'s tables, which are there and empty, through the attached PostgreSQL."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE made AS {_calls(calls)}")
    for table, query in _tables(calls).items():
        connection.execute(f"INSERT INTO pg.public.{table} BY NAME {query}")
    connection.execute("DROP TABLE made")


def _calls(calls: int) -> str:
    return f"""
        SELECT *, entered_at + to_milliseconds(wait) AS left_at,
          entered_at + to_milliseconds(wait + CASE WHEN outcome = 'answered' THEN talk + hold ELSE 0 END) AS ended_at
        FROM (
          SELECT n, 'pbx1:l' || n AS call_id, {_MOMENT} AS entered_at, 'queue-' || hash(n, 5) % {QUEUES} AS queue,
            'PJSIP/' || (1000 + hash(n, 6) % {AGENTS}) AS agent, '+49' || hash(n, 7) % 3000000 AS number,
            CASE WHEN hash(n, 8) % 100 < 80 THEN 'answered' WHEN hash(n, 8) % 100 < 96 THEN 'abandoned'
              ELSE 'timeout' END AS outcome,
            (-30000 * ln(1 - {_UNIT.format(9)}))::BIGINT AS wait, (1000 + 360000 * {_UNIT.format(10)})::BIGINT AS talk,
            (CASE WHEN hash(n, 11) % 5 = 0 THEN 60000 * {_UNIT.format(12)} ELSE 0 END)::BIGINT AS hold
          FROM range({calls}) AS it(n)
        )
    """


def _tables(calls: int) -> dict[str, str]:
    answered = "FROM made WHERE outcome = 'answered'"
    return {
        "queues": f"""
            SELECT 'pbx1' AS pbx, 'queue-' || n AS queue_id, 'default' AS tenant_id, 'Queue ' || n AS name,
              20.0 AS service_level_s, 5.0 AS short_abandon_s, 10.0 AS wrapup_s, 0.8 AS target, '{{}}' AS live,
              1 AS version FROM range({QUEUES}) AS it(n)
        """,
        "agent_extensions": f"""
            SELECT 'pbx1' AS pbx, 'agent-' || n AS agent_id, 'default' AS tenant_id, 'Agent ' || n AS name,
              'PJSIP/' || (1000 + n) AS interface, (1000 + n)::VARCHAR AS extension, 'AVAILABLE' AS status,
              'available' AS state, now() AS since, '{{}}' AS live, 1 AS version FROM range({AGENTS}) AS it(n)
        """,
        "call_sessions": """
            SELECT md5(call_id)::UUID AS id, call_id, 'pbx1' AS pbx, 'default' AS tenant_id, 'inbound' AS direction,
              number AS from_number, 'ENDED' AS status, 'final' AS certainty, entered_at AS started_at,
              CASE WHEN outcome = 'answered' THEN left_at END AS answered_at, ended_at, outcome,
              CASE WHEN outcome = 'answered' THEN agent END AS agent_id,
              CASE WHEN outcome = 'answered' THEN (talk + hold) / 1000 END AS duration, entered_at AS created_at,
              now() AS changed_at, 1 AS version FROM made ORDER BY entered_at
        """,
        "stints": """
            SELECT call_id, 0 AS ordinal, 'default' AS tenant_id, 'u' || n AS uniqueid, queue, entered_at, left_at,
              1 AS position, outcome, wait / 1000 AS wait_s, CASE WHEN outcome = 'answered' THEN agent END AS agent
            FROM made ORDER BY entered_at
        """,
        "legs": f"""
            SELECT call_id, 0 AS ordinal, 'default' AS tenant_id, 0 AS stint, agent, agent AS interface,
              left_at - INTERVAL 3 SECOND AS rang_at, left_at AS answered_at, ended_at, talk / 1000 AS talk_s,
              hold / 1000 AS hold_s, (hold > 0)::INTEGER AS holds,
              CASE WHEN n % 10 = 0 THEN 'transfer' ELSE 'caller' END AS ended_by,
              CASE WHEN n % 10 = 0 THEN 'blind' END AS transfer_kind,
              CASE WHEN n % 10 = 0 THEN (1000 + n % 2000)::VARCHAR END AS transfer_to,
              CASE WHEN n % 3 > 0 THEN 4.4 - (n % 20) / 20 END AS mos, 'e_model_rtcp' AS mos_method
            {answered} ORDER BY left_at
        """,
        "presence_intervals": f"""
            SELECT DISTINCT ON (agent_id, started_at) 'pbx1' AS pbx, 'agent-' || hash(n, 6) % {AGENTS} AS agent_id,
              'default' AS tenant_id, CASE WHEN n % 3 = 0 THEN 'available' ELSE 'on_call' END AS state, '' AS reason,
              left_at AS started_at, ended_at, now() AS changed_at
            FROM made WHERE outcome = 'answered' AND n % 4 = 0
        """,
    }
