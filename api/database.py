"""PostgreSQL for the API: a pool, and transactions that see one tenant.

The role has no way around row-level security: without a tenant a transaction sees no rows. A server that is away does
not stop the process; the pool finds it again by itself.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection, sql
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]

# Requests are short; more connections would only queue inside PostgreSQL.
MAX_CONNECTIONS = 8
# How long a request waits for a connection, and a statement may run: beyond, the reader has gone.
WAIT_S = 3.0
STATEMENT_S = 15

# Who only listens writes nothing that would tell of a dead line, so the system asks: after some seconds of silence, and
# then so many times so often.
QUIET_S, ASK_EVERY_S, ASK_TIMES = 5, 2, 3


async def notices(url: str, channel: str) -> AsyncGenerator[str | None]:
    """What is told by NOTIFY, for ever, on a connection of its own; first None, when it begins to listen.

    Raises what the connection raises.
    """
    connecting = AsyncConnection.connect(
        url,
        autocommit=True,
        keepalives_idle=QUIET_S,
        keepalives_interval=ASK_EVERY_S,
        keepalives_count=ASK_TIMES,
    )
    async with await connecting as connection:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield None
        async for told in connection.notifies():
            yield told.payload


class Database:
    """The pool. `open()` returns at once, whether or not the server is there."""

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=AsyncConnection[DictRow],
            kwargs={"row_factory": dict_row, "options": f"-c statement_timeout={STATEMENT_S}s"},
            min_size=1,
            max_size=MAX_CONNECTIONS,
            timeout=wait_s,
            open=False,
            name="api",
        )

    async def open(self) -> None:
        """Begin to connect."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    @asynccontextmanager
    async def seeing(self, tenant: str) -> AsyncIterator[Connection]:
        """A transaction that sees this tenant's rows and no others."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT set_config('trunkline.tenant', %s, true)", [tenant])
            yield connection

    @asynccontextmanager
    async def tenantless(self) -> AsyncIterator[Connection]:
        """A transaction that sees only what belongs to no tenant."""
        async with self._pool.connection() as connection:
            yield connection

    @asynccontextmanager
    async def operating(self) -> AsyncIterator[Connection]:
        """A transaction that sees the list of all tenants, and of no tenant what it has."""
        async with self._pool.connection() as connection:
            await connection.execute("SELECT set_config('trunkline.operating', 'on', true)")
            yield connection
