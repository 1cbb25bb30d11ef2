"""Commands in PostgreSQL, which decides: each step is a compare-and-set, and whoever made it may do what follows."""

from typing import Any, LiteralString, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from api.control.commands import FOLLOWS, Command, CommandStatus, Verdict
from api.database import Connection, Database
from api.errors import BadRequest, Conflict
from api.tokens import Principal

BUSY = "Agent is already on a call"
# How long a key of the caller's stands for its command.
KEY_HOURS = 24

_COLUMNS: LiteralString = (
    "id, tenant_id, user_id, name, arguments, status, detail, pbx, call_id, interface, channel, created_at, settled_at"
)
_BY_KEY: LiteralString = f"SELECT {_COLUMNS}, body_hash FROM commands WHERE user_id = %s AND idempotency_key = %s"
_FORGET_KEY = (
    "UPDATE commands SET idempotency_key = NULL WHERE user_id = %s AND idempotency_key = %s"
    " AND created_at < now() - make_interval(hours => %s)"
)
_INSERT: LiteralString = (
    "INSERT INTO commands (id, tenant_id, user_id, name, arguments, pbx, call_id, interface, channel, owner, due_at,"
    " idempotency_key, body_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " clock_timestamp() + make_interval(secs => %s), %s, %s)"
    " ON CONFLICT (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING"
    f" RETURNING {_COLUMNS}"
)
# A call that was made for the agent a moment ago, which the live state may not have heard of yet.
_DIALLED = """
SELECT FROM commands c LEFT JOIN call_sessions s ON s.call_id = c.call_id
WHERE c.pbx = %s AND c.interface = %s AND c.name = 'dial' AND c.status = 'confirmed'
  AND c.settled_at > now() - interval '5 seconds' AND (s.status IS NULL OR s.status <> 'ENDED')
  AND NOT EXISTS (SELECT FROM legs l WHERE l.call_id = c.call_id AND l.interface = c.interface
    AND l.ended_at IS NOT NULL) LIMIT 1
"""
_TAKE: LiteralString = (
    "UPDATE commands SET status = 'sent', sent_at = clock_timestamp()"
    " WHERE id = %s AND status = 'accepted' RETURNING id"
)
_SETTLE: LiteralString = (
    "UPDATE commands SET status = %s, detail = %s, settled_at = clock_timestamp()"
    f" WHERE id = %s AND status = ANY(%s) RETURNING {_COLUMNS}"
)
# Who takes a left command in hand has it for as long as it may take; whoever comes second finds another owner.
_CLAIM: LiteralString = (
    "UPDATE commands SET owner = %s, due_at = clock_timestamp() + make_interval(secs => %s)"
    f" WHERE id = %s AND owner = %s AND status IN ('accepted', 'sent') RETURNING {_COLUMNS}"
)


class Ask(Struct, frozen=True):
    """Who asks, from which process (`owner`), with what key and what hash of the body."""

    principal: Principal
    owner: UUID
    key: str | None = None
    body_hash: bytes | None = None


class Wish(Struct, frozen=True):
    """A command to be written down. It is settled by its owner within `within_s`."""

    id: UUID
    name: str
    arguments: dict[str, Any]
    pbx: str
    call_id: str | None
    interface: str | None
    channel: str | None
    within_s: float


class CallEnd(Struct, frozen=True):
    """What the calls' own record says of a call: whether an agent was on it, and whether it is over."""

    answered: bool
    over: bool


class Left(Struct, frozen=True):
    """A command that nobody settles."""

    id: UUID
    tenant: str
    owner: UUID


class CommandStore(Protocol):
    """Where commands are kept. What does not say otherwise sees one tenant."""

    async def earlier(self, ask: Ask) -> Command | None:
        """The command that this key stood for before. Raises Conflict when it came with another body."""
        ...

    async def accept(self, ask: Ask, wish: Wish) -> tuple[Command, bool]:
        """Write it down: the command, and whether it is a new one. Raises BadRequest for a second dial at once."""
        ...

    async def take(self, command: Command) -> bool:
        """Move it to `sent`. Whoever gets True may write the action, once."""
        ...

    async def settle(self, command: Command, verdict: Verdict, *, unsent: bool = False) -> Command | None:
        """Say what came of it; None when somebody else did before, or, if `unsent`, somebody has sent it."""
        ...

    async def find(self, tenant: str, command_id: UUID) -> Command | None:
        """A command of this tenant."""
        ...

    async def last_transfer(self, tenant: str, channel: str) -> Command | None:
        """The last transfer by a channel that was confirmed, or its cancelling or completion."""
        ...

    async def call_end(self, tenant: str, call_id: str) -> CallEnd | None:
        """What is known of a call, None when nothing is."""
        ...

    async def lives(self, owner: UUID) -> None:
        """This process is there and settles what it took."""
        ...

    async def left(self, at_most: int) -> list[Left]:
        """Commands whose process is there no more, or should have settled them long ago, of all tenants."""
        ...

    async def claim(self, left: Left, owner: UUID, within_s: float) -> Command | None:
        """Take a left command in hand; None when somebody else did, or it is settled."""
        ...

    async def given_up(self, command_ids: list[UUID]) -> set[UUID]:
        """Of these dials those that have failed, of all tenants."""
        ...

    async def forget(self) -> None:
        """Throw away what was settled long ago, of all tenants."""
        ...


