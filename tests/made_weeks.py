"""Weeks of a call centre on the marts, without a server: every number from a hash, so that each run makes the same.

Four queues, twelve agents in three shifts with lunch and breaks, quiet Sundays, busy Monday mornings, callers who give
up, transfers, missed rings, dispositions. Made in the lake's own tables by SQL, and published as a load would.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from made_lake import TABLES, empty_lake

from warehouse.agent_cells import find_agent_cells
from warehouse.cells import find_cells
from warehouse.dim_interval import add_months
from warehouse.load import ROLLUPS, Loaded
from warehouse.publish import publish
from warehouse.recount import recount

QUEUES = ("billing", "support", "returns", "orders")
AGENTS = (
    "Ines Moreau", "Tomas Berg", "Aiko Tanaka", "Lucia Conti", "Noah Fischer", "Jonas Weber", "Omar Said", "Mei Lin",
    "Petra Novak", "Samir Haddad", "Greta Holm", "Paul Adler",
)  # fmt: skip
_UNIT = "(hash(n, {}) % 1000000 / 1000000.0)"


def publish_weeks(data: Path, tenant: str, until: datetime, weeks: int, a_day: int = 200) -> None:
    """Publish so many weeks of calls before `until` (UTC) under a data folder, `a_day` of them on a usual day."""
    first = (until - timedelta(weeks=weeks)).replace(hour=0, minute=0, second=0, microsecond=0)
    with empty_lake() as connection:
        connection.execute("CREATE OR REPLACE TABLE pg.public.tenants AS SELECT ? AS id", [tenant])
        connection.execute(
            f"CREATE TEMP TABLE made AS {_calls(weeks * 7 * a_day, weeks * 7)}", {"first": first, "until": until}
        )
        made = _rows(tenant)
        for table in TABLES:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE new_{table} AS FROM lake.{table} LIMIT 0")
            if table in made:
                values = {"first": first, "until": until} if "$first" in made[table] else None
                connection.execute(f"INSERT INTO new_{table} BY NAME {made[table]}", values)
        find_cells(connection)
        find_agent_cells(connection)
        for table in TABLES:
            connection.execute(f"INSERT INTO lake.{table} BY NAME FROM new_{table}")
        for rollup in ROLLUPS:
            recount(connection, rollup)
        add_months(connection, _zones(), ("cells", "agent_cells"))
        publish(connection, data, Loaded(1, until))


def _zones() -> Sequence[str]:
    return ("UTC", "Europe/Berlin")


def _calls(calls: int, days: int) -> str:
    """One call a row, its hour drawn from a working day's; a Sunday keeps a tenth, a Saturday half."""
    hour = f"7 + 9 * ({_UNIT.format(2)} + {_UNIT.format(3)}) / 2 + 2 * ({_UNIT.format(4)} - 0.5)"
    return f"""
        SELECT *, entered_at + to_milliseconds(wait) AS left_at,
          entered_at + to_milliseconds(wait + CASE WHEN outcome = 'answered' THEN talk + hold ELSE 0 END) AS ended_at
        FROM (
          SELECT n, 'pbx-1:' || n AS call_id, day + to_milliseconds((hour * 3600000)::BIGINT) AS entered_at,
            ['billing', 'support', 'support', 'returns', 'billing', 'orders', 'support'][(hash(n, 5) % 7)::INTEGER + 1]
              AS queue,
            1 + (hash(n, 6) % {len(AGENTS)})::INTEGER AS agent, '+4930' || (1000000 + hash(n, 7) % 90000) AS number,
            CASE WHEN draw < 0.05 + 0.06 * (dow = 1)::INTEGER + 0.05 * (hour < 9.5)::INTEGER THEN 'abandoned'
              WHEN draw > 0.985 THEN 'timeout' ELSE 'answered' END AS outcome,
            (-(9000 + 9000 * (dow = 1)::INTEGER + 6000 * (hour < 10)::INTEGER) * ln(1 - {_UNIT.format(9)}))::BIGINT
              + 800 AS wait,
            (40000 - 190000 * ln(1 - {_UNIT.format(10)}))::BIGINT AS talk,
            (CASE WHEN hash(n, 11) % 5 = 0 THEN 60000 * {_UNIT.format(12)} ELSE 0 END)::BIGINT AS hold
          FROM (
            SELECT n, {hour} AS hour, {_UNIT.format(8)} AS draw,
              $first::TIMESTAMPTZ + to_days((hash(n, 1) % {days + 1})::INTEGER) AS day, isodow(day) AS dow
            FROM range({calls}) AS it(n)
          ) WHERE dow < 6 OR dow = 6 AND n % 2 = 0 OR n % 10 = 0
        ) WHERE entered_at < $until::TIMESTAMPTZ - INTERVAL 20 MINUTE
    """


def _rows(tenant: str) -> dict[str, str]:
    """What fills each table, by its name."""
    return _names(tenant) | _facts(tenant) | _presence(tenant)


