"""What the manager's routes read, and from where. Every method sees one tenant and nothing else."""

from datetime import datetime
from typing import Any, Protocol

from api.database import Database
from api.managers.performance import Work, read_work
from api.managers.tally_sql import read_tally
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue
from calls.tally import Tally

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
    """`ManagerStore` on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        async with self._database.seeing(tenant) as connection:
            return await read_tally(connection, start, end, interface)

    async def work(self, tenant: str, agent_id: str, start: datetime, end: datetime, now: int) -> Work | None:
        """What an agent did in [start, end)."""
        async with self._database.seeing(tenant) as connection:
            return await read_work(connection, agent_id, start, end, now)