class PostgresCommands:
    """`CommandStore` on the table `commands`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def earlier(self, ask: Ask) -> Command | None:
        """The command that this key stood for before."""
        if ask.key is None:
            return None
        async with self._database.seeing(ask.principal.tenant) as connection:
            return await _earlier(connection, ask)

    async def accept(self, ask: Ask, wish: Wish) -> tuple[Command, bool]:
        """Write it down."""
        principal = ask.principal
        values = [
            *(wish.id, principal.tenant, UUID(principal.user_id), wish.name),
            Jsonb(msgspec.to_builtins(wish.arguments)),
            *(wish.pbx, wish.call_id, wish.interface, wish.channel, ask.owner, wish.within_s, ask.key, ask.body_hash),
        ]
        try:
            async with self._database.seeing(principal.tenant) as connection:
                if wish.name == "dial" and await _exists(connection, _DIALLED, wish.pbx, wish.interface):
                    raise BadRequest(BUSY)
                row = await (await connection.execute(_INSERT, values)).fetchone()
        except UniqueViolation:
            row = None
        if row is not None:
            return _command(row), True
        # The same key at the same moment, in another process perhaps; or another dial for the same agent.
        found = await self.earlier(ask)
        if found is None:
            raise BadRequest(BUSY)
        return found, False

    async def take(self, command: Command) -> bool:
        """Move it to `sent`."""
        async with self._database.seeing(command.tenant) as connection:
            return await _exists(connection, _TAKE, command.id)

    async def settle(self, command: Command, verdict: Verdict, *, unsent: bool = False) -> Command | None:
        """Say what came of it."""
        before = [each.value for each, following in FOLLOWS.items() if verdict.status in following]
        before = [CommandStatus.ACCEPTED.value] if unsent else before
        async with self._database.seeing(command.tenant) as connection:
            values = [verdict.status.value, verdict.detail, command.id, before]
            row = await (await connection.execute(_SETTLE, values)).fetchone()
        return None if row is None else _command(row)

    async def find(self, tenant: str, command_id: UUID) -> Command | None:
        """A command of this tenant."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute(f"SELECT {_COLUMNS} FROM commands WHERE id = %s", [command_id])
            row = await found.fetchone()
        return None if row is None else _command(row)

    async def last_transfer(self, tenant: str, channel: str) -> Command | None:
        """The last transfer by a channel that was confirmed, or its cancelling or completion."""
        statement: LiteralString = (
            f"SELECT {_COLUMNS} FROM commands WHERE channel = %s AND name LIKE 'transfer%%' AND status = 'confirmed'"
            " ORDER BY settled_at DESC LIMIT 1"
        )
        async with self._database.seeing(tenant) as connection:
            row = await (await connection.execute(statement, [channel])).fetchone()
        return None if row is None else _command(row)

    async def call_end(self, tenant: str, call_id: str) -> CallEnd | None:
        """What is known of a call."""
        statement = (
            "SELECT status = 'ENDED' AS over, EXISTS (SELECT FROM legs WHERE legs.call_id = s.call_id) AS answered"
            " FROM call_sessions s WHERE s.call_id = %s"
        )
        async with self._database.seeing(tenant) as connection:
            row = await (await connection.execute(statement, [call_id])).fetchone()
        return None if row is None else CallEnd(row["answered"], row["over"])

    async def lives(self, owner: UUID) -> None:
        """This process is there."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT owner_lives(%s)", [owner])

    async def left(self, at_most: int) -> list[Left]:
        """Commands that nobody settles."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM left_commands(%s)", [at_most])).fetchall()
        return [Left(row["id"], row["tenant_id"], row["owner"]) for row in rows]

    async def claim(self, left: Left, owner: UUID, within_s: float) -> Command | None:
        """Take a left command in hand."""
        async with self._database.seeing(left.tenant) as connection:
            row = await (await connection.execute(_CLAIM, [owner, within_s, left.id, left.owner])).fetchone()
        return None if row is None else _command(row)

    async def given_up(self, command_ids: list[UUID]) -> set[UUID]:
        """Of these dials those that have failed."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM given_up(%s)", [command_ids])).fetchall()
        return {row["id"] for row in rows}

    async def forget(self) -> None:
        """Throw away what was settled long ago."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_commands()")


async def _earlier(connection: Connection, ask: Ask) -> Command | None:
    user = UUID(ask.principal.user_id)
    await connection.execute(_FORGET_KEY, [user, ask.key, KEY_HOURS])
    row = await (await connection.execute(_BY_KEY, [user, ask.key])).fetchone()
    if row is None:
        return None
    if row["body_hash"] != ask.body_hash:
        raise Conflict("Idempotency-Key: it came with another request before. Take a new key for a new request.")
    return _command(row)


async def _exists(connection: Connection, statement: LiteralString, *values: Any) -> bool:
    return await (await connection.execute(statement, values)).fetchone() is not None


def _command(row: dict[str, Any]) -> Command:
    return Command(
        id=row["id"],
        tenant=row["tenant_id"],
        user_id=str(row["user_id"]),
        name=row["name"],
        arguments=row["arguments"],
        status=CommandStatus(row["status"]),
        detail=row["detail"],
        pbx=row["pbx"],
        call_id=row["call_id"],
        interface=row["interface"],
        channel=row["channel"],
        created_at=row["created_at"],
        settled_at=row["settled_at"],
    )
