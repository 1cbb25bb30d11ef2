"""One connection to PostgreSQL that comes back by itself, and errors that say what to do about them.

Each part that asks the database at its own time has its own `Database`: a connection is never shared. A loss is logged
once, and once the return. It knows no table.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from streams.errors import Fenced, RowsRefused, StreamsError, Unavailable, Unfit

log = logging.getLogger(__name__)

# A worker that stops inside a transaction must not keep its row locks from its successor for longer than a session
# lasts in Kafka's group; a statement of ours takes milliseconds.
OPTIONS = "-c idle_in_transaction_session_timeout=5s -c statement_timeout=20s -c timezone=UTC"
CONNECT_SECONDS = 3
FENCED = "TF001"
# SQLSTATE classes that speak of the values sent: bad data, broken constraints, a limit of PostgreSQL's own.
REFUSALS = ("22", "23", "54")
# Classes that pass: the connection, a transaction's state, conflicts, resources, an operator, the system. 42 and others
# (a missing table, a missing right) do not pass by waiting.
PASSING = ("08", "25", "40", "53", "55", "57", "58")


class Database:
    """A connection made when it is first needed. `url` is a libpq URL; it holds a password and is never logged.

    Of several in one process only one `announces` losses, or each would be told as often.
    """

    def __init__(self, url: str, announces: bool = True) -> None:
        self._url = url
        self._announces = announces
        self._connection: psycopg.AsyncConnection | None = None
        self._lost = False

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """The connection, for one piece of work. Anything that goes wrong in it, also a cancellation, closes it.

        Raises Fenced, Unavailable, RowsRefused or Unfit in the place of psycopg's errors.
        """
        try:
            yield await self._connect()
        except psycopg.Error as error:
            self.drop()
            raise self._translated(error) from error
        except BaseException:
            # Half a pipeline may be under way.
            self.drop()
            raise
        self._note(lost=False)

    def drop(self) -> None:
        """Close the connection at once; the next piece of work makes a new one."""
        if self._connection is not None:
            self._connection.pgconn.finish()
            self._connection = None

    async def _connect(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=OPTIONS,
                # A host that vanished is noticed after 11 s, about as long as Kafka's group takes to notice us.
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            )
        return self._connection

    def _translated(self, error: psycopg.Error) -> StreamsError:
        translated = translate(error)
        if isinstance(translated, Unavailable):
            self._note(lost=True, reason=str(translated))
        return translated

    def _note(self, lost: bool, reason: str = "") -> None:
        if self._announces and lost and not self._lost:
            log.warning("database is lost", extra={"reason": reason})
        elif self._announces and self._lost and not lost:
            log.info("database is back")
        self._lost = lost


def translate(error: psycopg.Error) -> StreamsError:
    """What a psycopg error means for us."""
    text = f"{type(error).__name__}: {str(error).strip()}"
    state = error.sqlstate or ""
    if state == FENCED:
        return Fenced(text)
    if state[:2] in REFUSALS:
        return RowsRefused(text)
    passes = state[:2] in PASSING if state else isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return Unavailable(text) if passes else Unfit(text)
