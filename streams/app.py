"""The Faust app: its settings, where its positions come from, and the live topics as its tables. No logic of ours.

Positions are set in the consumer's `seek_to_committed` because Faust seeks there last: a seek elsewhere is overwritten.
Kafka's committed offsets are PostgreSQL's, copied each second, because workers are scaled by them: by Faust's own count
they run ahead over what it skipped, and stay behind where the log was read directly.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from faust.exceptions import FaustError
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from calls.topics import AGENTS, CALLS, EVENTS, GAPS, PARTITIONS, QUEUES, REJECTS, Topic
from streams.broker import Broker
from streams.errors import NotPublished
from streams.publication import Write

# The consumer group; also what Kafka's tools show.
GROUP = "trunkline-streams"
# Seconds. Ten for a worker that was killed to be noticed: less, and a busy machine loses its partitions for nothing.
SESSION_SECONDS = 10.0
# How long a fetch may wait at the broker. While records wait here to be taken, aiokafka asks for the other partitions
# alone; where those are quiet, our busy one is not fetched for as long as that. Faust has 1,500.
FETCH_WAIT_MS = 50
# Keys and values go as they are: what is in them is the language's business.
BYTES: dict[str, Any] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
    "partitions": PARTITIONS,
}

TakeOver = Callable[[Iterable[int]], Awaitable[dict[int, int]]]
Applied = Callable[[], Awaitable[Mapping[int, int]]]


class PromptThread(AIOKafkaConsumerThread):  # type: ignore[misc]
    """Faust's consumer thread with a shorter wait, and a farewell; Faust has a setting for neither."""

    def _create_worker_consumer(self, transport: Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    async def on_thread_stop(self) -> None:
        """Leave the group: a static member goes without a word, and its partitions would wait for a session."""
        if self._consumer is not None:
            self._consumer._coordinator._group_instance_id = None
        await super().on_thread_stop()


class PositionedConsumer(Consumer):  # type: ignore[misc]
    """Reads on from where PostgreSQL says, and tells Kafka the same. What Kafka is told serves lag and scaling only."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # None from when partitions are revoked until positions are set again.
        self._told: dict[TP, int] | None = None

    def _new_consumer_thread(self) -> PromptThread:
        return PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Set the positions, and give them; called by Faust after each assignment."""
        ours = {tp.partition: tp for tp in self.assignment() if tp.topic == EVENTS.name}
        if not ours:
            found: Mapping[TP, int] = await super().seek_to_committed()
            return found
        offsets = {ours[number]: offset for number, offset in (await self.app.take_over(ours)).items()}
        await self._thread.seek_wait(offsets)
        self._told = {}
        return offsets

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Tell nothing from here on: what is told while the group rebalances makes it begin again."""
        self._told = None
        await super().on_partitions_revoked(revoked)

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Copy what PostgreSQL has of our partitions to Kafka, where it has moved; whatever Faust acknowledged."""
        self._acked.clear()
        self._acked_index.clear()
        told = self._told
        if told is None or self.app.rebalancing:
            return False
        ours = [tp for tp in self.assignment() if tp.topic == EVENTS.name]
        applied = await self.app.applied() if ours else {}
        # Also a 0 is told: without a committed offset nobody could say how much waits.
        moved = {tp: applied[tp.partition] for tp in ours if applied.get(tp.partition) not in (None, told.get(tp))}
        done = bool(moved) and await self._commit_offsets(moved)
        if done:
            told |= moved
        return done

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """What Faust skipped is not done: the processor reads it from the log."""


class PositionedTransport(Transport):  # type: ignore[misc]
    """aiokafka's transport with that consumer."""

    Consumer = PositionedConsumer


class NothingToRecover(Recovery):  # type: ignore[misc]
    """Faust reads a table's topic anew after each assignment, and takes no event until it has; it may wait for ever.

    Our tables are publications: nobody reads them here, so there is nothing to wait for.
    """

    def need_recovery(self) -> bool:
        """Never."""
        return False


class Publications(TableManager):  # type: ignore[misc]
    """The tables of a worker, with that recovery."""

    def __init__(self, app: faust.App, **options: Any) -> None:
        super().__init__(app, **options)
        self._recovery = NothingToRecover(app, self, beacon=self.beacon, loop=self.loop)


class App(faust.App):  # type: ignore[misc]
    """The app; `take_over` and `applied`, the offsets that PostgreSQL has, must be set before it starts."""

    take_over: TakeOver
    applied: Applied

    def _new_transport(self) -> PositionedTransport:
        return PositionedTransport(self.conf.broker_consumer, self)

    def owned(self) -> frozenset[int]:
        """The partitions of the events topic that are assigned to this worker."""
        return frozenset(tp.partition for tp in self.consumer.assignment() if tp.topic == EVENTS.name)

    def settled(self) -> frozenset[int] | None:
        """The same; None while the group rebalances."""
        return None if self.rebalancing else self.owned()


def make_app(broker: Broker, worker: str, data: Path) -> App:
    """An app for the worker of this name; `data` is a folder of its own. Starts nothing."""
    data.mkdir(parents=True, exist_ok=True)
    return App(
        GROUP,
        **broker.faust_options(),
        datadir=str(data),
        store="memory://",
        processing_guarantee="at_least_once",
        web_enabled=False,
        TableManager=Publications,
        # A worker that is killed and comes back under its name within the session keeps its partitions: 3 s, not 12.
        consumer_group_instance_id=f"{GROUP}-{worker}",
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=SESSION_SECONDS / 4,
        broker_commit_interval=1.0,
        # A broker that died before its topics were known would leave the leader without partitions for longer.
        consumer_metadata_max_age_ms=5000,
        stream_buffer_maxsize=512,
        # Waiting for streams to empty can hang a stop; what is not acknowledged comes again.
        stream_wait_empty=False,
        topic_partitions=PARTITIONS,
        topic_disable_leader=True,
        # Topics are made from calls/topics.py alone.
        topic_allow_declare=False,
        # The tables are publications: a second copy of them is of no use.
        table_standby_replicas=0,
    )


def events_topic(app: App) -> Any:
    """The topic that is processed."""
    return app.topic(EVENTS.name, **BYTES)


def live_writers(app: App) -> dict[str, Write]:
    """How a key's newest value is published on each topic: two are tables, the others topics. Raise NotPublished."""
    tables = {topic.name: _table(app, topic.name) for topic in (AGENTS, QUEUES)}
    return tables | {topic.name: _topic(app, topic) for topic in (CALLS, GAPS, REJECTS)}


def _table(app: App, name: str) -> Write:
    """A table whose changelog is the live topic itself. The key decides on the partition, not what was read last."""
    topic = app.topic(name, **BYTES, compacting=True, acks=False, internal=True, allow_empty=True)
    table = app.Table(
        name, partitions=PARTITIONS, key_type=bytes, value_type=bytes, use_partitioner=True, changelog_topic=topic
    )

    async def write(key: bytes, value: bytes) -> None:
        with _refusals():
            # Faust computes the partition at once, and fails where the producer has not heard of the topic yet.
            await app.producer._ensure_producer().partitions_for(name)
            table[key] = value

    return write


def _topic(app: App, where: Topic) -> Write:
    topic = app.topic(where.name, **BYTES | {"partitions": where.partitions})

    async def write(key: bytes, value: bytes) -> None:
        with _refusals():
            await topic.send(key=key, value=value)

    return write


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (KafkaError, FaustError) as error:
        raise NotPublished(repr(error)) from error
