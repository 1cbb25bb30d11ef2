"""The order of things: what Kafka delivers is applied exactly once, whatever died, slept or was skipped in between.

A delivery before the expected offset is a duplicate and is skipped; one beyond it means that records were skipped,
which are read from the log first. One lock: applying, seeking and healing never overlap. On `Retry` everything held is
dropped and loaded again, and the same deliveries are applied again, for as long as their partition is ours. Every other
error is the caller's, who must end the process: an exception that is swallowed would be acknowledged to Kafka.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Protocol, TypeVar

from streams.committer import Committer, Publish, SinkLike
from streams.errors import Fenced, PoisonRecord, Retry
from streams.meters import Meters
from streams.partition import Delivery, Partition
from streams.work import Reducer

log = logging.getLogger(__name__)

# Between two attempts to reach the database: short for a blink, and not ten times a second during an outage.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0

T = TypeVar("T")


class LogLike(Protocol):
    """What is asked of the log; `event_log.EventLog` in the process."""

    def read(self, number: int, start: int, end: int) -> AsyncGenerator[list[Delivery], None]: ...


class Processor:
    """Applies deliveries. `owned` gives the partitions that are ours now, `publish` takes what is to be published."""

    def __init__(
        self,
        sink: SinkLike,
        events: LogLike,
        reducer: Reducer,
        owned: Callable[[], frozenset[int]],
        publish: Publish,
        meters: Meters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._events = events
        self._owned = owned
        self._meters = meters
        self._clock = clock
        self._committer = Committer(sink, reducer, publish, meters, clock)
        self._lock = asyncio.Lock()
        self._held: dict[int, Partition] = {}

    def forget(self) -> None:
        """Partitions were revoked. A transaction under way keeps what it holds; the database decides on it."""
        self._held.clear()

    async def take_over(self, partitions: Iterable[int]) -> dict[int, int]:
        """The offsets to read on from. Loads these partitions anew and publishes all that is live in them."""
        wanted = sorted(partitions)

        async def load() -> dict[int, int]:
            self.forget()
            for number in wanted:
                await self._committer.publish_all(await self._partition(number))
            return {number: (await self._partition(number)).next_offset for number in wanted}

        return await self._persist(load)

    async def held(self, partitions: Iterable[int]) -> dict[int, Partition]:
        """The partitions as of their last commit, loaded where they are not."""
        wanted = sorted(partitions)

        async def look() -> dict[int, Partition]:
            return {number: await self._partition(number) for number in wanted}

        return await self._persist(look)

    async def apply(self, deliveries: Sequence[Delivery]) -> None:
        """Apply deliveries, in order per partition. Returns when all is committed, or belongs to somebody else.

        Raises PoisonRecord, having counted the attempt, and whatever else must end the process.
        """
        await self._persist(lambda: self._apply([it for it in deliveries if it.partition in self._owned()]))

    async def heal(self, number: int, end: int) -> None:
        """Apply what the log holds of a partition up to `end` and nobody delivered. Raises as `apply` does."""

        async def fill() -> None:
            if number in self._owned():
                await self._heal(await self._partition(number), end)

        await self._persist(fill)

    async def _persist(self, piece: Callable[[], Awaitable[T]]) -> T:
        async with self._lock:
            pause = FIRST_PAUSE
            while True:
                try:
                    return await piece()
                except Retry as error:
                    self._note(error)
                except PoisonRecord as poison:
                    await self._sink.count_attempt(poison.partition, poison.offset, poison.reason)
                    raise
                except BaseException:
                    # A cancellation leaves open whether the commit happened.
                    self.forget()
                    raise
                self.forget()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    def _note(self, error: Retry) -> None:
        # An outage is logged by the connection itself, once.
        if isinstance(error, Fenced):
            self._meters.fenced.inc()
            log.warning("fenced", extra={"reason": str(error)})

    async def _partition(self, number: int) -> Partition:
        partition = self._held.get(number)
        if partition is None:
            partition = await self._sink.load(number)
            partition.moved_at = self._clock()
            self._held[number] = partition
        return partition

    async def _apply(self, deliveries: Sequence[Delivery]) -> None:
        # What a rebalance drops in the middle stays ours to the end of this call: one object per partition.
        held: dict[int, Partition] = {}
        following: dict[int, int] = {}
        run: list[Delivery] = []
        for delivery in deliveries:
            number = delivery.partition
            if number not in held:
                held[number] = await self._partition(number)
                following[number] = held[number].next_offset
            if delivery.offset < following[number]:
                self._meters.duplicates.inc()
                continue
            if delivery.offset > following[number]:
                await self._commit(held, run)
                run = []
                await self._heal(held[number], delivery.offset)
            run.append(delivery)
            following[number] = delivery.offset + 1
        await self._commit(held, run)

    async def _commit(self, held: dict[int, Partition], run: Sequence[Delivery]) -> None:
        if run:
            await self._committer.commit(held, run)

    async def _heal(self, partition: Partition, end: int) -> None:
        """Read [next offset, end) from the log itself and apply it; what the log no longer holds becomes a gap."""
        start = partition.next_offset
        if start >= end:
            return
        log.warning("reading what was skipped", extra={"partition": partition.number, "from": start, "to": end})
        async with aclosing(self._events.read(partition.number, start, end)) as chunks:
            async for chunk in chunks:
                await self._commit({partition.number: partition}, chunk)
        if partition.next_offset < end:
            await self._committer.commit_loss(partition, end)
        self._meters.healed.inc()
