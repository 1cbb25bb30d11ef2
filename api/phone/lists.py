"""What a page shows beside its calls: who can be called, today's calls, and how calls sounded. From PostgreSQL."""

from datetime import datetime
from typing import Any, LiteralString, Protocol

from msgspec import Struct

from api.database import Database
from api.phone.forms import PastCall, QualityBody
from api.phone.sessions import Line
from api.tokens import Principal
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue

# What a list on a screen holds.
AT_MOST = 200

_PEOPLE = (
    "SELECT live::text AS live FROM agent_extensions WHERE is_active AND pbx = %(pbx)s"
    " AND (%(find)s = '' OR name ILIKE %(like)s OR extension ILIKE %(like)s) ORDER BY name, extension LIMIT %(most)s"
)
# Whoever has an extension can be called, also before the PBX has shown them as an agent.
_MAPPED = (
    "SELECT e.interface, u.name, e.extension FROM extensions e JOIN users u ON u.id = e.user_id"
    " WHERE e.pbx = %(pbx)s AND u.is_active AND (%(find)s = '' OR u.name ILIKE %(like)s OR e.extension ILIKE %(like)s)"
    " AND NOT EXISTS (SELECT FROM agent_extensions a WHERE a.is_active AND a.pbx = e.pbx AND a.interface = e.interface)"
    " ORDER BY u.name, e.extension LIMIT %(most)s"
)
_QUEUES = (
    "SELECT live::text AS live FROM queues WHERE pbx = %(pbx)s"
    " AND (%(find)s = '' OR name ILIKE %(like)s OR queue_id ILIKE %(like)s) ORDER BY name, queue_id LIMIT %(most)s"
)
_HISTORY = """
WITH mine AS (
  SELECT l.call_id, min(l.answered_at) AS at, sum(coalesce(l.talk_s, 0)) AS talk_s, false AS missed
    FROM legs l WHERE l.interface = %(interface)s AND l.answered_at >= %(since)s GROUP BY l.call_id
  UNION ALL
  SELECT m.call_id, max(m.rang_at), 0, true FROM missed_rings m
    WHERE m.interface = %(interface)s AND m.rang_at >= %(since)s
      AND NOT EXISTS (SELECT FROM legs l WHERE l.call_id = m.call_id AND l.interface = m.interface) GROUP BY m.call_id
)
SELECT c.call_id, mine.at, c.direction, c.from_number, c.to_number, c.from_name, k.name AS contact, c.disposition,
  mine.talk_s, mine.missed,
  (SELECT s.queue FROM stints s WHERE s.call_id = c.call_id ORDER BY s.ordinal DESC LIMIT 1) AS queue
FROM mine JOIN call_sessions c ON c.call_id = mine.call_id AND c.pbx = %(pbx)s
  LEFT JOIN contacts k ON k.id = c.contact_id
ORDER BY mine.at DESC LIMIT %(most)s
"""
_QUALITY = """
INSERT INTO phone_quality (call_id, interface, leg, tenant_id, mos, loss_ratio, jitter_ms, rtt_ms, method)
SELECT l.call_id, l.interface, max(l.ordinal), %(tenant)s, %(mos)s, %(loss)s, %(jitter)s, %(rtt)s, %(method)s
FROM legs l WHERE l.call_id = %(call)s AND l.interface = %(interface)s GROUP BY l.call_id, l.interface
ON CONFLICT (call_id, interface, leg) DO UPDATE SET mos = excluded.mos, loss_ratio = excluded.loss_ratio,
  jitter_ms = excluded.jitter_ms, rtt_ms = excluded.rtt_ms, method = excluded.method, measured_at = clock_timestamp()
"""


class Mapped(Struct, frozen=True):
    """A user's place."""

    interface: str
    name: str
    extension: str


class Lists(Protocol):
    """Where it is known."""

    async def people(self, principal: Principal, pbx: str, find: str) -> list[AgentLive]:
        """The agents of a PBX whose name or extension has this in it, by name."""
        ...

    async def mapped(self, principal: Principal, pbx: str, find: str) -> list[Mapped]:
        """The users with an extension there whom no event has shown as agents yet, by name."""
        ...

    async def queues(self, principal: Principal, pbx: str, find: str) -> list[QueueLive]:
        """The queues of a PBX whose name or number has this in it, by name."""
        ...

    async def history(self, principal: Principal, line: Line, since: datetime) -> list[PastCall]:
        """The calls of a place since then, the newest first."""
        ...

    async def keep_quality(self, principal: Principal, line: Line, said: QualityBody) -> bool:
        """Keep how the place's newest leg of a call sounds; False where it has none."""
        ...


class PostgresLists:
    """`Lists` on the tables of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self, principal: Principal, pbx: str, find: str) -> list[AgentLive]:
        """The agents that fit."""
        return [decode_agent(row["live"]) for row in await self._found(principal, _PEOPLE, pbx, find)]

    async def mapped(self, principal: Principal, pbx: str, find: str) -> list[Mapped]:
        """The users with an extension that fit."""
        return [Mapped(**row) for row in await self._found(principal, _MAPPED, pbx, find)]

    async def queues(self, principal: Principal, pbx: str, find: str) -> list[QueueLive]:
        """The queues that fit."""
        return [decode_queue(row["live"]) for row in await self._found(principal, _QUEUES, pbx, find)]

    async def history(self, principal: Principal, line: Line, since: datetime) -> list[PastCall]:
        """The calls of a place since then."""
        values = {"interface": line.interface, "pbx": line.pbx, "since": since, "most": AT_MOST}
        return [_past(row) for row in await self._rows(principal, _HISTORY, values)]

    async def keep_quality(self, principal: Principal, line: Line, said: QualityBody) -> bool:
        """Keep how a leg sounds."""
        values = {
            **{"tenant": principal.tenant, "call": said.call_id, "interface": line.interface, "method": said.method},
            **{"mos": said.mos, "loss": said.loss_ratio, "jitter": said.jitter_ms, "rtt": said.rtt_ms},
        }
        async with self._database.seeing(principal.tenant) as connection:
            return (await connection.execute(_QUALITY, values)).rowcount > 0

    async def _found(self, principal: Principal, statement: LiteralString, pbx: str, find: str) -> list[dict[str, Any]]:
        like = "%" + find.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        return await self._rows(principal, statement, {"pbx": pbx, "find": find, "like": like, "most": AT_MOST})

    async def _rows(self, principal: Principal, statement: LiteralString, values: Any) -> list[dict[str, Any]]:
        async with self._database.seeing(principal.tenant) as connection:
            return await (await connection.execute(statement, values)).fetchall()


def _past(row: dict[str, Any]) -> PastCall:
    dialled = row["direction"] == "outbound"
    return PastCall(
        call_id=row["call_id"],
        at=row["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        direction=row["direction"],
        number=row["to_number"] if dialled else row["from_number"],
        name=row["contact"] or (None if dialled else row["from_name"]),
        queue=row["queue"],
        talk_s=round(float(row["talk_s"]), 3),
        disposition=row["disposition"],
        missed=row["missed"],
    )