def _facts(tenant: str) -> dict[str, str]:
    rung = "'PJSIP/' || (1001 + n % 12)"
    own = f"'{tenant}' AS tenant, 'pbx-1' AS pbx"
    of_call = f"call_id, 0 AS ordinal, {own}, entered_at AS call_started_at"
    member = "'PJSIP/' || (1000 + agent)"
    return {
        "call_sessions": f"""
            SELECT uuid() AS id, call_id, {own}, 'inbound' AS direction, number AS from_number, 'ended' AS status,
              'final' AS certainty, entered_at AS started_at,
              CASE WHEN outcome = 'answered' THEN left_at END AS answered_at,
              ended_at, outcome, CASE WHEN outcome = 'answered' THEN {member} END AS agent_id,
              CASE WHEN outcome = 'answered' THEN (talk + hold) / 1000 END AS duration,
              CASE WHEN outcome = 'answered' AND n % 4 > 0
                THEN ['solved', 'call back', 'sale'][(n % 3)::INTEGER + 1] END AS disposition,
              ended_at AS changed_at, 1 AS version FROM made
        """,
        "stints": f"""
            SELECT {of_call}, 'u' || n AS uniqueid, queue, entered_at, left_at, 1 AS position, outcome,
              wait / 1000 AS wait_s, CASE WHEN outcome = 'answered' THEN {member} END AS agent FROM made
        """,
        "legs": f"""
            SELECT {of_call}, 0 AS stint, {member} AS agent, {member} AS interface,
              left_at - INTERVAL 3 SECOND AS rang_at, left_at AS answered_at, ended_at, talk / 1000 AS talk_s,
              hold / 1000 AS hold_s, (hold > 0)::INTEGER AS holds,
              CASE WHEN n % 12 = 0 THEN 'transfer' ELSE 'caller' END AS ended_by,
              CASE WHEN n % 12 = 0 THEN 'blind' END AS transfer_kind,
              CASE WHEN n % 12 = 0 THEN '1003' END AS transfer_to
            FROM made WHERE outcome = 'answered'
        """,
        "missed_rings": f"""
            SELECT {of_call}, 0 AS stint, {rung} AS agent, {rung} AS interface,
              entered_at AS rang_at, 6.0 AS ring_s FROM made WHERE n % 17 = 0
        """,
    }


def _names(tenant: str) -> dict[str, str]:
    own = f"'{tenant}' AS tenant, 'pbx-1' AS pbx"
    queues = " UNION ALL ".join(
        f"SELECT {own}, '{queue}' AS queue, '{queue.capitalize()}' AS name, 20.0 AS service_level_s,"
        f" 5.0 AS short_abandon_s, 10.0 AS wrapup_s, {0.8 if queue != 'orders' else 0.9} AS target"
        for queue in QUEUES
    )
    agents = " UNION ALL ".join(
        f"SELECT {own}, '{name.split()[0].lower()}' AS agent_id, '{name}' AS name,"
        f" 'PJSIP/' || {1001 + n} AS interface, '{1001 + n}' AS extension"
        for n, name in enumerate(AGENTS)
    )
    return {"queues": queues, "agents": agents}


def _presence(tenant: str) -> dict[str, str]:
    own = f"'{tenant}' AS tenant, 'pbx-1' AS pbx"
    names = [name.split()[0].lower() for name in AGENTS]
    return {
        "presence_intervals": f"""
            SELECT {own}, agent_id, state, reason, day + to_minutes(begin::INTEGER) AS started_at,
              least(day + to_minutes((begin + long)::INTEGER), $until::TIMESTAMPTZ) AS ended_at, ended_at AS changed_at
            FROM (SELECT unnest({names}) AS agent_id, generate_subscripts({names}, 1) AS nth)
            CROSS JOIN (
              SELECT day, isodow(day) AS dow FROM (SELECT unnest(generate_series(date_trunc('day', $first::TIMESTAMPTZ),
                $until::TIMESTAMPTZ, INTERVAL 1 DAY)) AS day)
            )
            CROSS JOIN (SELECT number, number * 30 AS piece FROM range(16) AS it(number)),
            LATERAL (SELECT 390 + (nth % 3) * 60 + piece AS start_at) AS shift,
            LATERAL (
              SELECT start_at AS begin, 9 AS long,
                CASE WHEN number = 8 THEN 'paused' ELSE 'available' END AS state,
                CASE WHEN number = 8 THEN 'lunch' ELSE '' END AS reason
              UNION ALL SELECT start_at + 9, 14, CASE WHEN number = 8 THEN 'paused' ELSE 'on_call' END,
                CASE WHEN number = 8 THEN 'lunch' ELSE '' END
              UNION ALL SELECT start_at + 23, 3, CASE WHEN number % 5 = 2 THEN 'paused' ELSE 'wrap_up' END,
                CASE WHEN number % 5 = 2 THEN 'break' ELSE '' END
              UNION ALL SELECT start_at + 26, 4, 'available', ''
            ) AS part
            WHERE (dow < 6 OR (nth + dow) % 4 = 0) AND (nth + dow) % 7 > 0 AND day + to_minutes(begin::INTEGER) < $until
        """,
    }
