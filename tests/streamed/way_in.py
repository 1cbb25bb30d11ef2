"""What comes before Kafka, as child processes: the simulator playing recordings over TCP, and a real ingester.

The log that the ingester writes is read here as anybody would read it afterwards.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from asterisk.decode import is_ignored
from asterisk.recording import LOG_SUFFIX, read_records
from calls.codec import Entry, Record
from infra.logs import LogFile
from infra.ports import HOST, Ports
from infra.process import Command, Process, wait_until

ROOT = Path(__file__).parents[2]
# The PBX of the recordings, and its partition.
PBX, PARTITION = "lab1", 0
USER, SECRET = "trunkline", "a secret of tests"
# Everything takes a few seconds on two free cores; this is for a machine with other work.
PATIENCE_SECONDS = 60.0


@dataclass
class WayIn:
    """One simulator and one ingester in one folder, on one broker; both are ended with the test."""

    broker: str
    folder: Path
    running: dict[str, Process] = field(default_factory=dict)

    def play(self, recordings: Sequence[Path], speed: str = "max") -> Process:
        """Listen, play these one after the other as soon as somebody listens, and leave when they have been read."""
        plays = [word for path in recordings for word in ("--play", str(path))]
        address = f"{HOST}:{self._ports.claim('ami')}"
        options = ("--listen", address, "--keep-time", "--once", "--speed", speed, *plays)
        player = self._start("asterisk.simulator", options, {})
        wait_until(lambda: "listening" in player.log.tail(), player, PATIENCE_SECONDS)
        return player

    def ingest(self) -> Process:
        """Start the ingester, or start it again."""
        env = {
            "TRUNKLINE_KAFKA": self.broker,
            "TRUNKLINE_DATA": str(self.folder),
            "TRUNKLINE_PBX": PBX,
            "TRUNKLINE_PARTITION": str(PARTITION),
            "TRUNKLINE_AMI": f"{HOST}:{self._ports.kept('ami')}",
        }
        return self._start("ingest", (), env)

    def log_files(self) -> list[Path]:
        """The files of the ingester's log, oldest first."""
        return sorted((self.folder / "log" / PBX).glob(f"*{LOG_SUFFIX}"))

    def logged(self) -> Iterator[Record]:
        """Everything in the log."""
        for path in self.log_files():
            yield from read_records(path)

    def packets_logged(self) -> int:
        """How many packets of the PBX are in the log."""
        return sum(len(record.entries) for record in self.logged() if record.source == "ami")

    def all_sent(self) -> bool:
        """Whether Kafka has confirmed all of the log."""
        cursor, files = self.folder / "log" / PBX / "a.cursor", self.log_files()
        if not cursor.exists():
            return False
        return bool(json.loads(cursor.read_text()) == {"file": files[-1].name, "offset": files[-1].stat().st_size})

    def until(self, met: Callable[[], bool], what: str) -> None:
        """Wait until `met`; fails the test, with what the processes said last, when that takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not met():
            if time.monotonic() > deadline:
                said = "\n".join(process.log.tail() for process in self.running.values())
                raise AssertionError(f"{what} did not happen in {PATIENCE_SECONDS:.0f} s:\n{said}")
            time.sleep(0.1)

    @property
    def _ports(self) -> Ports:
        return Ports(self.folder / "ports.json")

    def _start(self, module: str, options: Sequence[str], env: dict[str, str]) -> Process:
        login = {"TRUNKLINE_AMI_USER": USER, "TRUNKLINE_AMI_SECRET": SECRET}
        argv = (sys.executable, "-m", module, *options)
        command = Command(argv, {"PATH": os.environ["PATH"], **login, **env}, cwd=ROOT)
        self.running[module] = Process.start(module, command, LogFile(self.folder / f"{module}.log"))
        return self.running[module]


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
