"""All about an agent, read from PostgreSQL a page at a time, as their tenant's administrator sees it."""

from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import tuple_row

from api.admin.acting import is_plain
from api.database import Connection, Database
from api.privacy.agent_export import Agent, Place, Row
from api.privacy.store import PrivacyStore
from api.tokens import Principal

AT_ONCE = 2_000

_AGENT: LiteralString = """
SELECT a.pbx, a.agent_id, a.interface, a.extension, a.name, u.id AS user_id, u.name AS user_name, u.username, u.role,
  u.is_active, u.created_at
FROM agent_extensions a LEFT JOIN users u ON u.id = a.user_id
WHERE a.agent_id = %(agent)s OR a.pbx || ':' || a.agent_id = %(agent)s
  OR a.user_id IN (SELECT user_id FROM agent_extensions
    WHERE agent_id = %(agent)s OR pbx || ':' || agent_id = %(agent)s)
ORDER BY a.pbx, a.agent_id
"""
_SEATS: LiteralString = "(SELECT * FROM unnest(%(pbxs)s::text[], %(interfaces)s::text[]))"
_AGENTS: LiteralString = "(SELECT * FROM unnest(%(pbxs)s::text[], %(agents)s::text[]))"
# Each with the columns `at` and `key`, then those of agent_export.TABLES.
_TABLES: dict[str, LiteralString] = {
    "states.csv": f"""
SELECT started_at AS at, pbx || ' ' || agent_id AS key, ended_at, state, reason, pbx FROM presence_intervals
WHERE (pbx, agent_id) IN {_AGENTS}
""",
    "calls.csv": f"""
SELECT l.answered_at AS at, l.call_id || ' ' || l.ordinal AS key, l.ended_at, l.call_id, coalesce(q.name, s.queue),
  c.direction, l.rang_at, l.talk_s, l.hold_s, l.holds, l.ended_by, l.transfer_kind, c.disposition,
  coalesce(p.mos, l.mos)
FROM legs l JOIN call_sessions c ON c.call_id = l.call_id
  LEFT JOIN stints s ON s.call_id = l.call_id AND s.ordinal = l.stint
  LEFT JOIN queues q ON q.pbx = c.pbx AND q.queue_id = s.queue
  LEFT JOIN phone_quality p ON p.call_id = l.call_id AND p.interface = l.interface AND p.leg = l.ordinal
WHERE (c.pbx, l.interface) IN {_SEATS}
""",
    "rings.csv": f"""
SELECT r.rang_at AS at, r.call_id || ' ' || r.ordinal AS key, r.call_id, r.ring_s
FROM missed_rings r JOIN call_sessions c ON c.call_id = r.call_id WHERE (c.pbx, r.interface) IN {_SEATS}
""",
    "commands.csv": """
SELECT created_at AS at, id::text AS key, name, status, call_id FROM commands WHERE user_id = %(user)s
""",
    "sign-ins.csv": """
SELECT created_at AS at, id::text AS key, used_at, revoked_at, user_agent FROM sign_ins WHERE user_id = %(user)s
""",
    "acts.csv": """
SELECT occurred_at AS at, lpad(id::text, 20, '0') AS key, action, subject, detail FROM audit_log
WHERE tenant_id = current_tenant() AND user_id = %(user)s
""",
}


class Agents:
    """`api.privacy.agent_export.Source` on PostgreSQL."""

    def __init__(self, database: Database, store: PrivacyStore) -> None:
        self._database = database
        self.note = store.note

    async def agent(self, principal: Principal, agent_id: str) -> Agent | None:
        """The agent of this id, or of `pbx:id`, with all places of whoever that is."""
        if not is_plain(agent_id):
            return None
        async with self._database.seeing(principal.tenant) as connection:
            rows = await _dicts(connection, _AGENT, {"agent": agent_id})
        if not rows:
            return None
        first = next((row for row in rows if row["user_id"] is not None), rows[0])
        return Agent(
            name=first["user_name"] or first["name"],
            user_id=None if first["user_id"] is None else str(first["user_id"]),
            username=first["username"],
            role=first["role"],
            is_active=first["is_active"],
            created_at=first["created_at"],
            places=[Place(row["pbx"], row["agent_id"], row["interface"], row["extension"]) for row in rows],
        )

    async def rows(self, principal: Principal, agent: Agent, table: str, after: Row | None) -> list[Row]:
        """The next rows of a table, the oldest first; none behind the last."""
        values: dict[str, Any] = {
            "pbxs": [place.pbx for place in agent.places],
            "agents": [place.agent_id for place in agent.places],
            "interfaces": [place.interface for place in agent.places],
            "user": None if agent.user_id is None else UUID(agent.user_id),
            "most": AT_ONCE,
        }
        behind: LiteralString = ""
        if after is not None:
            behind = "WHERE (at, key) > (%(at)s, %(key)s)"
            values |= {"at": after[0], "key": after[1]}
        statement: LiteralString = f"SELECT * FROM ({_TABLES[table]}) AS t {behind} ORDER BY at, key LIMIT %(most)s"
        async with self._database.seeing(principal.tenant) as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            found = await (await cursor.execute(statement, values)).fetchall()
        return [(at, key, list(rest)) for at, key, *rest in found]


async def _dicts(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()
