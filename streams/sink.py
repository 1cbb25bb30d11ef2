"""The exact side: offset and state from PostgreSQL, and everything that a batch changed into it, in one transaction.

Compare-and-set comes first in it, so that a worker that slept is fenced before it writes a row. Not for use by two
tasks at once. What the rows are is decided elsewhere.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import psycopg

from calls.live import CallLive, GapLive
from calls.state import State
from streams.call_rows import Rows
from streams.database import Database
from streams.errors import Fenced, RowsRefused, Unfit
from streams.partition import Advance, Attempts, Partition
from streams.parts import Part, join
from streams.statements import STATEMENTS
from streams.stored import stored_calls

_encode = msgspec.json.Encoder().encode


class Place(NamedTuple):
    """Which log: Kafka's own id of the cluster, and the topic."""

    cluster: str
    topic: str


class Sink:
    """Loads and writes the partitions of one topic of one cluster."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place

    async def load(self, number: int) -> Partition:
        """The offset of a partition with the states of the PBXs that are assigned to it, as of one point in time.

        Waits for the commit of a previous owner that is under way. Raises Unavailable.
        """
        async with self._database.connected() as connection, connection.transaction():
            place = (*self._place, number)
            new = await connection.execute(_BEGIN, place)
            offset = await _locked_offset(connection, place)
            states = await _states(connection, _STATES_OF_PARTITION, number)
            gaps = await _new_gaps(connection, (list(states), *self._place)) if new.rowcount else []
            tried = await connection.execute(_ATTEMPTS, (*place, offset))
            attempts = {row[0]: Attempts(row[1], row[2]) for row in await tried.fetchall()}
        return Partition(number, offset, states, attempts, gaps)

    async def load_state(self, partition: Partition, pbx: str) -> State:
        """The state of a PBX that came unannounced, as of the partition's offset. Raises Fenced, Unavailable."""
        async with self._database.connected() as connection, connection.transaction():
            offset = await _locked_offset(connection, (*self._place, partition.number))
            if offset != partition.next_offset:
                raise Fenced(f"partition {partition.number} is at {offset}, not at {partition.next_offset}")
            found = (await _states(connection, _STATES_OF_PBX, pbx)).get(pbx)
            return found or State(pbx=pbx, version=await _last_version(connection, pbx))

    async def just_ended(self, pbx: str) -> list[CallLive]:
        """The calls of a PBX that ended in its last minute. Raises Unavailable.

        No state holds them, and who wrote them may have died before publishing them.
        """
        async with self._database.connected() as connection:
            return await stored_calls(connection, _JUST_ENDED, (pbx, pbx, pbx))

    async def write(self, advances: Mapping[int, Advance], rows: Rows) -> None:
        """Advance the partitions and write the rows, all or nothing. Raises Fenced, Unavailable, RowsRefused, Unfit."""
        statements = filled(rows)
        async with self._database.connected() as connection, connection.pipeline():
            await connection.execute("BEGIN")
            for number, advance in sorted(advances.items()):
                await connection.execute(_ADVANCE, (*self._place, number, *advance))
                await connection.execute(_FORGET_ATTEMPTS, (*self._place, number, advance.following))
            for statement, text in statements:
                await connection.execute(statement, (text,))
            await connection.execute("COMMIT")

    async def count_attempt(self, number: int, offset: int, reason: str) -> None:
        """Note that a record could not be applied. Raises Unavailable."""
        async with self._database.connected() as connection:
            await connection.execute(_COUNT_ATTEMPT, (*self._place, number, offset, reason))


def filled(rows: Rows, statements: Mapping[str, str] = STATEMENTS) -> list[tuple[str, str]]:
    """The statements (by table) that have something to do, each with its rows as JSON. Raises RowsRefused."""
    try:
        return [(text, _encode(rows[table]).decode()) for table, text in statements.items() if rows.get(table)]
    except UnicodeError as error:
        raise RowsRefused(f"text that is not Unicode: {error}") from error


async def _new_gaps(connection: psycopg.AsyncConnection, values: tuple[Any, ...]) -> list[GapLive]:
    return [GapLive(*row) for row in await (await connection.execute(_NEW_CLUSTER, values)).fetchall()]


