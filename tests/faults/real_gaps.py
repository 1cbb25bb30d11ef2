"""A real Asterisk under load goes unheard for a while, in three ways; what its files then make of its calls.

`python -m faults.real_gaps --seconds 180 --deaf 60` takes as long as that, three times.
"""

import asyncio
import os
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
import psycopg
from faults.real_load import keep_calling
from streamed.centre import PARTITIONS, Centre, own_centre
from streamed.way_in import ROOT
from truth import disagreements, told_by_calls, told_by_queue_log

from infra import asterisk_tree
from infra.asterisk import CACHE, RealAsterisk, kept_installation
from infra.local import process_argv
from infra.logs import LogFile
from infra.ports import HOST
from infra.process import Command, Process
from warehouse.readback import stored_calls

PER_SECOND, SEED = 3.0, 20261126
# Calls become final within seconds; the promise is a minute.
FINAL_SECONDS = 60.0
LOOK_SECONDS = 0.25


class Cable:
    """A line to the manager interface that can be pulled out and put back."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def plug(self) -> None:
        """Listen and pass on."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)

    async def pull(self) -> None:
        """Cut what is connected; nobody gets through until it is plugged in again."""
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nobody to pass on to, or the end of the test: neither is news to asyncio.
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            self._ends |= {writer, far_writer}
            passing = [asyncio.create_task(_pass_on(*ends)) for ends in ((reader, far_writer), (far_reader, writer))]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                far_writer.transport.abort()
                self._ends -= {writer, far_writer}
        writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


@dataclass
class Installation:
    """Asterisk, an ingester behind a cable, Kafka, a worker and PostgreSQL, all real."""

    centre: Centre
    asterisk: RealAsterisk
    folder: Path
    partition: int
    running: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cable = Cable(self.asterisk.ami_address)

    def ingest(self) -> None:
        """Start the ingester, or start it again."""
        env = {
            "PATH": os.environ["PATH"],
            "TRUNKLINE_KAFKA": self.centre.workers.broker,
            "TRUNKLINE_DATA": str(self.folder),
            "TRUNKLINE_PBX": self.asterisk.system_name,
            "TRUNKLINE_PARTITION": str(self.partition),
            "TRUNKLINE_AMI": f"{HOST}:{self.cable.port}",
            "TRUNKLINE_AMI_USER": self.asterisk.ami_user,
            "TRUNKLINE_AMI_SECRET": self.asterisk.ami_secret,
            "TRUNKLINE_QUEUE_LOG": str(self.asterisk.queue_log),
            "TRUNKLINE_CEL": str(self.asterisk.cel),
        }
        command = Command(process_argv("ingest", ()), env, cwd=ROOT)
        self.running.append(Process.start("ingest", command, LogFile(self.folder / "ingest.log")))

    def count(self, where: str) -> int:
        """How many calls of this PBX are so."""
        with psycopg.connect(self.centre.url()) as connection:
            query = f"SELECT count(*) FROM call_sessions WHERE pbx = %s AND {where}"
            found = connection.execute(query.encode(), (self.asterisk.system_name,)).fetchone()
        return int(found[0]) if found else 0

    def gaps(self) -> list[tuple[str, float | None]]:
        """What was not heard: cause and seconds, None while it lasts."""
        query = (
            "SELECT cause, extract(epoch FROM ended_at - started_at)::float FROM gaps WHERE pbx = %s"
            " AND source = 'ami' ORDER BY started_at"
        )
        with psycopg.connect(self.centre.url()) as connection:
            return connection.execute(query, (self.asterisk.system_name,)).fetchall()

    def corrections(self) -> Counter[str]:
        """How many calls were put right, and how many appeared."""
        query = "SELECT CASE WHEN appeared THEN 'appeared' ELSE 'put right' END, count(*) FROM corrections GROUP BY 1"
        with psycopg.connect(self.centre.url()) as connection:
            return Counter(dict(connection.execute(query).fetchall()))

    def calls(self, since: datetime) -> list[dict[str, Any]]:
        """The calls of this PBX as they are stored, in their public form."""
        found = stored_calls(self.centre.url("trunkline_warehouse"), since, datetime.now(UTC) + timedelta(hours=1))
        return [msgspec.to_builtins(it) for it in found if it.pbx == self.asterisk.system_name]


