"""Live state as PostgreSQL has it, where a feed begins: the very messages that were published are stored there."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

import msgspec

from api.database import Database
from calls.live import AgentLive, QueueLive, decode_agent, decode_queue

T = TypeVar("T")

log = logging.getLogger("api.live.snapshot")


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
        async with self._database.operating() as connection:
            tenants = await (await connection.execute("SELECT id FROM tenants ORDER BY id")).fetchall()
        for tenant in tenants:
            async with self._database.seeing(tenant["id"]) as connection:
                found = await connection.execute("SELECT live::text AS live FROM agent_extensions WHERE is_active")
                agents.extend(_understood(decode_agent, await found.fetchall()))
                found = await connection.execute("SELECT live::text AS live FROM queues")
                queues.extend(_understood(decode_queue, await found.fetchall()))
        return agents, queues


def _understood(decode: Callable[[str], T], rows: list[dict[str, Any]]) -> Iterator[T]:
    for row in rows:
        try:
            yield decode(row["live"])
        except msgspec.DecodeError as error:
            # A row that another release wrote is written anew with its next change; the others must not wait for that.
            log.error("a row of live state was not understood", extra={"error": str(error)})
