"""`trunkline demo`: recordings of a real Asterisk through every part, and the numbers of three places side by side.

The simulator plays them over TCP; ingest, Kafka, streams, PostgreSQL and the warehouse are the real ones, in a folder
of their own. Ends with 0 only if live, mart and queue_log agree, and if the calls in PostgreSQL are those of a replay.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from rich.console import Console
from rich.table import Table

from infra import demo_numbers
from infra.demo_numbers import SHOWN, Numbers
from infra.errors import InfraError, StartError
from infra.local import Stack, process_argv
from infra.ports import HOST, listens
from infra.process import Command
from infra.progress import ProgressBoard
from infra.server import Prepared
from infra.service import Say, Service
from infra.settings import Address, UpSettings
from infra.supervisor import Supervisor, in_thread, stop_on_signals

SCENARIOS = Path(__file__).parents[1] / "tests" / "scenarios"
PLAYED = (
    "s01_queue_caller_hangup",
    "s02_queue_agent_hangup",
    "s03_queue_abandon",
    "s04_rna_then_other_agent",
    "s05_queue_timeout_to_voicemail",
    "s17_agent_busy_then_next",
    "s19_positions_three_callers_one_agent",
    "load_300",
)
# The recordings' own PBX.
PBX, USER, SECRET = "lab1", "trunkline", "demonstration"
# Reading them as fast as they are taken needs a few seconds; a machine with other work may need ten times that.
PLAYED_SECONDS = 60.0
# What is live is published within a second; a difference that stays is shown as one.
PUBLISHED_SECONDS = 10.0
FROM, TO = "2026-11-22", "2026-11-23"
SERVICES = ("kafka", "postgres", "streams", "ingest")


class Demo:
    """One run in one folder."""

    def __init__(self, data: Path, names: tuple[str, ...], inherited: Mapping[str, str]) -> None:
        self.folders = [SCENARIOS / name for name in names]
        given = {"TRUNKLINE_PBX": PBX, "TRUNKLINE_AMI_USER": USER, "TRUNKLINE_AMI_SECRET": SECRET}
        plain = UpSettings(data=data, page=Address(HOST, 1), given=given)
        port = Stack(plain, inherited).ports.claim("ami")
        settings = UpSettings(data=data, page=Address(HOST, 1), pbx=Address(HOST, port), given=given)
        self.stack = Stack(settings, inherited)
        self.data = data

    def services(self) -> tuple[Service, ...]:
        """The real ones that are needed, and the simulator with the recordings."""
        mine = [service for service in self.stack.services() if service.name in SERVICES]
        return (*mine, Service("simulator", self._prepare_simulator, needs=("kafka", "postgres")))

    def _prepare_simulator(self, say: Say) -> Prepared:
        address = self.stack.settings.pbx
        assert isinstance(address, Address)
        plays = [word for folder in self.folders for word in ("--play", str(folder / "session.ami.gz"))]
        argv = ("--listen", str(address), "--keep-time", "--speed", "max", *plays)
        environment = self.stack.environment("simulator")
        command = Command(process_argv("simulator", argv), environment)
        return Prepared(command, str(address), lambda: listens(address.port), 30.0)

    def wait_until_applied(self) -> None:
        """Wait until PostgreSQL has an outcome for each stint of the queue_logs. Raises StartError after a minute."""
        expected = sum(int(numbers["offered"] or 0) for numbers, _ in self.truth().values())
        deadline = time.monotonic() + PLAYED_SECONDS
        found = (0, 0)
        with psycopg.connect(self.stack.values.owner_url(), autocommit=True) as connection:
            while time.monotonic() < deadline:
                row = connection.execute(
                    "SELECT (SELECT count(*) FROM stints WHERE outcome IS NOT NULL),"
                    " (SELECT count(*) FROM call_sessions WHERE status <> 'ENDED')"
                ).fetchone()
                assert row is not None
                found = (row[0], row[1])
                if found == (expected, 0):
                    return
                time.sleep(0.2)
        raise StartError(
            f"After {PLAYED_SECONDS:.0f} s PostgreSQL had {found[0]} of {expected} stints, {found[1]} calls were open.",
            f"Read the logs in {self.data / 'logs'}.",
        )

    def truth(self) -> dict[str, tuple[Numbers, float]]:
        """queue_log's numbers by queue."""
        return demo_numbers.queue_log(folder / "queue_log" for folder in self.folders)

    def live(self) -> dict[str, Numbers]:
        """The live topic's numbers by queue, once it holds what was committed: it is written after that, a few times a
        second."""
        with psycopg.connect(self.stack.values.owner_url()) as connection:
            rows = connection.execute("SELECT queue_id, version FROM queues").fetchall()
            committed = {str(queue_id): int(version) for queue_id, version in rows}
        address = self.stack.values.value("streams", "KAFKA")
        deadline = time.monotonic() + PUBLISHED_SECONDS
        while True:
            newest = asyncio.run(demo_numbers.live(address))
            if {name: queue.version for name, queue in newest.items()} == committed or time.monotonic() > deadline:
                return {name: demo_numbers.of_queue(queue) for name, queue in newest.items()}

    def mart(self) -> dict[str, Numbers]:
        """The mart's numbers by queue, after one load."""
        self.warehouse("build")
        return demo_numbers.mart(self.warehouse("report", "service-level", "--from", FROM, "--to", TO, "--json"))

    def warehouse(self, *arguments: str) -> str:
        """What a warehouse command prints. Raises StartError with its last words when it fails."""
        argv, environment = process_argv("warehouse", arguments), self.stack.environment("warehouse")
        done = subprocess.run(argv, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise StartError(f"warehouse {' '.join(arguments)} failed: {done.stderr.strip()}", "See the line above.")
        return done.stdout

    def calls(self) -> dict[str, str]:
        """The calls as PostgreSQL, the log and the recordings have them: JSON lines by place."""
        recordings = [str(folder / "session.ami.gz") for folder in self.folders]
        return {
            "PostgreSQL": self.warehouse("calls", "--from", FROM, "--to", TO, "--json"),
            "replay of the log": self.warehouse("replay", str(self.data / "log"), "--json"),
            "replay of the recordings": self.warehouse("replay", *recordings, "--json"),
        }


def compare(demo: Demo, console: Console) -> bool:
    """Print the numbers side by side; whether all agree."""
    live, mart, truth = demo.live(), demo.mart(), demo.truth()
    table = Table(
        "Queue",
        "",
        "Live",
        "Mart",
        "queue_log",
        "",
        title="The same calls, counted in three places",
        caption="queue_log knows whole seconds only: ± is what that leaves open",
    )
    fine = True
    for queue, (theirs, doubt) in sorted(truth.items()):
        for name in SHOWN:
            ours, loaded = live.get(queue, {}).get(name), mart.get(queue, {}).get(name)
            same = ours == loaded and demo_numbers.agree(name, ours, theirs[name], doubt)
            fine = fine and same
            shown = [_shown(name, value) for value in (ours, loaded, theirs[name])]
            shown[2] += _margin(name, demo_numbers.allowance(name, doubt))
            table.add_row(queue if name == "offered" else "", name, *shown, "agree" if same else "[red]DIFFER[/red]")
        table.add_section()
    console.print(table)
    return fine


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name == "service level":
        return f"{100 * value:.1f} %"
    return f"{value:.1f} s" if name in ("speed of answer", "handle time") else f"{value:.0f}"


def _margin(name: str, allowed: float) -> str:
    """What whole seconds leave open, as it stands behind queue_log's number."""
    if not allowed:
        return ""
    return f" ± {100 * allowed:.1f}" if name == "service level" else f" ± {allowed:.0f}"


def compare_calls(demo: Demo, console: Console) -> bool:
    """Print whether every field of every call is the same in all places."""
    places = demo.calls()
    stored = places.pop("PostgreSQL").splitlines()
    fine = True
    for name, text in places.items():
        lines = text.splitlines()
        different = len(set(stored) ^ set(lines))
        fine = fine and stored == lines
        verdict = "equal, field by field" if stored == lines else f"[red]{different} lines differ[/red]"
        console.print(f"{len(stored)} calls in PostgreSQL, {len(lines)} in the {name}: {verdict}")
    return fine


@contextmanager
def folder(data: Path | None) -> Iterator[Path]:
    """The folder given, or one that is gone afterwards. The database's user must be able to pass through it."""
    if data is not None:
        yield data.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="trunkline-demo-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def run(demo: Demo, console: Console) -> bool:
    """Bring the parts up, play, compare, stop. Raises InfraError when a part fails."""
    services = demo.services()
    board = ProgressBoard(console, tuple(service.name for service in services))
    supervisor = Supervisor(services, demo.data / "logs", board)
    stop_on_signals(supervisor)
    verdicts: list[bool] = []

    def work() -> None:
        try:
            demo.wait_until_applied()
            verdicts.extend((compare(demo, console), compare_calls(demo, console)))
        finally:
            supervisor.stop()

    def complete() -> None:
        board.close()
        console.print(f"Playing {len(demo.folders)} recordings of a real Asterisk…")
        working.append(in_thread(work))

    working: list[Future[None]] = []
    try:
        supervisor.run(complete)
    finally:
        board.close()
    for future in working:
        future.result()
    return len(verdicts) == 2 and all(verdicts)


@click.command("demo")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep everything in this folder.")
def main(data: Path | None) -> None:
    """Play recordings through every part and compare the numbers; 0 only if they agree."""
    console = Console()
    began = time.monotonic()
    try:
        with folder(data) as place:
            fine = run(Demo(place, PLAYED, os.environ), console)
    except InfraError as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(1)
    console.print(f"{'All agree' if fine else 'They do NOT agree'}, after {time.monotonic() - began:.0f} s.")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
