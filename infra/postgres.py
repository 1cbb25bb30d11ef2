"""A real PostgreSQL of our own: made, run and asked by Python alone, its cluster in one folder, as root or not.

`prepare` does everything up to the command line and gives a check that only our own server passes: SCRAM proves both
sides to each other. `ensure_databases` makes what a new cluster lacks. The server listens on loopback TCP only and asks
everyone for a password. Schema and roles are the business of migrate.py.
"""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from infra import postgres_files
from infra.errors import StartError
from infra.folder_lock import FolderLock
from infra.kept import write_private
from infra.passwords import Passwords
from infra.ports import HOST, Ports, listens
from infra.postgres_files import Programs
from infra.process import Command, run_to_end
from infra.server import Prepared

OWNER = "trunkline_owner"
# The application's tables, and the catalog of the lake.
DATABASE, LAKE = "trunkline", "lake"
# Measured: 0.5 s, 0.8 s after a kill. A long recovery on a slow disk may take much longer.
READY_SECONDS = 60.0
# SIGINT cuts connections and writes a checkpoint, 0.1 s when idle.
STOP_SECONDS = 10.0
ANSWER_SECONDS = 2


@dataclass(frozen=True)
class PostgresPlace:
    """Where one cluster lives, and its passwords. `options` are further settings of the server, as `name=value`.

    `shared` is where root's clusters go (see postgres_files.py).
    """

    folder: Path
    ports: Ports
    passwords: Passwords
    options: tuple[str, ...] = ()
    shared: Path = postgres_files.SHARED


def prepare(place: PostgresPlace, patience: float = 5.0) -> Prepared:
    """Lock the folder, make a cluster if there is none, choose the port.

    Raises InUseError (another server has the folder) or StartError (no programs, or the cluster cannot be made).
    """
    lock = FolderLock.take(place.folder, patience)
    try:
        return _prepare_locked(place, lock)
    except BaseException:
        lock.release()
        raise


def _prepare_locked(place: PostgresPlace, lock: FolderLock) -> Prepared:
    programs = postgres_files.programs()
    data = place.folder / "data"
    if not data.exists():
        _make_cluster(place, programs, data)
    cluster = data.resolve()
    remove_stale_pid(cluster)
    port = place.ports.claim("postgres")
    command = Command(
        postgres_files.server_command(programs, cluster, port, place.options),
        {"LC_ALL": "C"},
        cwd=cluster,
        user=programs.user,
        keep_fds=(lock.descriptor,),
        # SIGTERM would wait for every client to leave by itself.
        stop_signal=signal.SIGINT,
        stop_limit=STOP_SECONDS,
        death_signal=signal.SIGINT,
    )
    return Prepared(command, f"{HOST}:{port}", lambda: _answers(place, port), READY_SECONDS, lock)


def _make_cluster(place: PostgresPlace, programs: Programs, data: Path) -> None:
    """Make the cluster, whole or not at all: it gets its name only when initdb is done."""
    home = postgres_files.new_cluster_home(place.folder, programs.user, place.shared)
    half, password_file = home / "data.part", home / "password.part"
    shutil.rmtree(half, ignore_errors=True)
    write_private(password_file, place.passwords.get(OWNER))
    if programs.user:
        shutil.chown(password_file, programs.user)
    try:
        _initdb(programs, half, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    whole = half.rename(home / "data")
    if whole != data:
        data.unlink(missing_ok=True)
        # Relative where possible, so that the data folder may be moved.
        data.symlink_to(whole.relative_to(place.folder) if whole.is_relative_to(place.folder) else whole)


def _initdb(programs: Programs, cluster: Path, password_file: Path) -> None:
    argv = postgres_files.initdb_command(programs, cluster, OWNER, password_file)
    exit_code, output = run_to_end(argv, {"LC_ALL": "C"}, cluster.parent, programs.user)
    if exit_code != 0:
        raise StartError(
            f"The database's folder {cluster} could not be made:\n{output}",
            "Check that the disk is not full and that the folder can be written.",
        )


def remove_stale_pid(cluster: Path, proc: Path = Path("/proc")) -> None:
    """Remove what a killed server left behind, which stops a start when its process number is in use again.

    Our lock on the folder says that no server of ours lives; a server that somebody started by hand is respected.
    """
    pid_file = cluster / "postmaster.pid"
    if pid_file.exists():
        pid = pid_file.read_text().split("\n", 1)[0]
        command_line = proc / pid / "cmdline"
        program = command_line.read_bytes().split(b"\0", 1)[0] if command_line.exists() else b""
        if program.rpartition(b"/")[2] != b"postgres":
            pid_file.unlink()


def _answers(place: PostgresPlace, port: int) -> bool:
    if not listens(port):
        return False
    try:
        with psycopg.connect(url(place, port, "postgres"), connect_timeout=ANSWER_SECONDS):
            return True
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StartError(
                f"The database in {place.folder} does not know the password in secrets.json beside it.",
                "Put the secrets.json that belongs to it back, or remove the whole data folder to begin anew.",
            ) from error
        return False


def url(place: PostgresPlace, port: int, database: str, role: str = OWNER) -> str:
    """The connection URL of `role`, its password included: never log it."""
    password = quote(place.passwords.get(role), safe="")
    return f"postgresql://{role}:{password}@{HOST}:{port}/{database}?require_auth=scram-sha-256"


def ensure_databases(owner_url: str, names: tuple[str, ...] = (DATABASE, LAKE)) -> None:
    """Make the databases that are not there, owned by the role of `owner_url` (a URL of database `postgres`)."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
