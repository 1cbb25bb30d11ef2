"""The same faults, struck at the obvious implementation: what it loses and doubles, for the table."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import psycopg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faults.catalogue import Fault
from faults.exactness import Verdict
from faults.plain_app import GROUP, PARTITIONS, TABLE, TOPIC
from faults.plain_source import EVENTS_OF_A_CALL
from faults.rounds import Row
from streamed.centre import WORKERS, Centre, own_centre
from streamed.worker import Workers, committed, ends

from infra.logs import LogFile
from infra.process import Command, Process

PLAIN = "plain Faust"
EVENTS = 20_000
TESTS = Path(__file__).parents[1]
# Callers come for so long at least; a worker of this kind does a thousand events a second on a free core.
SECONDS, BEFORE_SECONDS, AFTER_SECONDS = 40.0, 8.0, 15.0
# What is acknowledged and not stored by then never will be; what is not acknowledged may wait for a session and for the
# recovery of a table.
QUIET_SECONDS, STUCK_SECONDS = 10.0, 60.0


class PlainWorkers(Workers):
    """Workers of the obvious implementation."""

    def start(self, name: str = "1") -> Process:
        """Start, or start again, the worker of this name."""
        if name in self.running:
            self.running[name].kill()
        own = {"KAFKA": self.broker, "DATABASE": self.database, "FOLDER": str(self.folder / f"plain-{name}")}
        self.running[name] = run_python(
            "faults.plain_app", (), self.folder / f"plain-{name}.log", {f"PLAIN_{key}": it for key, it in own.items()}
        )
        return self.running[name]


class Source:
    """Stands for a PBX and its ingester; `ingest` starts it, or starts it again."""

    def __init__(self, broker: str, folder: Path, rate: float) -> None:
        self.heard_file = folder / "heard.txt"
        self.running: dict[str, Process] = {}
        self._arguments = (broker, str(self.heard_file), str(time.time() + 1.0), str(rate), str(EVENTS))

    @property
    def ways(self) -> tuple["Source"]:
        return (self,)

    def ingest(self) -> Process:
        self.running["ingest"] = run_python(
            "faults.plain_source", self._arguments, self.heard_file.with_suffix(".log"), {}
        )
        return self.running["ingest"]

    def heard(self) -> set[int]:
        """The numbers that came in."""
        return {int(line) for line in self.heard_file.read_text().split()}


def run_python(module: str, arguments: tuple[str, ...], log: Path, env: dict[str, str]) -> Process:
    """Start a module of the tests."""
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS)}
    return Process.start(module, Command((sys.executable, "-m", module, *arguments), path | env), LogFile(log))


def run_plain(fault: Fault, seed: int, folder: Path) -> Row:
    """Strike once while 20,000 events come, and count. Lost and doubled are events, different are calls."""
    with own_centre(folder, names=()) as ours:
        centre = replace(ours, workers=PlainWorkers(ours.kafka.address, ours.url(), folder))
        seconds = max(SECONDS, fault.lasts + BEFORE_SECONDS + AFTER_SECONDS)
        try:
            _prepare(centre)
            source = Source(centre.kafka.address, folder, EVENTS / seconds)
            with _feeding(source):
                time.sleep(BEFORE_SECONDS)
                fault.strike(centre, source, Random(f"{fault.name} {seed}"))
                _wait_for_quiet(centre, source)
                return Row(fault.name, seed, EVENTS, _count(centre, source), None, centre.restarts, PLAIN)
        finally:
            centre.workers.stop_all()


@contextmanager
def _feeding(source: Source) -> Iterator[None]:
    source.ingest()
    try:
        yield
    finally:
        source.running["ingest"].kill()


def _prepare(centre: Centre) -> None:
    with psycopg.connect(centre.url()) as connection:
        connection.execute(TABLE)
    asyncio.run(_make_topic(centre.kafka.address))
    for name in WORKERS:
        centre.workers.start(name)
    centre.settle()


async def _make_topic(broker: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    await admin.close()


def _wait_for_quiet(centre: Centre, source: Source) -> None:
    """Wait until nothing comes any more: everything is acknowledged, or nothing has happened for a minute."""
    grew, rows = time.monotonic(), -1
    while (quiet := time.monotonic() - grew) < QUIET_SECONDS or (
        quiet < STUCK_SECONDS and not _all_acknowledged(centre)
    ):
        centre.tend()
        time.sleep(0.5)
        now = sum(_stored(centre).values())
        if now != rows or source.running["ingest"].running:
            rows, grew = now, time.monotonic()


def _all_acknowledged(centre: Centre) -> bool:
    told = asyncio.run(committed(centre.kafka.address, GROUP, TOPIC))
    end = asyncio.run(ends(centre.kafka.address, range(PARTITIONS), TOPIC))
    return all(told.get(number, 0) == offset for number, offset in end.items())


def _count(centre: Centre, source: Source) -> Verdict:
    heard, stored = source.heard(), _stored(centre)
    lost = heard - stored.keys()
    twice = {number for number, times in stored.items() if times > 1}
    calls = {number // EVENTS_OF_A_CALL for number in heard}
    wrong = {number // EVENTS_OF_A_CALL for number in lost | twice}
    return Verdict(len(calls), len(heard), len(lost), sum(stored.values()) - len(stored), len(wrong), "")


def _stored(centre: Centre) -> Counter[int]:
    with psycopg.connect(centre.url()) as connection:
        return Counter(dict(connection.execute("SELECT number, count(*) FROM plain_events GROUP BY number").fetchall()))
