"""Tells users' sockets what came of their commands, whichever process had them in hand.

PostgreSQL says which row has changed, to every process; one that has a socket of the row's user open reads it and tells
it. What was missed while PostgreSQL was away is made good when it is back.
"""

from collections.abc import AsyncIterator, Sequence
from typing import LiteralString, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from api.control.commands import command_form
from api.control.store import CommandStore
from api.database import Database, notices
from api.live.client import Client
from api.live.hub import Hub
from api.live.messages import COMMAND_UPDATED, message

CHANNEL = "trunkline_commands"
# What is made good at most: whoever was without word for longer looks by itself.
MISSED_MINUTES = 5

_MISSED: LiteralString = """
SELECT id FROM commands WHERE user_id = ANY(%s)
  AND coalesce(settled_at, sent_at, created_at) > now() - make_interval(mins => %s) ORDER BY created_at
"""


class Changed(Struct, frozen=True):
    """A row that has changed, and whose it is."""

    id: UUID
    tenant: str
    user: str


class Telegraph(Protocol):
    """Where it is heard that rows change."""

    def changes(self) -> AsyncIterator[Changed | None]:
        """The changes, for ever; first None, when it begins to listen. Raises what the connection raises."""
        ...

    async def missed(self, tenant: str, users: Sequence[str]) -> list[UUID]:
        """The commands of these users that were written or settled a short while ago."""
        ...


class PostgresTelegraph:
    """`Telegraph` by LISTEN, on a connection of its own."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url

    async def changes(self) -> AsyncIterator[Changed | None]:
        """The changes, for ever."""
        async for told in notices(self._url, CHANNEL):
            yield None if told is None else msgspec.json.decode(told, type=Changed)

    async def missed(self, tenant: str, users: Sequence[str]) -> list[UUID]:
        """The commands of these users of a short while ago."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute(_MISSED, [[UUID(each) for each in users], MISSED_MINUTES])
            return [row["id"] for row in await found.fetchall()]


class CommandNews:
    """Tells the sockets of this process."""

    def __init__(self, telegraph: Telegraph, store: CommandStore, hub: Hub) -> None:
        self._telegraph = telegraph
        self._store = store
        self._hub = hub
        self._listened = False

    async def run(self) -> None:
        """Listen and tell, until the connection breaks."""
        async for changed in self._telegraph.changes():
            if changed is None:
                await self._make_good()
            elif clients := self._clients(changed.tenant, changed.user):
                await self._tell(changed.tenant, changed.id, clients)

    async def _make_good(self) -> None:
        """Who listens for the first time has missed nothing."""
        if self._listened:
            for tenant in self._hub.tenants:
                users = sorted({each.principal.user_id for each in self._hub.clients if each.tenant == tenant})
                for command_id in await self._telegraph.missed(tenant, users):
                    await self._tell(tenant, command_id, None)
        self._listened = True

    async def _tell(self, tenant: str, command_id: UUID, clients: list[Client] | None) -> None:
        command = await self._store.find(tenant, command_id)
        if command is None:
            return
        if clients is None:
            clients = self._clients(tenant, command.user_id)
        told = (message(COMMAND_UPDATED, command_form(command)),)
        for client in clients:
            client.tell(told)

    def _clients(self, tenant: str, user: str) -> list[Client]:
        """The open sockets of one user."""
        return [each for each in self._hub.clients if (each.tenant, each.principal.user_id) == (tenant, user)]