async def _locked_offset(connection: psycopg.AsyncConnection, place: tuple[Any, ...]) -> int:
    found = await (await connection.execute(_OFFSET, place)).fetchone()
    assert found is not None, "the row was made in this very transaction, or was there when the partition was loaded"
    return int(found[0])


async def _states(connection: psycopg.AsyncConnection, statement: str, which: int | str) -> dict[str, State]:
    rows: Iterable[tuple[str, str, str, bytes]] = await (await connection.execute(statement, (which,))).fetchall()
    return {pbx: _joined(pbx, (Part(*row[1:]) for row in group)) for pbx, group in groupby(rows, itemgetter(0))}


def _joined(pbx: str, parts: Iterable[Part]) -> State:
    try:
        return join(pbx, parts)
    except msgspec.DecodeError as error:
        raise Unfit(
            f"the stored state of PBX {pbx} is not of this version: {error}. Run the version that wrote it, or delete"
            " its rows in pbx_state: calls that are open now will then be seen from here on only."
        ) from error


async def _last_version(connection: psycopg.AsyncConnection, pbx: str) -> int:
    """Versions go on where a state was thrown away: rows and live topics keep what has the highest."""
    found = await (await connection.execute("SELECT version FROM pbx_health WHERE pbx = %s", (pbx,))).fetchone()
    return int(found[0]) if found else 0


_BEGIN = (
    "INSERT INTO sink_offsets (cluster, topic, partition, next_offset) VALUES (%s, %s, %s, 0) ON CONFLICT DO NOTHING"
)
_OFFSET = "SELECT next_offset FROM sink_offsets WHERE (cluster, topic, partition) = (%s, %s, %s) FOR SHARE"
_STATES_OF_PARTITION = (
    "SELECT pbx, kind, key, body FROM pbx_state"
    " WHERE pbx IN (SELECT pbx FROM pbx_partitions WHERE partition = %s) ORDER BY pbx"
)
_STATES_OF_PBX = "SELECT pbx, kind, key, body FROM pbx_state WHERE pbx = %s"
# Positions make what comes again harmless; what the old cluster held and we had not read is lost.
_NEW_CLUSTER = (
    "INSERT INTO gaps (pbx, source, cause, started_at, ended_at, detail)"
    " SELECT pbx, 'kafka', 'new Kafka cluster', last_event_at, now(), jsonb_build_object('cluster', later.cluster)"
    " FROM pbx_health, (SELECT %s::text[] AS pbxs, %s AS cluster, %s AS topic) AS later"
    " WHERE pbx = ANY (later.pbxs) AND EXISTS"
    " (SELECT FROM sink_offsets AS old WHERE old.topic = later.topic AND old.cluster <> later.cluster)"
    " RETURNING pbx, source, cause, floor(extract(epoch FROM started_at) * 1000)::bigint,"
    " floor(extract(epoch FROM ended_at) * 1000)::bigint, detail"
)
# Bounded on both sides, so that a PBX that went silent long ago costs no more.
_JUST_ENDED = (
    "call.pbx = %s AND call.status = 'ENDED'"
    " AND call.changed_at > (SELECT applied_at - interval '1 minute' FROM pbx_health WHERE pbx = %s)"
    " AND call.changed_at < (SELECT applied_at + interval '1 minute' FROM pbx_health WHERE pbx = %s)"
)
_ATTEMPTS = (
    'SELECT "offset", attempts, last_error FROM sink_attempts'
    ' WHERE (cluster, topic, partition) = (%s, %s, %s) AND "offset" >= %s'
)
_COUNT_ATTEMPT = (
    'INSERT INTO sink_attempts (cluster, topic, partition, "offset", attempts, last_error)'
    " VALUES (%s, %s, %s, %s, 1, %s)"
    ' ON CONFLICT (cluster, topic, partition, "offset")'
    " DO UPDATE SET attempts = sink_attempts.attempts + 1, last_error = excluded.last_error"
)
_FORGET_ATTEMPTS = 'DELETE FROM sink_attempts WHERE (cluster, topic, partition) = (%s, %s, %s) AND "offset" < %s'
_ADVANCE = "SELECT advance_offset(%s, %s, %s, %s, %s)"
