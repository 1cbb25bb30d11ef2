"""The cells of `agent15` that a load touches, and counting them anew from the lake's own rows.

A cell is an agent of a PBX and a quarter of an hour. Works within the load's transaction.
"""

import duckdb
import polars as pl

from warehouse.agent_rollups import AGENT_KEY, roll_agents
from warehouse.duck import Frame, bounds, fetch, has_rows, one
from warehouse.extract import CORRECTION
from warehouse.recount import QUARTER, Rollup

_QUARTER = "time_bucket(INTERVAL 15 MINUTE, {})"
# Who a row with an interface belongs to: its agent, else the interface. While agents change, to all that it may.
_WHO = "unnest(list_distinct(list_filter([interface, now_id, old_id], it -> it IS NOT NULL))) AS agent_id"
_MAYBE = """
    LEFT JOIN (SELECT pbx, interface, agent_id AS now_id FROM new_agents) USING (pbx, interface)
    LEFT JOIN (SELECT pbx, interface, agent_id AS old_id FROM lake.agents) USING (pbx, interface)
"""
_SPANS = """
    SELECT pbx, agent_id, unnest(generate_series(time_bucket(INTERVAL 15 MINUTE, started_at),
      ended_at - INTERVAL 1 MICROSECOND, INTERVAL 15 MINUTE)) AS interval_start
    FROM {} WHERE state <> 'offline' AND ended_at > started_at
"""
_NAMED = "LEFT JOIN (SELECT pbx, interface, agent_id FROM lake.agents) AS known USING (pbx, interface)"


def find_agent_cells(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `agent_cells`: those of new legs, missed rings and presence, of what they replace, and
    of agents that are reached elsewhere now. How many agents are new or different.

    Expects the tables new_…; to be called before anything is replaced.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE changed_agents AS
        (FROM new_agents EXCEPT FROM lake.agents) UNION ALL (FROM lake.agents EXCEPT FROM new_agents)
        """
    )
    changed = int(one(connection, "SELECT count(*) FROM changed_agents")[0])
    then = bounds(connection, "new_presence_intervals", "started_at")
    same = "(pbx, agent_id, started_at) IN (SELECT (pbx, agent_id, started_at) FROM new_presence_intervals)"
    parts = [_SPANS.format("new_presence_intervals")]
    if has_rows(connection, "new_presence_intervals"):
        parts.append(_SPANS.format(f"(FROM lake.presence_intervals WHERE started_at {then} AND {same})"))
    nearby = bounds(connection, "new_call_sessions", "started_at", CORRECTION)
    of_calls = f"call_started_at {nearby} AND call_id IN (SELECT call_id FROM new_call_sessions)"
    for table, time in (("legs", "answered_at"), ("missed_rings", "rang_at")):
        sources = [f"new_{table}", f"(FROM lake.{table} WHERE {of_calls})"]
        if changed:
            moved = "(pbx, interface) IN (SELECT (pbx, interface) FROM changed_agents)"
            if table == "legs":
                moved += " OR (pbx, transfer_to) IN (SELECT (pbx, extension) FROM changed_agents)"
            sources.append(f"(FROM lake.{table} WHERE {moved})")
        parts += [
            f"SELECT pbx, {_WHO}, {_QUARTER.format(time)} AS interval_start FROM {source} {_MAYBE}"
            for source in sources
        ]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE agent_cells AS {' UNION '.join(parts)}")
    return changed


def _rolled(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    first, last = one(
        connection, "SELECT min(interval_start), max(interval_start) + INTERVAL 15 MINUTE FROM month_cells"
    )
    span = bounds(connection, "month_cells", "interval_start", QUARTER)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE month_legs AS
        SELECT call_id, call_started_at FROM lake.legs {_NAMED}
        WHERE answered_at {span}
          AND (pbx, coalesce(agent_id, interface), {_QUARTER.format("answered_at")}) IN (FROM month_cells)
        """
    )
    nearby = bounds(connection, "month_legs", "call_started_at")
    mine = f"call_started_at {nearby} AND call_id IN (SELECT call_id FROM month_legs)"
    values = {"first": first, "last": last}
    rolled = roll_agents(
        fetch(
            connection,
            "SELECT tenant, pbx, agent_id, state, started_at, ended_at FROM lake.presence_intervals"
            " WHERE started_at < $last AND ended_at > $first AND state <> 'offline'"
            " AND (pbx, agent_id) IN (SELECT (pbx, agent_id) FROM month_cells)",
            values,
        ),
        fetch(
            connection,
            "SELECT call_id, tenant, pbx, interface, stint, rang_at, answered_at, talk_s, hold_s, holds, transfer_to,"
            f" mos FROM lake.legs WHERE {mine}",
        ),
        fetch(
            connection,
            "SELECT tenant, pbx, interface, rang_at FROM lake.missed_rings WHERE rang_at >= $first AND rang_at < $last",
            values,
        ),
        fetch(connection, f"SELECT call_id, entered_at FROM lake.stints WHERE {mine}"),
        fetch(connection, "SELECT pbx, interface, agent_id, extension FROM lake.agents ORDER BY ALL"),
    )
    connection.register("all_rolled", Frame(rolled))
    kept = fetch(
        connection,
        f"FROM all_rolled WHERE (pbx, agent_id, interval_start) IN (FROM month_cells) ORDER BY {', '.join(AGENT_KEY)}",
    )
    connection.unregister("all_rolled")
    return kept


_EVERY = " UNION ".join(
    [
        _SPANS.format("lake.presence_intervals"),
        *(
            f"SELECT pbx, coalesce(agent_id, interface) AS agent_id, {_QUARTER.format(time)} AS interval_start"
            f" FROM lake.{table} {_NAMED}"
            for table, time in (("legs", "answered_at"), ("missed_rings", "rang_at"))
        ),
    ]
)
AGENT15 = Rollup("agent15", ("pbx", "agent_id", "interval_start"), "agent_cells", _EVERY, _rolled)
