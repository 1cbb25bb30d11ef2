"""What agents have to say of calls, and what is known of a call for those who act on it."""

from typing import Any, LiteralString

from api.control.forms import CallForm, DispositionForm, Dispositions, NotesForm
from api.control.legs import NO_CALL
from api.database import Connection, Database
from api.errors import BadRequest, NotFound
from api.roles import Role
from api.tokens import Principal

# Agents see the calls that they are or were on.
_FOUND: LiteralString = """
SELECT s.id, s.call_id, s.status, s.direction, s.from_number, s.to_number, s.contact_id, s.notes, s.disposition
FROM call_sessions s WHERE s.call_id = %(call)s AND (%(all)s OR EXISTS (
  SELECT FROM agent_extensions a WHERE a.user_id = %(user)s AND a.pbx = s.pbx AND (a.call_id = s.call_id
    OR a.agent_id = s.agent_id
    OR EXISTS (SELECT FROM legs l WHERE l.call_id = s.call_id AND l.interface = a.interface))))
"""
# What was done last decides; a leg that is over takes its muting with it.
_MUTED = """
SELECT coalesce((SELECT (arguments ->> 'muted')::boolean FROM commands c WHERE c.call_id = %(call)s AND c.name = 'mute'
  AND c.status = 'confirmed' AND EXISTS (SELECT FROM agent_extensions a
    WHERE a.live -> 'call' ->> 'uniqueid' = c.channel AND a.call_id = c.call_id)
  ORDER BY c.settled_at DESC LIMIT 1), false) AS muted,
  EXISTS (SELECT FROM recordings r WHERE r.call_id = %(call)s AND r.ended_at IS NULL) AS recording
"""
_WRITE = """
UPDATE call_sessions SET notes = %s, disposition = coalesce(%s, disposition), changed_at = clock_timestamp()
WHERE call_id = %s RETURNING id, call_id, notes, disposition
"""


class Notebook:
    """Notes and dispositions in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, principal: Principal, call_id: str, notes: str, disposition: str | None) -> NotesForm:
        """Keep notes and disposition of a call, also of one that is over. Raises NotFound, BadRequest for no code."""
        async with self._database.seeing(principal.tenant) as connection:
            await _find(connection, principal, call_id)
            if disposition is not None:
                known = "SELECT FROM dispositions WHERE code = %s AND is_active"
                if await (await connection.execute(known, [disposition])).fetchone() is None:
                    raise BadRequest("disposition: there is no such code.")
            row = await (await connection.execute(_WRITE, [notes, disposition, call_id])).fetchone()
        if row is None:
            raise NotFound(NO_CALL)
        return NotesForm(row["call_id"], str(row["id"]), row["notes"], row["disposition"])

    async def call(self, principal: Principal, call_id: str) -> CallForm:
        """A call as those who act on it see it. Raises NotFound."""
        async with self._database.seeing(principal.tenant) as connection:
            row = await _find(connection, principal, call_id)
            state = await (await connection.execute(_MUTED, {"call": call_id})).fetchone() or {}
        return CallForm(
            call_id=row["call_id"],
            call_session_id=str(row["id"]),
            status=row["status"],
            direction=row["direction"],
            from_number=row["from_number"],
            to_number=row["to_number"],
            contact_id=str(row["contact_id"]) if row["contact_id"] else None,
            notes=row["notes"],
            disposition=row["disposition"],
            muted=bool(state.get("muted")),
            recording=bool(state.get("recording")),
        )

    async def dispositions(self, principal: Principal) -> Dispositions:
        """The codes that are offered."""
        statement = "SELECT code, title FROM dispositions WHERE is_active ORDER BY title, code"
        async with self._database.seeing(principal.tenant) as connection:
            rows = await (await connection.execute(statement)).fetchall()
        return Dispositions([DispositionForm(row["code"], row["title"]) for row in rows])


async def _find(connection: Connection, principal: Principal, call_id: str) -> dict[str, Any]:
    if call_id.isprintable():
        wanted = {"call": call_id, "all": principal.role is not Role.AGENT, "user": principal.user_id}
        row = await (await connection.execute(_FOUND, wanted)).fetchone()
        if row is not None:
            return row
    raise NotFound(NO_CALL)
