"""The topic read directly, by consumers that belong to no group: what Faust skipped, and where the log ends.

Raises Unavailable when the broker does not answer, and logs that once, and once the return. It decides nothing.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.broker import Broker
from streams.errors import Unavailable
from streams.partition import Delivery

log = logging.getLogger(__name__)

# As many as the stream processor takes at once: the transactions of healing are no bigger than the usual ones.
CHUNK = 200
POLL_MS = 1000
# A question that an outage swallows is asked anew: at aiokafka's 40 s the tail check would be blind for as long.
ANSWER_MS = 5000


class EventLog:
    """One topic."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._consumer: AIOKafkaConsumer | None = None
        self._lost = False

    async def stop(self) -> None:
        """Close the consumer that asks for ends."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """The offset that the next record of each partition will have."""
        wanted = [TopicPartition(self._topic, number) for number in partitions]
        with self._answering():
            consumer = await self._asking()
            return {where.partition: end for where, end in (await consumer.end_offsets(wanted)).items()}

    async def read(self, number: int, start: int, end: int) -> AsyncGenerator[list[Delivery], None]:
        """The records of a partition in [start, end), in order, as far as the log still holds them."""
        with self._answering():
            async with self._assigned(number) as (consumer, where):
                first = (await consumer.beginning_offsets([where]))[where]
                consumer.seek(where, max(start, first))
                while max(start, first) < end and await consumer.position(where) < end:
                    fetched = await consumer.getmany(where, timeout_ms=POLL_MS, max_records=CHUNK)
                    records = [record for record in fetched.get(where, ()) if record.offset < end]
                    if records:
                        yield [Delivery(number, record.offset, record.key, record.value) for record in records]

    async def _asking(self) -> AIOKafkaConsumer:
        """The consumer that asks for ends, started when it is first needed and kept."""
        if self._consumer is None:
            consumer = self._new_consumer()
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer

    @asynccontextmanager
    async def _assigned(self, number: int) -> AsyncIterator[tuple[AIOKafkaConsumer, TopicPartition]]:
        consumer, where = self._new_consumer(), TopicPartition(self._topic, number)
        try:
            await consumer.start()
            consumer.assign([where])
            yield consumer, where
        finally:
            await consumer.stop()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except KafkaError as error:
            if not self._lost:
                log.warning("log is lost", extra={"reason": repr(error)})
            self._lost = True
            raise Unavailable(repr(error)) from error
        if self._lost:
            log.info("log is back")
            self._lost = False

    def _new_consumer(self) -> AIOKafkaConsumer:
        # A position that the log does not hold must raise: a reset would skip records without a word.
        return AIOKafkaConsumer(
            **self._broker.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            request_timeout_ms=ANSWER_MS,
        )
