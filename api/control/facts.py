"""What must be known before anything is done: who is which agent, on what call, and what a name stands for.

All from PostgreSQL, tenant by tenant: what is not the tenant's is not there.
"""

from typing import Any, LiteralString, Protocol
from uuid import UUID

from msgspec import Struct

from api.database import Database
from api.errors import BadRequest
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue

# Said of a queue that is not there, and of another tenant's.
NO_QUEUE = "There is no such queue."

_SEATS: LiteralString = "SELECT live::text AS live, user_id FROM agent_extensions WHERE is_active AND "
# With the page that is the agent's phone.
_PAGES: LiteralString = (
    "SELECT live::text AS live, user_id, live_page(pbx, interface) AS page FROM agent_extensions WHERE is_active AND "
)
_BY_USER = _PAGES + "user_id = %s ORDER BY pbx, agent_id"
_BY_CALL = _PAGES + "call_id = %s ORDER BY pbx, agent_id"
# Who has the call on hold to ask somebody else is on another call meanwhile.
_HOLDING = _PAGES + (
    "call_id IS DISTINCT FROM %(call)s AND EXISTS (SELECT FROM legs l JOIN call_sessions s ON s.call_id = l.call_id"
    " WHERE l.call_id = %(call)s AND l.ended_at IS NULL AND l.interface = agent_extensions.interface"
    " AND s.pbx = agent_extensions.pbx AND s.ended_at IS NULL) ORDER BY pbx, agent_id"
)
_BY_ID = _SEATS + "agent_id = %s ORDER BY pbx"
_IN_QUEUE = _SEATS + "pbx = %s AND live->'queues' @> to_jsonb(%s::text) ORDER BY since, agent_id"
_WAITING = """
SELECT s.uniqueid, s.queue, c.pbx FROM stints s JOIN call_sessions c ON c.call_id = s.call_id
WHERE s.call_id = %s AND s.left_at IS NULL AND c.status <> 'ENDED' ORDER BY s.ordinal DESC LIMIT 1
"""
_REACHED = """
SELECT EXISTS (SELECT FROM queues WHERE pbx = %(pbx)s AND queue_id = %(name)s) AS queue,
  EXISTS (SELECT FROM agent_extensions WHERE is_active AND pbx = %(pbx)s AND extension = %(name)s)
    OR EXISTS (SELECT FROM extensions WHERE pbx = %(pbx)s AND extension = %(name)s) AS agent
"""
# Of what was not seen to its end, the queues to which it was to bring the agent: it may have taken it out of them.
_LEFT = """
SELECT CASE WHEN status = 'confirmed' THEN arguments -> 'left' ELSE arguments -> 'again' END AS queues
FROM commands WHERE pbx = %s AND interface = %s AND name = 'status' AND (status = 'confirmed' OR arguments ? 'again')
ORDER BY created_at DESC LIMIT 1
"""


class Seat(Struct, frozen=True):
    """An agent, and the user who is it. `page`: the page that is the agent's phone, where that was asked for."""

    agent: AgentLive
    user_id: str | None
    page: str | None = None


class Waiting(Struct, frozen=True):
    """A caller in a queue, by its channel."""

    pbx: str
    queue: str
    uniqueid: str


class Facts(Protocol):
    """Where it is known."""

    async def own(self, tenant: str, user_id: str) -> list[Seat]:
        """The agents that a user is."""
        ...

    async def on_call(self, tenant: str, call_id: str) -> list[Seat]:
        """The agents on a call or rung for it."""
        ...

    async def holding(self, tenant: str, call_id: str) -> list[Seat]:
        """The agents on a call who are on another one at the same time, such as a consultation."""
        ...

    async def agents(self, tenant: str, agent_id: str) -> list[Seat]:
        """The agents of this id, one on each PBX."""
        ...

    async def members(self, tenant: str, pbx: str, queue: str) -> list[AgentLive]:
        """A queue's members; first who has been in the same state for longest."""
        ...

    async def waiting(self, tenant: str, call_id: str) -> Waiting | None:
        """Where the caller of a call waits."""
        ...

    async def queue(self, tenant: str, name: str) -> QueueLive | None:
        """A queue by `QUEUE` or `PBX:QUEUE`. Raises BadRequest when several PBXs have it."""
        ...

    async def reached(self, tenant: str, pbx: str, name: str) -> str | None:
        """What a target is on a PBX: `queue`, `agent`, or None for neither."""
        ...

    async def has_contact(self, tenant: str, contact_id: str) -> bool:
        """Whether there is this contact."""
        ...

    async def left_queues(self, tenant: str, pbx: str, interface: str) -> list[str]:
        """The queues that an agent left when it went offline last, or may have been left out of since."""
        ...

    async def wrap_ups(self, tenant: str, pbx: str) -> dict[str, float]:
        """How long each queue leaves its agents alone after a call, in seconds; those that do not are left out."""
        ...


