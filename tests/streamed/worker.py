"""Real stream workers as child processes, and what tests ask of Kafka and PostgreSQL about them."""

import asyncio
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from calls.codec import Record, encode_record
from calls.topics import EVENTS
from infra.logs import LogFile
from infra.process import Command, Process


@dataclass
class Workers:
    """Starts workers on one broker and one database; all are ended with the test."""

    broker: str
    database: str = field(repr=False)
    folder: Path
    running: dict[str, Process] = field(default_factory=dict)

    def start(self, name: str = "1") -> Process:
        """Start, or start again, the worker of this name."""
        env = {
            "PATH": os.environ["PATH"],
            "TRUNKLINE_KAFKA": self.broker,
            "TRUNKLINE_DATABASE": self.database,
            "TRUNKLINE_DATA": str(self.folder),
            "TRUNKLINE_WORKER": name,
        }
        command = Command((sys.executable, "-m", "streams"), env, cwd=Path(__file__).parents[2])
        process = Process.start(f"streams-{name}", command, LogFile(self.folder / f"streams-{name}.log"))
        self.running[name] = process
        return process

    def stop_all(self) -> None:
        for process in self.running.values():
            process.kill()


@contextmanager
def workers(broker: str, database: str, folder: Path) -> Iterator[Workers]:
    """Workers that are killed at the end."""
    lab = Workers(broker, database, folder)
    try:
        yield lab
    finally:
        lab.stop_all()


async def produce(address: str, records: Iterable[Record], partition: int = 0) -> None:
    """Put records into one partition of the events topic, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for record in records:
            await producer.send(EVENTS.name, encode_record(record), key=record.pbx.encode(), partition=partition)
        await producer.flush()
    finally:
        await producer.stop()


async def ends(address: str, partitions: Sequence[int]) -> dict[int, int]:
    """Where these partitions of the events topic end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=address)
    await consumer.start()
    try:
        found = await consumer.end_offsets([TopicPartition(EVENTS.name, number) for number in partitions])
        return {where.partition: end for where, end in found.items()}
    finally:
        await consumer.stop()


def applied(database: str) -> dict[int, int]:
    """How far each partition was applied."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT partition, next_offset FROM sink_offsets").fetchall()
    return {int(number): int(offset) for number, offset in rows}


async def until_applied(lab: Workers, partitions: Sequence[int] = (0,), limit: float = 60.0) -> None:
    """Wait until everything in these partitions is applied; fails with the workers' last words."""
    wanted = await ends(lab.broker, partitions)
    deadline = time.monotonic() + limit
    while any(applied(lab.database).get(number, 0) < end for number, end in wanted.items()):
        if time.monotonic() > deadline:
            logs = "\n".join(process.log.tail() for process in lab.running.values())
            raise AssertionError(f"applied {applied(lab.database)} of {wanted} in {limit} s:\n{logs}")
        await asyncio.sleep(0.1)
