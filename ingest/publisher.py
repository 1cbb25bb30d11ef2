"""Records from the log to Kafka: in order, each at least once, with bounded memory however long Kafka is away.

What is fresh goes straight from memory. When Kafka falls behind, memory is given up and the rest is read from the log.
The cursor is stored after Kafka has acknowledged, so a restart sends from there; what it sends twice the reducer knows.
It belongs to one cluster: a new one has nothing, and gets the last two days of the log anew.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from aiokafka.errors import KafkaError

from asterisk.recording import LOG_SUFFIX
from calls.codec import Record, encode_record
from ingest.log import Cursor, Log

logger = logging.getLogger(__name__)

# About half a minute at a frame each 15 ms; beyond it the log is the buffer.
MAX_PENDING = 2000
# As many frames may be on their way at once: enough to fill Kafka's batches, few enough to know soon where we stand.
IN_FLIGHT = 100
RETRY_S = 1.0
# How far back a new cluster is filled, beginning with the whole day: more than stream workers are ever behind.
REFILL = timedelta(days=1)

# What one append to the log wrote, and the place in the log after it.
Frame = tuple[list[Record], Cursor]


class Producer(Protocol):
    """The part of aiokafka's producer that we use."""

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, partition: int | None = None
    ) -> Awaitable[object]:
        """Queue one message; what is returned is done when the broker has it."""


class Broker(NamedTuple):
    """A started producer, and Kafka's own id of the cluster that it sends to."""

    producer: Producer
    cluster: str


class Published(NamedTuple):
    """How far the log is acknowledged, and by which cluster ("" where none was known)."""

    cursor: Cursor
    cluster: str


class Publisher:
    """Sends the records of one PBX to one partition. `offer` what was appended to the log, in order; `run` for ever."""

    def __init__(
        self, log: Log, cursor_file: Path, topic: str, partition: int, key: bytes, retry_s: float = RETRY_S
    ) -> None:
        self._log = log
        self._cursor_file = cursor_file
        self._topic, self._partition, self._key = topic, partition, key
        self._retry_s = retry_s
        self._sent, self._cluster = load_cursor(cursor_file)
        self._pending: deque[Frame] = deque()
        self._behind = True
        self._news = asyncio.Event()
        self.published = 0
        """Records that Kafka has acknowledged."""

    @property
    def pending(self) -> int:
        """Frames that wait in memory."""
        return len(self._pending)

    def offer(self, records: list[Record], end: Cursor) -> None:
        """Take what was just appended. When too much waits, only the log keeps it. Never blocks."""
        self._news.set()
        if self._behind:
            return
        if len(self._pending) >= MAX_PENDING:
            self._pending.clear()
            self._behind = True
            return
        self._pending.append((records, end))

    async def run(self, connect: Callable[[], Awaitable[Broker]]) -> None:
        """Send for ever. `connect` gives a broker that answers; it is called again after the broker was lost."""
        lost = False
        while True:
            try:
                producer, cluster = await connect()
                self._look_at(cluster)
                if lost:
                    logger.info("Kafka is back", extra={"event": "kafka_back"})
                    lost = False
                self._pending.clear()
                self._behind = True
                async with aclosing(self._next()) as batches:
                    async for batch in batches:
                        await self._send(producer, batch)
            except (KafkaError, OSError) as error:
                if not lost:
                    logger.warning("Kafka is away, the log keeps what comes: %s", error, extra={"event": "kafka_lost"})
                    lost = True
                await asyncio.sleep(self._retry_s)

    async def _next(self) -> AsyncGenerator[list[Frame], None]:
        """Batches to send: first what the log has and Kafka lacks, then what comes."""
        while True:
            while self._behind:
                # Taken before reading: what is offered from here on is either read too, or found in memory.
                self._behind = False
                frames = self._log.read(self._sent)
                while batch := list(islice(frames, IN_FLIGHT)):
                    yield batch
                self._drop_sent()
            if not self._pending:
                self._news.clear()
                if not self._pending and not self._behind:
                    await self._news.wait()
                continue
            yield [self._pending.popleft() for _ in range(min(IN_FLIGHT, len(self._pending)))]

    def _look_at(self, cluster: str) -> None:
        """What another cluster acknowledged is not in this one."""
        if self._cluster not in ("", cluster):
            self._sent = Cursor(refill_from(self._sent.file), 0)
            told = {"event": "new_cluster", "cluster": cluster, "from": self._sent.file}
            logger.warning("Kafka is another cluster: sending from %s on again", self._sent.file, extra=told)
        self._cluster = cluster

    def _drop_sent(self) -> None:
        while self._pending and self._pending[0][1] <= self._sent:
            self._pending.popleft()

    async def _send(self, producer: Producer, batch: list[Frame]) -> None:
        waiting = [
            await producer.send(self._topic, encode_record(record), key=self._key, partition=self._partition)
            for records, _ in batch
            for record in records
        ]
        for answer in waiting:
            await answer
        self.published += len(waiting)
        self._sent = batch[-1][1]
        save_cursor(self._cursor_file, Published(self._sent, self._cluster))


def refill_from(file: str) -> str:
    """The name of the log's file with which a new cluster begins, when the old one had got as far as this."""
    try:
        day = date.fromisoformat(file.removesuffix(LOG_SUFFIX))
    except ValueError:
        return ""
    return f"{day - REFILL}{LOG_SUFFIX}"


def load_cursor(path: Path) -> Published:
    """What was stored; the log's beginning where nothing was. Raises ValueError, naming the file, when damaged."""
    if not path.exists():
        return Published(Cursor("", 0), "")
    try:
        stored = json.loads(path.read_text())
        return Published(Cursor(str(stored["file"]), int(stored["offset"])), str(stored.get("cluster", "")))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is damaged ({error}); remove it to send the whole log again, which is safe"
        ) from error


def save_cursor(path: Path, published: Published) -> None:
    """Store it so that a kill leaves the old or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({**published.cursor._asdict(), "cluster": published.cluster}))
    fresh.replace(path)
