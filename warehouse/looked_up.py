"""Marts of single things, looked up in PostgreSQL by its indexes: one call's trace, what an agent did on a day.

The SQL is the mart's own file, with the tables of PostgreSQL under the names that it reads. Sees one tenant.
"""

from typing import Any

import polars as pl
import psycopg
from psycopg.rows import dict_row

from warehouse.errors import BadRange, LakeUnavailable
from warehouse.mart_models import MartModel
from warehouse.mart_reports import Asked, in_zone
from warehouse.scopes import scoped

_MINE = "WHERE tenant_id = %(tenant)s AND call_id = %(call)s"
_AGENT = """
    SELECT pbx, agent_id, interface FROM agent_extensions WHERE tenant_id = %(tenant)s AND agent_id = ANY(%(agents)s)
"""
_OF_AGENT = f"JOIN ({_AGENT}) AS mine ON mine.pbx = call.pbx AND mine.interface = part.interface"
_REACHED = f"part.interface IN (SELECT interface FROM ({_AGENT}) AS reached)"
RELATIONS = {
    "traced_calls": f"SELECT * FROM call_sessions {_MINE}",
    "traced_stints": f"SELECT * FROM stints {_MINE}",
    "traced_missed": f"SELECT * FROM missed_rings {_MINE}",
    "traced_legs": f"SELECT * FROM legs {_MINE}",
    "traced_recordings": f"SELECT * FROM recordings {_MINE}",
    "timeline_states": "SELECT * FROM presence_intervals WHERE tenant_id = %(tenant)s AND agent_id = ANY(%(agents)s)"
    " AND started_at < %(end)s AND ended_at > %(start)s",
    "timeline_legs": "SELECT part.*, call.pbx, mine.agent_id FROM legs AS part"
    f" JOIN call_sessions AS call USING (call_id) {_OF_AGENT} WHERE part.tenant_id = %(tenant)s AND {_REACHED}"
    " AND part.answered_at < %(end)s AND coalesce(part.ended_at, %(end)s) > %(start)s"
    " AND part.answered_at > %(start)s::timestamptz - interval '1 day'",
    "timeline_missed": "SELECT part.*, call.pbx, mine.agent_id FROM missed_rings AS part"
    f" JOIN call_sessions AS call USING (call_id) {_OF_AGENT} WHERE part.tenant_id = %(tenant)s AND {_REACHED}"
    " AND part.rang_at >= %(start)s AND part.rang_at < %(end)s",
}


def look_up(database: str, tenant: str, mart: MartModel, asked: Asked) -> pl.DataFrame:
    """The mart's rows, by times in the asked zone. `database` is a postgresql:// URL.

    Raises BadRange when nothing single is asked for, LakeUnavailable when the database does not answer.
    """
    if "call" in mart.options and not asked.call:
        raise BadRange("Say which call: --call ID. `trunkline calls` lists them.")
    if "agent" in mart.options and not asked.agents:
        raise BadRange("Say which agent: --agent ID.")
    values: dict[str, Any] = {
        "tenant": tenant, "call": asked.call, "agents": list(asked.agents or ()), "start": asked.start, "end": asked.end
    }  # fmt: skip
    text = scoped(mart.select(), RELATIONS).encode()
    try:
        with psycopg.connect(database, connect_timeout=5, row_factory=dict_row) as connection:
            rows = connection.execute(text, values).fetchall()
    except psycopg.OperationalError as error:
        raise LakeUnavailable(f"The database does not answer: {error}\n`trunkline up` starts it.") from error
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=dict.fromkeys(mart.columns))
    return in_zone(frame, asked.timezone)
