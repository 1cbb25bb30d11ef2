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
from typing import Any, NamedTuple, NoReturn, Protocol

import msgspec
from aiokafka import TopicPartition

from api.live.board import Board
from api.live.freshness import LogEnds
from api.live.snapshot import SnapshotStore
from calls.live import decode_agent, decode_call, decode_queue
from calls.topics import AGENTS, CALLS, EVENTS, QUEUES

PARTITIONS = [TopicPartition(topic.name, p) for topic in (AGENTS, QUEUES, CALLS) for p in range(topic.partitions)]
# Not followed, only asked for their ends.
EVENT_PARTITIONS = [TopicPartition(EVENTS.name, p) for p in range(EVENTS.partitions)]

# How long one look for messages waits, and how often the topics' ends are looked up.
POLL_MS = 500
LOOK_EVERY_S = 1.0
# A broker that has not answered by then is taken for gone.
ANSWER_WITHIN_S = 3.0
# Short of the ends with nothing coming for this long: the consumer has stalled without knowing it.
STALLED_S = 6.0
# Between two attempts: soon enough for a wallboard, slow enough for a broker that starts.
RETRY_S = 1.0

log = logging.getLogger("api.live.feed")


class Stalled(Exception):
    """The consumer hears nothing although there is something."""


class Consumer(Protocol):
    """The part of an aiokafka consumer that is used, already assigned to `PARTITIONS`; and its cluster's id."""

    cluster: str

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


class Goal(NamedTuple):
    """Where the topics ended at one moment (ms since the epoch): heard up to there, everything until then was heard."""

    at: int
    ends: dict[Any, int]

    async def is_reached(self, consumer: Consumer) -> bool:
        """Whether everything before these ends was handed out."""
        for partition, end in self.ends.items():
            if await consumer.position(partition) < end:
                return False
        return True


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
        # Where the events' log ended when it was asked last.
        self.log = LogEnds()
        self._open_consumer = open_consumer
        self._snapshot = snapshot
        self._board = board
        self._stir = stir
        self._clock = clock
        self._told = False

    async def run(self) -> None:
        """Follow the topics until cancelled."""
        while True:
            # Whatever failed, broker or database, the cure is the same: begin again. Gathered, because aiokafka lets
            # the cancellation of its own tasks out, which must not end this one.
            (failure,) = await asyncio.gather(self._attempt(), return_exceptions=True)
            self._lost(failure)
            await asyncio.sleep(self._retry_s)

    async def _attempt(self) -> NoReturn:
        async with self._open_consumer() as consumer:
            await self._begin(consumer)
            await self._follow(consumer)

    async def _begin(self, consumer: Consumer) -> None:
        goal = await self._set_goal(consumer)
        for partition, end in goal.ends.items():
            consumer.seek(partition, end)
        self._board.replace(*await self._snapshot.load())
        self._stir()
        self._heard(goal)

    async def _follow(self, consumer: Consumer) -> NoReturn:
        goal: Goal | None = None
        asked = came = time.monotonic()
        while True:
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            self._take_all(batches)
            now = time.monotonic()
            came = now if batches else came
            if goal is not None and await goal.is_reached(consumer):
                self._heard(goal)
                goal = None
            elif goal is not None and now - max(came, asked) >= STALLED_S:
                raise Stalled(f"nothing came for {STALLED_S:g} s, though there is something to hear")
            if goal is None and now - asked >= LOOK_EVERY_S:
                asked = now
                goal = await self._set_goal(consumer)

    async def _set_goal(self, consumer: Consumer) -> Goal:
        now = self._clock()
        # Not wait_for: before Python 3.12 it may swallow a cancellation that comes with the answer.
        async with asyncio.timeout(ANSWER_WITHIN_S):
            ends = await consumer.end_offsets([*PARTITIONS, *EVENT_PARTITIONS])
        self.log = LogEnds(now, consumer.cluster, {each.partition: ends[each] for each in EVENT_PARTITIONS})
        return Goal(now, {each: ends[each] for each in PARTITIONS})

    def _take_all(self, batches: dict[Any, list[Any]]) -> None:
        for partition, messages in batches.items():
            for message in messages:
                self._take(partition.topic, message)
        if batches:
            self._stir()

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

    def _heard(self, goal: Goal) -> None:
        self.heard_at = goal.at
        if not self.connected:
            log.info("the live topics are heard")
        self.connected, self._told = True, False

    def _lost(self, error: BaseException) -> None:
        if not self._told:
            text = f"{type(error).__name__}: {error}"
            log.warning("the live topics are not heard; trying again until they are", extra={"error": text})
        self.connected, self._told = False, True
