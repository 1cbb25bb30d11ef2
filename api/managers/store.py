"""What the manager's routes read, and from where. Every method sees one tenant and nothing else.

Figures of ranges are those of the published marts as far as these go (`past.py`), and PostgreSQL's beyond.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any, Protocol

from api.database import Connection, Database
from api.managers.past import EVERYTHING, Division, OpenMarts, agent_until, calls_until, divide
from api.managers.performance import Work, Worker, read_work, read_worker, together
from api.managers.tally_sql import read_tally
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue
from calls.presence import PresenceState, intervals
from calls.tally import NOTHING, Tally
from warehouse.marts import Marts, MartsMissing

_AGENTS = """
SELECT agent.live::text AS live, call.id, call.call_id, call.direction, call.from_number, call.from_name,
  call.to_number, call.status, call.started_at, call.answered_at
FROM agent_extensions agent LEFT JOIN call_sessions call ON call.call_id = agent.call_id
WHERE agent.is_active ORDER BY agent.name, agent.pbx, agent.agent_id
"""


class ManagerStore(Protocol):
    """Where the manager's figures are kept."""

    async def agents(self, tenant: str) -> list[tuple[AgentLive, dict[str, Any] | None]]:
        """All agents by name, each with the row of the call it is on."""

    async def queues(self, tenant: str) -> list[QueueLive]:
        """All queues by name."""

    async def interface(self, tenant: str, agent_id: str) -> str | None:
        """Where an agent is reached, None when the tenant has no such agent."""

    async def tally(self, tenant: str, start: datetime, end: datetime, interface: str | None) -> Tally:
        """The facts of stints that began in [start, end), of one agent's only when an interface is given."""

    async def work(self, tenant: str, agent_id: str, start: datetime, end: datetime, now: int) -> Work | None:
        """What an agent did in [start, end), as of `now`; None when the tenant has no such agent."""


class PostgresManagerStore:
    """`ManagerStore` on PostgreSQL and the marts that `open_marts` gives of a tenant."""

    def __init__(self, database: Database, open_marts: OpenMarts) -> None:
        self._database, self._open_marts = database, open_marts

    async def agents(self, tenant: str) -> list[tuple[AgentLive, dict[str, Any] | None]]:
        """All agents by name."""
        async with self._database.seeing(tenant) as connection:
            rows = await (await connection.execute(_AGENTS)).fetchall()
        return [(decode_agent(row["live"]), row if row["id"] is not None else None) for row in rows]

    async def queues(self, tenant: str) -> list[QueueLive]:
        """All queues by name."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute("SELECT live::text AS live FROM queues ORDER BY name, pbx, queue_id")
            return [decode_queue(row["live"]) for row in await found.fetchall()]

    async def interface(self, tenant: str, agent_id: str) -> str | None:
        """Where an agent is reached."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute(
                "SELECT interface FROM agent_extensions WHERE agent_id = %s LIMIT 1", [agent_id]
            )
            row = await found.fetchone()
        return None if row is None else row["interface"]

    async def tally(self, tenant: str, start: datetime, end: datetime, interface: str | None) -> Tally:
        """The facts of stints that began in [start, end)."""
        marts = self._open_marts(tenant)
        async with self._database.seeing(tenant) as connection:
            part = divide(start, end, await calls_until(connection, marts))
            tally = await _fresh(connection, part, interface)
        if not part.is_past:
            return tally
        try:
            return tally + await asyncio.to_thread(marts.tally, part.first, part.last, interface)
        except MartsMissing:  # away since: what they had is in PostgreSQL, too
            async with self._database.seeing(tenant) as connection:
                return await read_tally(connection, start, end, interface)

    async def work(self, tenant: str, agent_id: str, start: datetime, end: datetime, now: int) -> Work | None:
        """What an agent did in [start, end)."""
        marts = self._open_marts(tenant)
        async with self._database.seeing(tenant) as connection:
            if (worker := await read_worker(connection, agent_id)) is None:
                return None
            until = await agent_until(connection, marts, worker.agent.pbx, agent_id, worker.interface)
            part = divide(start, end, min(until, _lasting_since(worker, now)))
            work = await read_work(connection, worker, part, now)
        if not part.is_past:
            return work
        try:
            return await asyncio.to_thread(_with_past, marts, work, part)
        except MartsMissing:
            async with self._database.seeing(tenant) as connection:
                return await read_work(connection, worker, Division(start, end, end, end), now)


async def _fresh(connection: Connection, part: Division, interface: str | None) -> Tally:
    tally = NOTHING
    for start, end in part.fresh:
        tally = tally + await read_tally(connection, start, end, interface)
    return tally


def _lasting_since(worker: Worker, now: int) -> datetime:
    """Since when the agent is in a state that is not written down yet."""
    lasting = [it.start for it in intervals(worker.presence, now) if it.state is not PresenceState.OFFLINE]
    return datetime.fromtimestamp(min(lasting) / 1000, UTC) if lasting else EVERYTHING


def _with_past(marts: Marts, work: Work, part: Division) -> Work:
    who = (work.agent.pbx, work.agent.id)
    done = marts.agent_tally(*who, part.first, part.last)
    return together(work, done, marts.filed(*who, part.first, part.last))
