"""The topic read directly, by consumers that belong to no group: what Faust skipped, and where the log ends.

Raises aiokafka's KafkaError when the broker does not answer. It decides nothing.
"""

from collections.abc import AsyncGenerator, Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker import Broker
from streams.partition import Delivery

# As many as the stream processor takes at once: the transactions of healing are no bigger than the usual ones.
CHUNK = 200
POLL_MS = 1000


class EventLog:
    """One topic. `start` before `ends`; `read` needs nothing."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._consumer: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Connect the consumer that asks for ends."""
        self._consumer = self._new_consumer()
        await self._consumer.start()

    async def stop(self) -> None:
        """Close it."""
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer = None

    async def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """The offset that the next record of each partition will have."""
        assert self._consumer is not None, "start() comes first"
        wanted = [TopicPartition(self._topic, number) for number in partitions]
        return {where.partition: end for where, end in (await self._consumer.end_offsets(wanted)).items()}

    async def read(self, number: int, start: int, end: int) -> AsyncGenerator[list[Delivery], None]:
        """The records of a partition in [start, end), in order, as far as the log still holds them."""
        consumer = self._new_consumer()
        await consumer.start()
        try:
            where = TopicPartition(self._topic, number)
            consumer.assign([where])
            first = (await consumer.beginning_offsets([where]))[where]
            consumer.seek(where, max(start, first))
            while max(start, first) < end and await consumer.position(where) < end:
                fetched = await consumer.getmany(where, timeout_ms=POLL_MS, max_records=CHUNK)
                records = [record for record in fetched.get(where, ()) if record.offset < end]
                if records:
                    yield [Delivery(number, record.offset, record.key, record.value) for record in records]
        finally:
            await consumer.stop()

    def _new_consumer(self) -> AIOKafkaConsumer:
        # A position that the log does not hold must raise: a reset would skip records without a word.
        return AIOKafkaConsumer(
            **self._broker.client_options(), group_id=None, enable_auto_commit=False, auto_offset_reset="none"
        )
