"""How far the topic was applied by all workers, and the word that an idle PBX is up to date. By its own connection."""

from collections.abc import Sequence

from streams.database import Database
from streams.sink import Place


class Progress:
    """Asks and tells the database about one topic of one cluster."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place

    async def total(self) -> int:
        """The sum of the next offsets of all partitions. Raises Unavailable."""
        async with self._database.connected() as connection:
            found = await (await connection.execute(_TOTAL, self._place)).fetchone()
        return int(found[0]) if found else 0

    async def offsets(self) -> dict[int, int]:
        """The next offset of each partition that anybody has begun. Raises Unavailable."""
        async with self._database.connected() as connection:
            found = await connection.execute(_OFFSETS, self._place)
            return {int(number): int(offset) for number, offset in await found.fetchall()}

    async def up_to_date(self, partitions: Sequence[int]) -> None:
        """Note that nothing of these partitions' PBXs is waiting in Kafka. Raises Unavailable."""
        if partitions:
            async with self._database.connected() as connection:
                await connection.execute(_UP_TO_DATE, (list(partitions),))


_TOTAL = "SELECT coalesce(sum(next_offset), 0) FROM sink_offsets WHERE (cluster, topic) = (%s, %s)"
_OFFSETS = "SELECT partition, next_offset FROM sink_offsets WHERE (cluster, topic) = (%s, %s)"
# A transaction of the sink may hold the row: what it writes is newer than what we know, so we do not wait for it.
_UP_TO_DATE = (
    "UPDATE pbx_health SET applied_at = clock_timestamp() WHERE pbx IN (SELECT health.pbx FROM pbx_health AS health"
    " JOIN pbx_partitions USING (pbx) WHERE partition = ANY (%s)"
    " AND applied_at < clock_timestamp() - interval '1 second' FOR UPDATE OF health SKIP LOCKED)"
)
