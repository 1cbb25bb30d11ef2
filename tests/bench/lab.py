"""What the parts that need servers share: Kafka, PostgreSQL and our processes, all real, each in a folder of its own.

CPU is counted per process, so that a machine that does other things as well disturbs the figures little.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from infra.errors import StartError
from infra.logs import LogFile
from infra.ports import HOST, Ports
from infra.process import Command, Process
from infra.topics import create_topics
from tests.bench.recording import PBX
from tests.streamed import servers

ROOT = Path(__file__).parents[2]
USER, SECRET, PARTITION = "trunkline", "a secret of the bench", 0
TEMPLATE = "bench_template"
# Looking costs what is looked at a millisecond or two.
LOOK_S = 0.1
TICKS = os.sysconf("SC_CLK_TCK")
# A path repetition takes 35 s on two free cores; on busy ones several times as long.
PATIENCE_S = 400.0
FEEDER_READY_S = 1.5


class Lab:
    """Running servers; `round` gives an empty broker, database and folder."""

    def __init__(self, folder: Path, broker: str, url: Callable[..., str]) -> None:
        self._folder, self.broker, self._url = folder, broker, url
        self._rounds = 0

    @contextmanager
    def round(self) -> Iterator["Round"]:
        """One repetition; its processes are killed at the end."""
        self._rounds += 1
        name = f"bench_{self._rounds}"
        folder = self._folder / name
        folder.mkdir()
        asyncio.run(empty_topics(self.broker))
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        own = Round(folder, self.broker, partial(self._url, name))
        try:
            yield own
        finally:
            for process in own.processes:
                process.kill()
            with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)


class Round:
    """One repetition's processes. `url(role)` is its database; without a role, the owner's."""

    def __init__(self, folder: Path, broker: str, url: Callable[..., str]) -> None:
        self.folder, self.broker, self.url = folder, broker, url
        self.processes: list[Process] = []
        self.ports = Ports(folder / "ports.json")

    def start(self, name: str, argv: tuple[str, ...], env: Mapping[str, str] | None = None) -> Process:
        """Start a Python module with arguments."""
        whole = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(env or {})}
        command = Command((sys.executable, "-m", *argv), whole, cwd=ROOT)
        process = Process.start(name, command, LogFile(self.folder / f"{name}.log"))
        self.processes.append(process)
        return process

    def feed(self, *manner: str) -> int:
        """Start the feeder; its port."""
        port = self.ports.claim("ami")
        self.start("feeder", ("tests.bench.feeder", str(port), *manner))
        # It reads the recording first, and admits one client only: nobody may knock before.
        time.sleep(FEEDER_READY_S)
        return port

    def ingest(self, port: int) -> "Measured":
        """Start a real ingester on a feeder."""
        return self._measured(
            "ingest",
            {
                "TRUNKLINE_KAFKA": self.broker,
                "TRUNKLINE_DATA": str(self.folder),
                "TRUNKLINE_PBX": PBX,
                "TRUNKLINE_PARTITION": str(PARTITION),
                "TRUNKLINE_AMI": f"{HOST}:{port}",
                "TRUNKLINE_AMI_USER": USER,
                "TRUNKLINE_AMI_SECRET": SECRET,
            },
        )

    def work(self) -> "Measured":
        """Start a real stream worker, and wait until it has its partitions."""
        env = {
            "TRUNKLINE_KAFKA": self.broker,
            "TRUNKLINE_DATABASE": self.url("trunkline_streams"),
            "TRUNKLINE_DATA": str(self.folder),
        }
        worker = self._measured("streams", env)
        worker.wait(lambda: len(self.applied()) > 0)
        return worker

    def applied(self) -> dict[int, int]:
        """How far each partition is applied."""
        with psycopg.connect(self.url()) as connection:
            rows = connection.execute("SELECT partition, next_offset FROM sink_offsets").fetchall()
        return {int(number): int(offset) for number, offset in rows}

    def all_sent(self) -> bool:
        """Whether Kafka has confirmed all of the ingester's log."""
        folder = self.folder / "log" / PBX
        files = sorted(folder.glob("*.tlog.zst"))
        cursor = folder / "a.cursor"
        if not cursor.exists() or not files:
            return False
        end = {"file": files[-1].name, "offset": files[-1].stat().st_size}
        return bool(json.loads(cursor.read_text()).items() >= end.items())

    def _measured(self, name: str, env: dict[str, str]) -> "Measured":
        port = self.ports.claim(f"metrics {name}")
        process = self.start(name, (name,), {**env, "TRUNKLINE_METRICS_PORT": str(port)})
        return Measured(process, port)


class Measured:
    """One of our processes, with its CPU time and its numbers for Prometheus."""

    def __init__(self, process: Process, port: int) -> None:
        self.process, self._port = process, port

    def cpu_s(self) -> float:
        """CPU seconds so far."""
        return cpu_s(self.process.pid)

    def numbers(self) -> dict[str, float]:
        """Its metrics by name with labels; none while it does not answer yet."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self._port}/metrics", timeout=30) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return {}
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait until something is so. Raises StartError, with the log's end, when that takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if not self.process.running or time.monotonic() > deadline:
                numbers = {name: value for name, value in self.numbers().items() if name.startswith("trunkline")}
                raise StartError(f"{self.process.name} did not do its part: {numbers}", self.process.log.tail())
            time.sleep(LOOK_S)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def empty_topics(broker: str) -> None:
    """Make all of our topics anew."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        old = [name for name in await admin.list_topics() if not name.startswith("__")]
        await admin.delete_topics(old)
    finally:
        await admin.close()
    await create_topics(broker)


@contextmanager
def lab() -> Iterator[Lab]:
    """Both servers, for as long as this lasts."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-bench-"))
    folder.chmod(0o711)
    broker = servers.kafka_server(folder)
    database, place = servers.postgres_server(folder)
    try:
        yield Lab(folder, broker.start(), servers.new_database(place, database.start(), TEMPLATE))
    finally:
        broker.stop()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)
