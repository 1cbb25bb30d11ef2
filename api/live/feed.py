"""Follows the live topics without a consumer group: every API process hears everything, from a snapshot on.

The topics' ends are noted *before* the snapshot is read: what is published is committed first, so everything that the
snapshot lacks comes after those ends, and what comes twice is known by its version. Anything that goes wrong starts
this over, for ever; it is logged once, until it works again.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec
from aiokafka import TopicPartition

from api.live.board import Board
from api.live.snapshot import SnapshotStore
from calls.live import decode_agent, decode_call, decode_queue
from calls.topics import AGENTS, CALLS, QUEUES

PARTITIONS = [TopicPartition(topic.name, p) for topic in (AGENTS, QUEUES, CALLS) for p in range(topic.partitions)]

# How long one look for messages waits, and how often the topics' ends are compared with what was heard.
POLL_MS = 500
PROBE_EVERY_S = 2.0
# A broker that has not answered by then is taken for gone.
PROBE_TIMEOUT_S = 5.0
# Behind the topics' ends with nothing coming for this long: the consumer has stalled without knowing it.
STALLED_S = 6.0
# Between two attempts: soon enough for a wallboard, slow enough for a broker that starts.
RETRY_S = 1.0

log = logging.getLogger("api.live.feed")


class Stalled(Exception):
    """The consumer hears nothing although there is something."""


class Consumer(Protocol):
    """The part of an aiokafka consumer that is used, already assigned to `PARTITIONS`."""

    async def end_offsets(self, partitions: list[Any]) -> dict[Any, int]:
        """The end of each partition."""

    async def position(self, partition: Any) -> int:
        """The next offset to be heard."""

    def seek(self, partition: Any, offset: int) -> None:
        """Hear from this offset on."""

    async def getmany(self, *, timeout_ms: int) -> dict[Any, list[Any]]:
        """What has come, by partition."""


OpenConsumer = Callable[[], AbstractAsyncContextManager[Consumer]]


def epoch_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Feed:
    """Keeps a board at the newest state."""

    def __init__(
        self,
        open_consumer: OpenConsumer,
        snapshot: SnapshotStore,
        board: Board,
        stir: Callable[[], None],
        clock: Callable[[], int] = epoch_ms,
        retry_s: float = RETRY_S,
    ) -> None:
        self._retry_s = retry_s
        self.records = 0
        # When everything that the topics hold was last known to be on the board, ms since the epoch; 0 for never.
        self.heard_at = 0
        self.connected = False
        self._open_consumer = open_consumer
        self._snapshot = snapshot
        self._board = board
        self._stir = stir
        self._clock = clock
        self._told = False

    async def run(self) -> None:
        """Follow the topics until cancelled."""
        while True:
            try:
                async with self._open_consumer() as consumer:
                    await self._begin(consumer)
                    await self._follow(consumer)
            # Whatever failed, broker, database or a message, the cure is the same: begin again.
            except Exception as error:
                self._lost(error)
            await asyncio.sleep(self._retry_s)

    async def _begin(self, consumer: Consumer) -> None:
        ends = await asyncio.wait_for(consumer.end_offsets(PARTITIONS), PROBE_TIMEOUT_S)
        for partition, end in ends.items():
            consumer.seek(partition, end)
        self._board.replace(*await self._snapshot.load())
        self._stir()
        self._heard()

    async def _follow(self, consumer: Consumer) -> None:
        probed = came = time.monotonic()
        while True:
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            for partition, messages in batches.items():
                for message in messages:
                    self._take(partition.topic, message)
            now = time.monotonic()
            if batches:
                came = now
                self._stir()
            if now - probed >= PROBE_EVERY_S:
                await self._probe(consumer, quiet=now - came)
                probed = time.monotonic()

    async def _probe(self, consumer: Consumer, quiet: float) -> None:
        positions = {partition: await consumer.position(partition) for partition in PARTITIONS}
        ends = await asyncio.wait_for(consumer.end_offsets(PARTITIONS), PROBE_TIMEOUT_S)
        behind = sum(max(0, end - positions[partition]) for partition, end in ends.items())
        if not behind:
            self._heard()
        elif quiet >= STALLED_S:
            raise Stalled(f"{behind} messages behind, and nothing came for {quiet:.0f} s")

    def _take(self, topic: str, message: Any) -> None:
        self.records += 1
        if message.value is None:
            self._drop(topic, message.key.decode())
            return
        try:
            self._put(topic, message.value)
        except msgspec.DecodeError as error:
            # One message that another release wrote must not stop all the others.
            log.error("a live message was not understood", extra={"topic": topic, "error": str(error)})

    def _put(self, topic: str, value: bytes) -> None:
        if topic == AGENTS.name:
            self._board.put_agent(decode_agent(value))
        elif topic == QUEUES.name:
            self._board.put_queue(decode_queue(value))
        else:
            self._board.put_call(decode_call(value))

    def _drop(self, topic: str, key: str) -> None:
        if topic == AGENTS.name:
            self._board.drop_agent(key)
        elif topic == QUEUES.name:
            pbx, _, queue = key.partition(":")
            self._board.drop_queue((pbx, queue))

    def _heard(self) -> None:
        self.heard_at = self._clock()
        if not self.connected:
            log.info("the live topics are heard")
        self.connected, self._told = True, False

    def _lost(self, error: Exception) -> None:
        if not self._told:
            text = f"{type(error).__name__}: {error}"
            log.warning("the live topics are not heard; trying again until they are", extra={"error": text})
        self.connected, self._told = False, True
