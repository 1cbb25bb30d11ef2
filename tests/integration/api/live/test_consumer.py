"""api/live/consumer.py and the feed on a real broker: nothing is missed, over kills of the broker too."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from api_parts import agent, queue, until

from api.live.board import Board
from api.live.consumer import consumer_opener, security
from api.live.feed import PARTITIONS, Feed
from api.settings import KafkaSettings
from calls.live import AgentLive, QueueLive, encode_live
from calls.topics import AGENTS


class Snapshot:
    """What PostgreSQL has: whatever was committed before it is asked."""

    def __init__(self) -> None:
        self.committed: dict[str, AgentLive] = {}

    async def load(self) -> tuple[list[AgentLive], list[QueueLive]]:
        return list(self.committed.values()), [queue()]


class Publishing:
    """A stream processor: commits, then publishes."""

    def __init__(self, address: str, snapshot: Snapshot) -> None:
        self.address, self.snapshot, self.version = address, snapshot, 0

    async def publish(self, producer: AIOKafkaProducer) -> None:
        """The next state of one of ten agents."""
        self.version += 1
        state = agent(f"A{self.version % 10}", self.version)
        self.snapshot.committed[state.agent_id] = state
        key = f"pbx:{state.agent_id}".encode()
        await producer.send_and_wait(AGENTS.name, encode_live(state), key)


def versions(board: Board) -> set[int]:
    """The versions on a board."""
    return {each.version for each in board.agents.values()}


async def test_what_is_published_while_it_starts_is_not_missed(topics: str) -> None:
    snapshot, board = Snapshot(), Board()
    publishing = Publishing(topics, snapshot)
    feed = Feed(consumer_opener(KafkaSettings(topics)), snapshot, board, lambda: None)
    async with AIOKafkaProducer(bootstrap_servers=topics) as producer:
        task = asyncio.create_task(feed.run())
        # From before the consumer is there until well after.
        while publishing.version < 400 or not feed.connected:
            await publishing.publish(producer)
        await until(lambda: publishing.version in versions(board))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert {each.version for each in board.agents.values()} == set(
        range(publishing.version - 9, publishing.version + 1)
    )


async def test_a_broker_that_dies_is_followed_again(own_kafka: Any) -> None:
    snapshot, board = Snapshot(), Board()
    feed = Feed(consumer_opener(KafkaSettings(own_kafka.address)), snapshot, board, lambda: None, retry_s=0.2)
    task = asyncio.create_task(feed.run())
    await until(lambda: feed.connected)
    own_kafka.kill()
    await until(lambda: not feed.connected)
    own_kafka.start()
    await until(lambda: feed.connected)
    publishing = Publishing(own_kafka.address, snapshot)
    async with AIOKafkaProducer(bootstrap_servers=own_kafka.address) as producer:
        await publishing.publish(producer)
        snapshot.committed.clear()
        await publishing.publish(producer)
        await until(lambda: publishing.version in versions(board))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert board.agents["pbx:PJSIP/A2"].version == 2


async def test_a_broker_that_is_not_there_is_an_error_and_leaves_nothing_open() -> None:
    with pytest.raises(KafkaError):
        async with consumer_opener(KafkaSettings("127.0.0.1:1"))():
            pass


async def test_a_consumer_has_every_partition(topics: str) -> None:
    async with consumer_opener(KafkaSettings(topics))() as consumer:
        assert set(await consumer.end_offsets(PARTITIONS)) == set(PARTITIONS)


@pytest.mark.parametrize(
    ("user", "tls", "protocol"),
    [("", False, "PLAINTEXT"), ("", True, "SSL"), ("u", False, "SASL_PLAINTEXT"), ("u", True, "SASL_SSL")],
)
def test_a_broker_of_ones_own_may_want_a_user_and_tls(user: str, tls: bool, protocol: str) -> None:
    options = security(KafkaSettings("kafka:9092", user=user, password="p", tls=tls))
    assert options["security_protocol"] == protocol
    assert ("ssl_context" in options, "sasl_mechanism" in options) == (tls, bool(user))
