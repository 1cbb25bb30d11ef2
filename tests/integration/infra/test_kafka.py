"""A real broker: keeps what it acknowledged through a kill, has its folder to itself, and is told from a stranger."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import jgo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from calls.topics import ALL, EVENTS
from infra import kafka
from infra.cache import cache_folder
from infra.errors import InUseError
from infra.ports import Ports
from infra.server import Server
from infra.topics import create_topics


async def produce(address: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(EVENTS.name, value, partition=0)
    finally:
        await producer.stop()


async def consume(address: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(EVENTS.name, 0)])
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_all_topics_are_made_once_with_their_partitions(topics: str) -> None:
    assert await create_topics(topics) == ()
    names = [topic.name for topic in ALL]
    admin = AIOKafkaAdminClient(bootstrap_servers=topics)
    await admin.start()
    try:
        # A topic is known a moment before its partitions are.
        async with asyncio.timeout(30):
            while True:
                described = await admin.describe_topics(names)
                if all(topic["partitions"] for topic in described):
                    break
                await asyncio.sleep(0.1)
    finally:
        await admin.close()
    assert {topic["topic"]: len(topic["partitions"]) for topic in described} == {
        topic.name: topic.partitions for topic in ALL
    }


async def test_a_killed_broker_comes_back_with_every_acknowledged_record(own_kafka: Server) -> None:
    values = [str(number).encode() for number in range(200)]
    await produce(own_kafka.address, values)
    before = own_kafka.address

    own_kafka.kill()
    own_kafka.start()

    assert own_kafka.address == before
    assert await consume(own_kafka.address, len(values)) == values


def test_a_second_broker_on_the_same_folder_is_refused_and_the_first_lives_on(own_kafka: Server) -> None:
    folder = Path(own_kafka.process.command.cwd or "")
    place = kafka.KafkaPlace(folder, Ports(folder.parent / "ports.json"), jgo.MAVEN_CENTRAL_URL, cache_folder())

    with pytest.raises(InUseError, match=str(own_kafka.process.pid)):
        kafka.prepare(place, patience=0.2)

    assert own_kafka.process.running


def test_a_port_taken_by_a_stranger_is_chosen_anew(new_kafka: Callable[[], Server]) -> None:
    server = new_kafka()
    before = server.start()
    server.stop()
    host, port = before.split(":")
    with socket.create_server((host, int(port))):
        after = server.start()
        server.stop()
    assert after != before
