"""Part `path`: packets from a socket to committed rows, by one ingester and one stream worker, on all cores.

The clock runs from the first packet that the ingester has read to the commit of the last: what waits in Kafka in
between counts as time. Beside it stock Faust with a Record, a Table and an INSERT per event, whose topic is filled
beforehand: reading a socket is spared it.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from asterisk.ami import PACKET_END, parse_packet
from asterisk.noise import is_ignored
from calls.topics import EVENTS
from tests.bench.feeder import spoken
from tests.bench.ingest import dropped_counts, received
from tests.bench.lab import PARTITION, Lab, Measured, Round, lab
from tests.bench.plain_faust import MADE, PARTITIONS, TOPIC
from tests.bench.race import Result, counted, load, table

ROUNDS = 3
# Half a minute and more on two cores.
OUR_COPIES = 45
# Some ten seconds; before `PLAIN_WARM` Faust is still starting.
PLAIN_EVENTS, PLAIN_WARM = 10_000, 1_000
TRUNKLINE, PLAIN = "trunkline", "plain Faust"
MODULE = "tests.bench.plain_faust"


class Run(NamedTuple):
    """One repetition: packets, of them kept, seconds of wall clock, of CPU in the ingester and in the worker."""

    packets: float
    kept: float
    wall_s: float
    ingest_s: float
    worker_s: float


def ours(servers: Lab) -> tuple[Run, str]:
    """A repetition of ours, and what was ignored."""
    with servers.round() as it:
        worker = it.work()
        port = it.feed("flood", str(OUR_COPIES))
        ingester = it.ingest(port)
        ingester.wait(lambda: received(ingester) > 0)
        began, before, spent = time.perf_counter(), received(ingester), worker.cpu_s()
        wanted = OUR_COPIES * len(spoken())
        ingester.wait(lambda: received(ingester) >= wanted and it.all_sent())
        ignored, cpu = dropped_counts(ingester), ingester.cpu_s()
        worker.wait(caught_up(it))
        wall = time.perf_counter() - began
        packets = received(ingester) - before
        kept = packets * (1 - ignored.total() / received(ingester))
        done = Run(packets, kept, wall, cpu, worker.cpu_s() - spent)
        return done, counted(f"{TRUNKLINE}: ignored, that is counted and not sent", ignored, wanted) + asked(it)


def caught_up(it: Round) -> Callable[[], bool]:
    """A check whether everything that Kafka holds is applied."""
    end = asyncio.run(end_of(it.broker))
    return lambda: it.applied().get(PARTITION, 0) >= end


async def end_of(broker: str) -> int:
    """Where the events topic ends."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    await consumer.start()
    try:
        place = TopicPartition(EVENTS.name, PARTITION)
        return int((await consumer.end_offsets([place]))[place])
    finally:
        await consumer.stop()


def asked(it: Round) -> str:
    """What PostgreSQL holds afterwards, as a sentence."""
    with psycopg.connect(it.url()) as connection:
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM call_sessions), (SELECT count(*) FROM legs), (SELECT count(*) FROM rejects)"
        ).fetchone()
    assert rows is not None
    return f"\n  {TRUNKLINE}: {rows[0]:,} calls with {rows[1]:,} legs in PostgreSQL, {rows[2]:,} rejects"


def plain(servers: Lab) -> tuple[float, float]:
    """Events per second of wall clock and of CPU of stock Faust."""
    with servers.round() as it:
        asyncio.run(fill(it.broker))
        with psycopg.connect(it.url()) as connection:
            connection.execute(MADE)
        env = {"TRUNKLINE_KAFKA": it.broker, "TRUNKLINE_DATABASE": it.url()}
        process = it.start("plain", (MODULE, str(it.folder / "faust")), env)
        peer = Measured(process, 0)
        peer.wait(lambda: stored(it) >= PLAIN_WARM)
        began, cpu, before = time.perf_counter(), peer.cpu_s(), stored(it)
        peer.wait(lambda: stored(it) >= PLAIN_EVENTS)
        done = stored(it) - before
        return done / (time.perf_counter() - began), done / (peer.cpu_s() - cpu)


def stored(it: Round) -> int:
    """How many rows it has inserted."""
    with psycopg.connect(it.url()) as connection:
        found = connection.execute("SELECT last_value FROM plain_events_id_seq").fetchone()
    return int(found[0]) if found else 0


async def fill(broker: str) -> None:
    """Put events that an ingester keeps into the peer's topic, as JSON, by call."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    await admin.close()
    kept = [dict(parse_packet(raw.removesuffix(PACKET_END)).fields) for raw in spoken() if not is_ignored(raw)]
    producer = AIOKafkaProducer(bootstrap_servers=broker)
    await producer.start()
    for number in range(PLAIN_EVENTS):
        event = kept[number % len(kept)]
        await producer.send(TOPIC, json.dumps(event).encode(), key=json.dumps(event.get("Linkedid", "")).encode())
    await producer.stop()


def run() -> Iterator[str]:
    """Measure; the tables."""
    with lab() as servers:
        mine, theirs = zip(*[(ours(servers), plain(servers)) for _ in range(ROUNDS)], strict=True)
    runs, notes = [each[0] for each in mine], [each[1] for each in mine]
    walls, cpus = (Result(PLAIN, tuple(each[column] for each in theirs)) for column in (0, 1))
    both = [run.ingest_s + run.worker_s for run in runs]
    wall = [
        Result(f"{TRUNKLINE}: all packets", tuple(run.packets / run.wall_s for run in runs)),
        Result(f"{TRUNKLINE}: those kept", tuple(run.kept / run.wall_s for run in runs)),
    ]
    yield table("packets from socket to committed row per second (wall clock)", [*wall, walls], (PLAIN,))
    cpu = [
        Result(f"{TRUNKLINE}: all packets", tuple(run.packets / spent for run, spent in zip(runs, both, strict=True))),
        Result(f"{TRUNKLINE}: those kept", tuple(run.kept / spent for run, spent in zip(runs, both, strict=True))),
        Result("  worker alone, kept", tuple(run.kept / run.worker_s for run in runs)),
    ]
    yield table("the same per CPU-second of ingester and worker (Faust: worker)", [*cpu, cpus], (PLAIN,))
    lasted = ", ".join(f"{run.wall_s:.0f} s" for run in runs)
    yield f"  {TRUNKLINE}: the repetitions lasted {lasted}\n{notes[-1]}\n  {PLAIN}: given {PLAIN_EVENTS:,} kept events"
    yield load()