class PostgresFacts:
    """`Facts` on the live tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def own(self, tenant: str, user_id: str) -> list[Seat]:
        """The agents that a user is."""
        return await self._seats(tenant, _BY_USER, UUID(user_id))

    async def on_call(self, tenant: str, call_id: str) -> list[Seat]:
        """The agents on a call or rung for it."""
        return await self._seats(tenant, _BY_CALL, call_id)

    async def holding(self, tenant: str, call_id: str) -> list[Seat]:
        """The agents on a call who are on another one at the same time."""
        return await self._found(tenant, _HOLDING, {"call": call_id})

    async def agents(self, tenant: str, agent_id: str) -> list[Seat]:
        """The agents of this id."""
        return await self._seats(tenant, _BY_ID, agent_id)

    async def members(self, tenant: str, pbx: str, queue: str) -> list[AgentLive]:
        """A queue's members."""
        return [seat.agent for seat in await self._seats(tenant, _IN_QUEUE, pbx, queue)]

    async def waiting(self, tenant: str, call_id: str) -> Waiting | None:
        """Where the caller of a call waits."""
        rows = await self._rows(tenant, _WAITING, [call_id])
        return Waiting(rows[0]["pbx"], rows[0]["queue"], rows[0]["uniqueid"]) if rows else None

    async def queue(self, tenant: str, name: str) -> QueueLive | None:
        """A queue by `QUEUE` or `PBX:QUEUE`."""
        statement = (
            "SELECT live::text AS live FROM queues WHERE queue_id = %(name)s OR pbx || ':' || queue_id = %(name)s"
        )
        rows = await self._rows(tenant, statement, {"name": name})
        if len(rows) > 1:
            raise BadRequest("queueId: several PBXs have this queue; write PBX:QUEUE.")
        return decode_queue(rows[0]["live"]) if rows else None

    async def reached(self, tenant: str, pbx: str, name: str) -> str | None:
        """What a target is on a PBX."""
        (row,) = await self._rows(tenant, _REACHED, {"pbx": pbx, "name": name})
        return "queue" if row["queue"] else "agent" if row["agent"] else None

    async def has_contact(self, tenant: str, contact_id: str) -> bool:
        """Whether there is this contact."""
        try:
            wanted = UUID(contact_id)
        except ValueError:
            return False
        # Python reads more than PostgreSQL does, such as urn:uuid:…
        if str(wanted) != contact_id.lower():
            return False
        return bool(await self._rows(tenant, "SELECT FROM contacts WHERE id = %s", [wanted]))

    async def left_queues(self, tenant: str, pbx: str, interface: str) -> list[str]:
        """The queues that an agent left when it went offline last, or may have been left out of since."""
        rows = await self._rows(tenant, _LEFT, [pbx, interface])
        return list(rows[0]["queues"] or ()) if rows else []

    async def wrap_ups(self, tenant: str, pbx: str) -> dict[str, float]:
        """How long each queue leaves its agents alone after a call."""
        rows = await self._rows(tenant, "SELECT queue_id, wrapup_s FROM queues WHERE pbx = %s AND wrapup_s > 0", [pbx])
        return {row["queue_id"]: float(row["wrapup_s"]) for row in rows}

    async def _seats(self, tenant: str, statement: LiteralString, *values: Any) -> list[Seat]:
        return await self._found(tenant, statement, values)

    async def _found(self, tenant: str, statement: LiteralString, values: Any) -> list[Seat]:
        rows = await self._rows(tenant, statement, values)
        return [
            Seat(decode_agent(row["live"]), str(row["user_id"]) if row["user_id"] else None, row.get("page"))
            for row in rows
        ]

    async def _rows(self, tenant: str, statement: LiteralString, values: Any) -> list[dict[str, Any]]:
        async with self._database.seeing(tenant) as connection:
            return await (await connection.execute(statement, values)).fetchall()