Deafness = Callable[[Installation, float], Awaitable[None]]


async def line_is_cut(it: Installation, seconds: float) -> None:
    """The line is cut, and comes back."""
    await it.cable.pull()
    await asyncio.sleep(seconds)
    await it.cable.plug()


async def ingester_is_killed(it: Installation, seconds: float) -> None:
    """The ingester is killed, and started again so much later."""
    it.running[-1].kill()
    await asyncio.sleep(seconds)
    it.ingest()


async def asterisk_is_killed(it: Installation, seconds: float) -> None:
    """Asterisk is killed with all its calls, and comes up again within a second or two."""
    del seconds
    await asyncio.to_thread(it.asterisk.kill)
    await asyncio.to_thread(it.asterisk.start)


WAYS: dict[str, Deafness] = {
    "AMI is cut": line_is_cut,
    "the ingester is killed": ingester_is_killed,
    "Asterisk is killed": asterisk_is_killed,
}


@dataclass(frozen=True)
class Found:
    """What came of one load."""

    calls: int
    stored: int
    stints: int
    wrong: list[str]
    gaps: list[tuple[str, float | None]]
    provisional: int
    final_after: float
    corrections: Counter[str]
    cut_off: int


@contextmanager
def installation(centre: Centre, folder: Path, name: str, partition: int = PARTITIONS[0]) -> Iterator[Installation]:
    """A PBX of its own beside a centre; its processes are killed at the end."""
    folder.mkdir()
    tree = asterisk_tree.fetch(CACHE, os.environ.get("TRUNKLINE_DEBIAN_MIRROR", ""))
    asterisk = RealAsterisk(kept_installation(folder / "pbx", tree, name))
    asterisk.start()
    it = Installation(centre, asterisk, folder, partition)
    try:
        yield it
    finally:
        for process in it.running:
            process.kill()
        asterisk.stop()


async def go_deaf(it: Installation, way: Deafness, seconds: float, deaf: float) -> Found:
    """Keep calling for `seconds`; a third into it nothing is heard, for `deaf` seconds. Then wait for the files."""
    since = datetime.now(UTC)
    await it.cable.plug()
    it.ingest()
    loading = asyncio.create_task(keep_calling(it.asterisk, PER_SECOND, seconds, SEED))
    await asyncio.sleep(seconds / 3)
    await way(it, deaf)
    calls = await loading
    final_after, left = await asyncio.to_thread(_until_final, it)
    await it.cable.pull()
    stored, truth = it.calls(since), told_by_queue_log(it.asterisk.queue_log)
    wrong = disagreements(truth, told_by_calls(stored))
    cut_off = sum(stint["outcome"] is None for form in stored for stint in form["stints"])
    return Found(calls, len(stored), len(truth), wrong, it.gaps(), left, final_after, it.corrections(), cut_off)


def _until_final(it: Installation) -> tuple[float, int]:
    """How many seconds it took until no call was provisional, and how many are if it took too long."""
    began = time.monotonic()
    while (left := it.count("certainty = 'provisional'")) and time.monotonic() - began < FINAL_SECONDS:
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began, left


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder through which the database's user, who is not root, may pass."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-gaps-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@click.command()
@click.option("--seconds", default=180.0, show_default=True, help="How long customers call, three a second.")
@click.option("--deaf", default=60.0, show_default=True, help="How long nothing is heard of them.")
def main(seconds: float, deaf: float) -> None:
    """Print what came of each way of not hearing a PBX."""
    for name, way in WAYS.items():
        with (
            _folder() as folder,
            own_centre(folder / "centre", ["1"]) as centre,
            installation(centre, folder / "way", "pbx1") as it,
        ):
            found = asyncio.run(go_deaf(it, way, seconds, deaf))
        wrong = "".join(f"\n  {it}" for it in found.wrong[:20])
        click.echo(
            f"{name}: {found.calls} calls, {found.stored} stored, {found.stints} stints in queue_log,"
            f" {len(found.wrong)} wrong; AMI not heard: {found.gaps}; {dict(found.corrections)};"
            f" {found.cut_off} stints cut off; {found.provisional} provisional,"
            f" all final {found.final_after:.1f} s after the last call{wrong}"
        )


if __name__ == "__main__":
    main()
