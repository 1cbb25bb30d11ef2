"""Live state as PostgreSQL has it, where a feed begins: the very messages that were published are stored there."""

from typing import Protocol

from api.database import Database
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue


class SnapshotStore(Protocol):
    """Where the last state of everything is kept."""

    async def load(self) -> tuple[list[AgentLive], list[QueueLive]]:
        """All agents and queues of all tenants."""


class PostgresSnapshot:
    """`SnapshotStore` on `agent_extensions` and `queues`, tenant by tenant, as row-level security wants it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> tuple[list[AgentLive], list[QueueLive]]:
        """All agents and queues of all tenants."""
        agents: list[AgentLive] = []
        queues: list[QueueLive] = []
        async with self._database.tenantless() as connection:
            tenants = await (await connection.execute("SELECT id FROM tenants ORDER BY id")).fetchall()
        for tenant in tenants:
            async with self._database.seeing(tenant["id"]) as connection:
                found = await connection.execute("SELECT live::text AS live FROM agent_extensions WHERE is_active")
                agents.extend([decode_agent(row["live"]) for row in await found.fetchall()])
                found = await connection.execute("SELECT live::text AS live FROM queues")
                queues.extend([decode_queue(row["live"]) for row in await found.fetchall()])
        return agents, queues
