"""What comes before Kafka, as child processes: the simulator playing or making calls over TCP, and a real ingester.

The log that the ingester writes is read here as anybody would read it afterwards.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from asterisk.noise import is_ignored
from asterisk.recording import LOG_SUFFIX, read_records
from calls.codec import Entry, Record
from infra.local import process_argv
from infra.logs import LogFile
from infra.ports import HOST, Ports
from infra.process import Command, Process, wait_until

ROOT = Path(__file__).parents[2]
# The PBX of the recordings, and its partition.
PBX, PARTITION = "lab1", 0
USER, SECRET = "trunkline", "a secret of tests"
# Everything takes a few seconds on two free cores; this is for a machine with other work.
PATIENCE_SECONDS = 60.0
MEGABYTE = 1 << 20
# Made traffic runs so many times faster than life: a call is over within seconds.
SPEED, TALK_SECONDS = 20, 10

Words = Sequence[str]


@dataclass
class WayIn:
    """One simulator and one ingester in one folder, on one broker; both are ended with the test."""

    broker: str
    folder: Path
    pbx: str = PBX
    partition: int = PARTITION
    ingester: str = "a"
    running: dict[str, Process] = field(default_factory=dict)

    def play(self, recordings: Sequence[Path], listeners: int = 1) -> Process:
        """Listen; as soon as so many are there, play these one after the other, as fast as they read; then leave."""
        plays = [word for path in recordings for word in ("--play", str(path))]
        return self._simulate(("--keep-time", "--speed", "max", "--clients", str(listeners), *plays))

    def generate(
        self, calls: int, seconds: float, seed: int, speed: int = SPEED, talk: float = TALK_SECONDS, more: Words = ()
    ) -> Process:
        """Listen; as soon as somebody is there, let so many callers come within this time; then leave."""
        rate = calls / seconds / speed
        traffic = ("--calls", str(calls), "--rate", f"{rate:.4f}", "--seed", str(seed), "--talk", str(talk))
        files = ("--files", str(self.folder))
        return self._simulate(("--name", self.pbx, "--speed", str(speed), *files, *traffic, *more))

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Callable[[], None]]:
        """Listen too and read nothing, so that the playing comes to a stop, until what this gives is called."""
        reader, writer = await asyncio.open_connection(HOST, self._ports.kept("ami"))
        writer.write(f"Action: Login\r\nUsername: {USER}\r\nSecret: {SECRET}\r\n\r\n".encode())
        released = asyncio.Event()

        async def read() -> None:
            await released.wait()
            while await reader.read(MEGABYTE):
                pass

        reading = asyncio.create_task(read())
        try:
            yield released.set
        finally:
            reading.cancel()
            writer.transport.abort()

    @property
    def address(self) -> str:
        """Where the simulator listens."""
        return f"{HOST}:{self._ports.kept('ami')}"

    def ingest(self, through: str = "") -> Process:
        """Start the ingester, or start it again; its way may lead through another address than the simulator's."""
        env = {
            "TRUNKLINE_KAFKA": self.broker,
            "TRUNKLINE_DATA": str(self.folder),
            "TRUNKLINE_PBX": self.pbx,
            "TRUNKLINE_PARTITION": str(self.partition),
            "TRUNKLINE_AMI": through or self.address,
            "TRUNKLINE_INGESTER": self.ingester,
        }
        return self._start("ingest", (), env)

    def log_files(self) -> list[Path]:
        """The files of the ingester's log, oldest first."""
        return sorted((self.folder / "log" / self.pbx).glob(f"*{LOG_SUFFIX}"))

    def logged(self) -> Iterator[Record]:
        """Everything in the log."""
        for path in self.log_files():
            yield from read_records(path)

    def packets_logged(self) -> list[int]:
        """How many packets of the PBX are in the log, by login."""
        records = [record for record in self.logged() if record.source == "ami"]
        counted = Counter({record.epoch: 0 for record in records})
        for record in records:
            counted[record.epoch] += len(record.entries)
        return [counted[epoch] for epoch in sorted(counted)]

    def all_sent(self) -> bool:
        """Whether Kafka has confirmed all of the log."""
        cursor, files = self.folder / "log" / self.pbx / f"{self.ingester}.cursor", self.log_files()
        if not cursor.exists():
            return False
        end = {"file": files[-1].name, "offset": files[-1].stat().st_size}
        return bool(json.loads(cursor.read_text()).items() >= end.items())

    async def until(self, met: Callable[[], bool], what: str) -> None:
        """Wait until `met`; fails the test, with what the processes said last, when that takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not met():
            if time.monotonic() > deadline:
                said = "\n".join(process.log.tail() for process in self.running.values())
                raise AssertionError(f"{what} did not happen in {PATIENCE_SECONDS:.0f} s:\n{said}")
            await asyncio.sleep(0.1)

    @property
    def _ports(self) -> Ports:
        return Ports(self.folder / "ports.json")

    def _simulate(self, options: Sequence[str]) -> Process:
        address = f"{HOST}:{self._ports.claim('ami')}"
        start = ("--listen", address, "--once", "--write-timeout", str(PATIENCE_SECONDS))
        simulator = self._start("simulator", (*start, *options), {})
        wait_until(lambda: "listening" in simulator.log.tail(), simulator, PATIENCE_SECONDS)
        return simulator

    def _start(self, program: str, options: Sequence[str], env: dict[str, str]) -> Process:
        login = {"TRUNKLINE_AMI_USER": USER, "TRUNKLINE_AMI_SECRET": SECRET}
        argv = process_argv(program, tuple(options))
        command = Command(argv, {"PATH": os.environ["PATH"], **login, **env}, cwd=ROOT)
        self.running[program] = Process.start(program, command, LogFile(self.folder / f"{program}.log"))
        return self.running[program]


@contextmanager
def way_in(broker: str, folder: Path) -> Iterator[WayIn]:
    """A way in whose processes are killed at the end."""
    way = WayIn(broker, folder)
    try:
        yield way
    finally:
        for process in way.running.values():
            process.kill()


def last_packet(recording: Path) -> bytes:
    """The last packet of a recording that Asterisk sent of itself and that an ingester keeps."""
    entries = [entry for record in read_records(recording) for entry in record.entries]
    return next(entry.raw for entry in reversed(entries) if _kept(entry))


def _kept(entry: Entry) -> bool:
    return b"\r\nTimestamp: " in entry.raw and not is_ignored(entry.raw)
