"""api/live/feed.py: a snapshot, then everything after it, and over again when anything fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from aiokafka import TopicPartition
from api_parts import NOON, Clock, agent, busy, changed_call, queue

from api.live.board import Board
from api.live.feed import EVENT_PARTITIONS, PARTITIONS, Feed, Goal
from api.live.freshness import LogEnds
from calls.live import AgentLive, QueueLive, encode_live
from calls.topics import AGENTS, CALLS, EVENTS, QUEUES


class Message(NamedTuple):
    """A record as the consumer hands it over."""

    key: bytes
    value: bytes | None


class FakeConsumer:
    """A broker in memory: what is put is heard once, from where was sought."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.cluster = "here"
        self.coming: asyncio.Queue[tuple[TopicPartition, Message]] = asyncio.Queue()
        self.failure: Exception | None = None
        self.end = 7

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        self.done.append("ends")
        return {each: 900 if each in EVENT_PARTITIONS else self.end for each in partitions}

    async def position(self, partition: TopicPartition) -> int:
        return 7

    def seek(self, partition: TopicPartition, offset: int) -> None:
        assert partition in PARTITIONS and offset == self.end

    async def getmany(self, *, timeout_ms: int) -> dict[TopicPartition, list[Message]]:
        if self.failure is not None:
            raise self.failure
        partition, message = await self.coming.get()
        return {partition: [message]}

    def put(self, topic: str, key: str, value: bytes | None) -> None:
        """Something is published."""
        self.coming.put_nowait((TopicPartition(topic, 0), Message(key.encode(), value)))


class Following:
    """A feed at work on a fake broker and a snapshot."""

    def __init__(self) -> None:
        self.board = Board()
        self.consumer = FakeConsumer()
        self.stirred = asyncio.Event()
        self.opened = 0
        self.refused: list[Exception] = []
        self.stored: tuple[list[AgentLive], list[QueueLive]] = ([agent()], [queue()])
        self.feed = Feed(self.open, self, self.board, self.stirred.set, Clock(), retry_s=0.0)

    async def load(self) -> tuple[list[AgentLive], list[QueueLive]]:
        self.consumer.done.append("snapshot")
        return self.stored

    @asynccontextmanager
    async def open(self) -> AsyncIterator[FakeConsumer]:
        self.opened += 1
        if self.refused:
            raise self.refused.pop()
        yield self.consumer

    async def stir(self) -> None:
        """Wait for the next change of the board."""
        await self.stirred.wait()
        self.stirred.clear()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the feed runs."""
        task = asyncio.create_task(self.feed.run())
        await self.stir()
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_ends_are_noted_before_the_snapshot_is_read() -> None:
    following = Following()
    async with following.running():
        assert following.consumer.done[:2] == ["ends", "snapshot"]
        assert (following.feed.connected, following.feed.heard_at) == (True, NOON)
        assert list(following.board.agents) == ["pbx:PJSIP/Alice"]


async def test_where_the_log_of_events_ends_is_known() -> None:
    following = Following()
    assert following.feed.log == LogEnds()
    async with following.running():
        assert following.feed.log == LogEnds(NOON, "here", dict.fromkeys(range(EVENTS.partitions), 900))


async def test_what_is_published_reaches_the_board() -> None:
    following = Following()
    async with following.running():
        following.board.take(NOON, 0)
        for topic, key, value in [
            (AGENTS.name, "pbx:PJSIP/Alice", encode_live(busy())),
            (QUEUES.name, "pbx:support", encode_live(queue(version=2))),
            (CALLS.name, "pbx:1", encode_live(changed_call())),
        ]:
            following.consumer.put(topic, key, value)
            await following.stir()
        told = following.board.take(NOON, 0)["default"]
    assert {each.event for each in told} >= {"presence:update", "queue:update", "call:state:changed"}
    assert following.feed.records == 3


async def test_a_tombstone_takes_away() -> None:
    following = Following()
    async with following.running():
        for topic, key in [(AGENTS.name, "pbx:PJSIP/Alice"), (QUEUES.name, "pbx:support"), (CALLS.name, "pbx:1")]:
            following.consumer.put(topic, key, None)
            await following.stir()
    assert (following.board.agents, following.board.queues) == ({}, {})


async def test_a_message_of_another_release_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    following = Following()
    async with following.running():
        for value in (b'{"pbx": 1}', b"not json", encode_live(busy())):
            following.consumer.put(AGENTS.name, "pbx:PJSIP/Alice", value)
            await following.stir()
        assert following.board.agents["pbx:PJSIP/Alice"].version == 2
    assert [record.message for record in caplog.records].count("a live message was not understood") == 2


async def test_a_failure_starts_over_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    following = Following()
    following.refused = [OSError("refused")] * 3
    with caplog.at_level(logging.INFO):
        async with following.running():
            assert following.opened == 4
            following.stored = ([agent(version=9)], [])
            following.consumer.failure = OSError("broker gone")
            following.consumer.put(AGENTS.name, "pbx:x", None)
            await following.stir()
            following.consumer.failure = None
            await following.stir()
            assert following.board.agents["pbx:PJSIP/Alice"].version == 9
    texts = [record.message for record in caplog.records]
    assert texts.count("the live topics are not heard; trying again until they are") == 2
    assert texts.count("the live topics are heard") == 2


async def test_a_goal_is_reached_when_every_partition_is() -> None:
    following = Following()
    short, there = Goal(NOON, dict.fromkeys(PARTITIONS, 8)), Goal(NOON, dict.fromkeys(PARTITIONS, 7))
    assert not await short.is_reached(following.consumer)
    assert await there.is_reached(following.consumer)


def test_every_partition_of_the_live_topics_is_followed() -> None:
    assert {partition.topic for partition in PARTITIONS} == {"agents", "queues", "calls"}
    assert len(PARTITIONS) == AGENTS.partitions + QUEUES.partitions + CALLS.partitions
