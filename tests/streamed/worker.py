"""Real stream workers as child processes, and what tests ask of Kafka and PostgreSQL about them."""

import asyncio
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString, TypeVar

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from asterisk.replay import replay_records
from calls.codec import Record, encode_record
from calls.form import CallForm, call_form
from calls.state import State
from calls.topics import ALL, EVENTS
from infra.logs import LogFile
from infra.ports import HOST, Ports
from infra.process import Command, Process
from streams.app import GROUP
from streams.parts import Part, join
from streams.stored import stored_calls

T = TypeVar("T")


@dataclass
class Workers:
    """Starts workers on one broker and one database; all are ended with the test."""

    broker: str
    database: str = field(repr=False)
    folder: Path
    running: dict[str, Process] = field(default_factory=dict)

    def start(self, name: str = "1") -> Process:
        """Start, or start again, the worker of this name."""
        if name in self.running:
            self.running[name].kill()
        env = {
            "PATH": os.environ["PATH"],
            "TRUNKLINE_KAFKA": self.broker,
            "TRUNKLINE_DATABASE": self.database,
            "TRUNKLINE_DATA": str(self.folder),
            "TRUNKLINE_WORKER": name,
            "TRUNKLINE_METRICS_PORT": str(self._ports.claim(name)),
        }
        command = Command((sys.executable, "-m", "streams"), env, cwd=Path(__file__).parents[2])
        process = Process.start(f"streams-{name}", command, LogFile(self.folder / f"streams-{name}.log"))
        self.running[name] = process
        return process

    def owned(self, name: str) -> frozenset[int]:
        """The partitions that a worker took over last, by its own log."""
        taken = [
            line for line in self.running[name].log.path.read_text().splitlines() if "partitions taken over" in line
        ]
        return frozenset(int(number) for number in json.loads(taken[-1])["offsets"]) if taken else frozenset()

    def metric(self, name: str, metric: str) -> float:
        """What a worker tells Prometheus of itself. Raises OSError while it does not listen."""
        with urllib.request.urlopen(f"http://{HOST}:{self._ports.kept(name)}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{metric} "))

    @property
    def _ports(self) -> Ports:
        return Ports(self.folder / "metrics.json")

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


async def ends(address: str, partitions: Sequence[int], topic: str = EVENTS.name) -> dict[int, int]:
    """Where these partitions of a topic end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=address)
    await consumer.start()
    try:
        found = await consumer.end_offsets([TopicPartition(topic, number) for number in partitions])
        return {where.partition: end for where, end in found.items()}
    finally:
        await consumer.stop()


def applied(database: str) -> dict[int, int]:
    """How far each partition was applied."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT partition, next_offset FROM sink_offsets").fetchall()
    return {int(number): int(offset) for number, offset in rows}


async def committed(address: str, group: str = GROUP, topic: str = EVENTS.name) -> dict[int, int]:
    """How far Kafka was told that each partition was applied: what lag is counted from."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(group)
        return {where.partition: told.offset for where, told in found.items() if where.topic == topic}
    finally:
        await admin.close()


async def stored(database: str, pbxs: Sequence[str] | None = None) -> dict[str, CallForm]:
    """Every call in PostgreSQL, or every call of these PBXs, in its public form."""
    where: LiteralString = "true" if pbxs is None else "call.pbx = ANY (%s)"
    async with await psycopg.AsyncConnection.connect(database) as connection:
        found = await stored_calls(connection, where, [] if pbxs is None else [list(pbxs)])
    return {live.call.call_id: live.call for live in found}


def replayed(records: Iterable[Record]) -> dict[str, CallForm]:
    """What the same records come to in this process."""
    return {call_id: call_form(call) for call_id, call in replay_records(records).calls.items()}


def stored_state(database: str, pbx: str) -> State:
    """The reducer's state as it stands in PostgreSQL."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT kind, key, body FROM pbx_state WHERE pbx = %s", (pbx,)).fetchall()
    return join(pbx, [Part(*row) for row in rows])


async def until_published(address: str, topic: str, wanted: Mapping[bytes, T], decode: Callable[[bytes], T]) -> None:
    """Wait until a topic's newest values are these; fails naming one that is not."""
    deadline = time.monotonic() + 10
    while True:
        found = {key: decode(value) for key, value in (await published(address, topic)).items()}
        wrong = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
        if not wrong:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"{topic} {wrong[0]!r}: {found.get(wrong[0])} is not {wanted.get(wrong[0])}")
        await asyncio.sleep(0.1)


async def until_owner(lab: Workers, name: str, limit: float = 30.0) -> None:
    """Wait until a worker has partitions; fails with its last words."""
    deadline = time.monotonic() + limit
    while not lab.owned(name):
        assert time.monotonic() < deadline, lab.running[name].log.tail()
        await asyncio.sleep(0.1)


async def until_ended(process: Process, limit: float = 30.0) -> int:
    """Wait for the end of a process, and give its exit code."""
    deadline = time.monotonic() + limit
    while process.exit_code is None:
        assert time.monotonic() < deadline, process.log.tail()
        await asyncio.sleep(0.05)
    return process.exit_code


async def published(address: str, topic: str, version: Callable[[bytes], int] = lambda value: 0) -> dict[bytes, bytes]:
    """The value of each key of a topic that whoever follows it keeps: the last one of the highest version."""
    consumer = AIOKafkaConsumer(bootstrap_servers=address)
    await consumer.start()
    try:
        (partitions,) = (it.partitions for it in ALL if it.name == topic)
        where = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(where)
        await consumer.seek_to_beginning(*where)
        found: dict[bytes, bytes] = {}
        for place, end in (await consumer.end_offsets(where)).items():
            while await consumer.position(place) < end:
                for message in (await consumer.getmany(place, timeout_ms=1000)).get(place, ()):
                    before = found.get(message.key)
                    if before is None or version(message.value) >= version(before):
                        found[message.key] = message.value
        return found
    finally:
        await consumer.stop()


async def until_applied(lab: Workers, partitions: Sequence[int] = (0,), limit: float = 60.0) -> None:
    """Wait until everything in these partitions is applied; fails with the workers' last words."""
    wanted = await ends(lab.broker, partitions)
    deadline = time.monotonic() + limit
    while any(applied(lab.database).get(number, 0) < end for number, end in wanted.items()):
        if time.monotonic() > deadline:
            logs = "\n".join(process.log.tail() for process in lab.running.values())
            raise AssertionError(f"applied {applied(lab.database)} of {wanted} in {limit} s:\n{logs}")
        await asyncio.sleep(0.1)
