"""Records from the log to Kafka: in order, each at least once, with bounded memory however long Kafka is away.

What is fresh goes straight from memory. When Kafka falls behind, memory is given up and the rest is read from the log.
The cursor is stored after Kafka has acknowledged, so a restart sends from there; what it sends twice the reducer knows.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from itertools import islice
from pathlib import Path
from typing import Protocol

from aiokafka.errors import KafkaError

from calls.codec import Record, encode_record
from ingest.log import Cursor, Log

logger = logging.getLogger(__name__)

# About half a minute at a frame each 15 ms; beyond it the log is the buffer.
MAX_PENDING = 2000
# As many frames may be on their way at once: enough to fill Kafka's batches, few enough to know soon where we stand.
IN_FLIGHT = 100
RETRY_S = 1.0

# What one append to the log wrote, and the place in the log after it.
Frame = tuple[list[Record], Cursor]


class Producer(Protocol):
    """The part of aiokafka's producer that we use."""

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, partition: int | None = None
    ) -> Awaitable[object]:
        """Queue one message; what is returned is done when the broker has it."""


class Publisher:
    """Sends the records of one PBX to one partition. `offer` what was appended to the log, in order; `run` for ever."""

    def __init__(
        self, log: Log, cursor_file: Path, topic: str, partition: int, key: bytes, retry_s: float = RETRY_S
    ) -> None:
        self._log = log
        self._cursor_file = cursor_file
        self._topic, self._partition, self._key = topic, partition, key
        self._retry_s = retry_s
        self._sent = load_cursor(cursor_file)
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

    async def run(self, connect: Callable[[], Awaitable[Producer]]) -> None:
        """Send for ever. `connect` gives a started producer; it is called again after the broker was lost."""
        lost = False
        while True:
            try:
                producer = await connect()
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
        save_cursor(self._cursor_file, self._sent)


def load_cursor(path: Path) -> Cursor:
    """The stored cursor; the log's beginning where there is none. Raises ValueError, naming the file, when damaged."""
    if not path.exists():
        return Cursor("", 0)
    try:
        stored = json.loads(path.read_text())
        return Cursor(str(stored["file"]), int(stored["offset"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is damaged ({error}); remove it to send the whole log again, which is safe"
        ) from error


def save_cursor(path: Path, cursor: Cursor) -> None:
    """Store the cursor so that a kill leaves the old or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(cursor._asdict()))
    fresh.replace(path)
