"""A real Asterisk of our own, with Trunkline's configuration: started, stopped and asked by Python, without root.

`prepare` does everything up to the command line, for who supervises many processes; `answers` says whether it is up;
`RealAsterisk` puts both together for who wants an Asterisk and nothing else (tests, tools). It listens on loopback
only. Run as a program it stays in the foreground: `python -m infra.asterisk --data DIR`.

It does not restart by itself: Asterisk's own `core restart` would look for the system's loader and fail, so restart by
`stop` and `start`.
"""

import os
import resource
import signal
import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import click

from infra import asterisk_files, asterisk_tree
from infra.asterisk_files import AGENTS_HOST, TRUNK_HOST, AsteriskPorts, AsteriskSecrets, Installation
from infra.asterisk_plan import RealtimePlan
from infra.errors import InfraError, StartError
from infra.folder_lock import FolderLock
from infra.passwords import Passwords
from infra.ports import HOST, Ports
from infra.process import Command
from infra.server import Prepared, Server

CACHE = Path("~/.cache/trunkline/asterisk").expanduser()
# As in manager.conf: who listens, and who acts.
AMI_USER, CONTROL_USER = "trunkline", "trunkline-control"
# Measured: under 1 s on two free cores. Thirty times that, for a machine that is busy with other things.
READY_SECONDS = 30.0
# It hangs up its calls and ends within 1 s; longer means that it hangs.
STOP_SECONDS = 8.0
CLI_SECONDS = 10.0
# A call takes some 16 descriptors and the usual limit is 1024; this is enough for 4,000 at once.
OPEN_FILES = 65_536
# The kernel's limit for the path of a Unix socket, such as Asterisk's `run/asterisk.ctl`.
SOCKET_PATH_BYTES = 107


def kept_installation(data: Path, tree: Path, system_name: str = "pbx1", database: str = "") -> Installation:
    """The installation in the data folder `data`: its ports and secrets are chosen once and stay the same.

    `database` is the URL of Trunkline's database for the role `trunkline_asterisk`; with it browser phones are there.
    """
    ports = AsteriskPorts.claim(Ports(data / "ports.json"))
    secrets = AsteriskSecrets.claim(Passwords(data / "secrets.json"))
    realtime = RealtimePlan.of(database) if database else None
    return Installation(tree, (data / "asterisk").resolve(), ports, secrets, system_name, realtime)


def prepare(installation: Installation, patience: float = 5.0) -> Prepared:
    """Lock the folder and write the configuration.

    Raises InUseError when another Asterisk has the folder, StartError when the folder's path is too long.
    """
    _check_path(installation.folder / "run/asterisk.ctl")
    lock = FolderLock.take(installation.folder, patience)
    try:
        asterisk_files.write(installation)
    except BaseException:
        lock.release()
        raise
    # Times in the files are then UTC; the rest of the caller's environment is none of Asterisk's business.
    env = {"PATH": "/usr/bin:/bin", "HOME": str(installation.folder), "TZ": "UTC", "LANG": "C.UTF-8"}
    command = Command((*_program(installation), "-f"), env, keep_fds=(lock.descriptor,), stop_limit=STOP_SECONDS)
    return Prepared(command, f"{HOST}:{installation.ports.ami}", lambda: answers(installation), READY_SECONDS, lock)


def answers(installation: Installation) -> bool:
    """Whether the installation's Asterisk has loaded everything and takes manager connections."""
    if "fully booted" not in _ask(installation, "core waitfullybooted").stdout:
        return False
    with socket.socket() as probe:
        return probe.connect_ex((HOST, installation.ports.ami)) == 0


def _program(installation: Installation) -> tuple[str, ...]:
    return (*asterisk_tree.program(installation.tree), "-C", str(installation.configuration))


def _ask(installation: Installation, command: str) -> subprocess.CompletedProcess[str]:
    """Run one console command in the running Asterisk; the answer's exit code is not 0 when it cannot be reached."""
    argv = (*_program(installation), "-rx", command)
    try:
        return subprocess.run(argv, env={}, capture_output=True, text=True, check=False, timeout=CLI_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise StartError(
            f"Asterisk did not answer `{command}` within {CLI_SECONDS:.0f} s.",
            f"Read {installation.folder / 'log/messages.log'}.",
        ) from error


def _check_path(control: Path) -> None:
    if len(os.fsencode(control)) > SOCKET_PATH_BYTES:
        raise StartError(
            f"The path {control} is too long: a socket's path has at most {SOCKET_PATH_BYTES} bytes.",
            "Use a data folder with a shorter path (`--data DIR`).",
        )


class RealAsterisk(Server):
    """One Asterisk, started and stopped by hand. The object may be started again after `stop` or `kill`.

    Start it from a thread that lives as long as Asterisk shall: it dies with that thread.
    """

    def __init__(self, installation: Installation, patience: float = 5.0) -> None:
        log = installation.folder / "log/console.log"
        super().__init__("asterisk", log, lambda: prepare(installation, patience))
        self.installation = installation

    @property
    def ami_address(self) -> tuple[str, int]:
        return HOST, self.installation.ports.ami

    @property
    def ami_user(self) -> str:
        return AMI_USER

    @property
    def ami_secret(self) -> str:
        return self.installation.secrets.ami

    @property
    def control_user(self) -> str:
        """The manager's user who may act: the API's."""
        return CONTROL_USER

    @property
    def control_secret(self) -> str:
        return self.installation.secrets.control

    @property
    def system_name(self) -> str:
        """The prefix of every Uniqueid and Linkedid; Trunkline's name for this PBX."""
        return self.installation.system_name

    @property
    def queue_log(self) -> Path:
        return self.installation.queue_log

    @property
    def cel(self) -> Path:
        return self.installation.cel

    @property
    def cdr(self) -> Path:
        return self.installation.cdr

    @property
    def sip_address(self) -> tuple[str, int]:
        """Where phones and the trunk send SIP over UDP."""
        return HOST, self.installation.ports.sip

    @property
    def sips_address(self) -> tuple[str, int]:
        """Where phones send SIP over TLS."""
        return HOST, self.installation.ports.sips

    @property
    def trunk_address(self) -> tuple[str, int]:
        """Where the other end of the trunk must be: what comes from there is an outside call."""
        return TRUNK_HOST, self.installation.ports.trunk

    @property
    def agents_address(self) -> tuple[str, int]:
        """Where the phones of the large team (5001-5200) must be."""
        return AGENTS_HOST, self.installation.ports.agents

    @property
    def websocket_url(self) -> str:
        """SIP over WebSocket, for browser phones."""
        return f"ws://{HOST}:{self.installation.ports.http}/ws"

    def phone_secret(self, extension: str) -> str:
        """The secret by which the phone `extension` registers. Raises KeyError when there is no such phone."""
        return self.installation.secrets.phones[extension]

    def start(self) -> str:
        """Start and wait until it is fully booted; the AMI's address. Raises InfraError, leaving nothing running."""
        address = super().start()
        allow_many_files(self.process.pid)
        return address

    def cli(self, command: str) -> str:
        """What the console answers to `command`. Raises StartError when Asterisk does not run or does not answer."""
        done = _ask(self.installation, command)
        if done.returncode != 0:
            raise StartError(f"Asterisk does not answer: {done.stdout}{done.stderr}".strip(), "Start it first.")
        return done.stdout

    def channels(self) -> list[str]:
        """The names of the channels that exist now, such as `PJSIP/1001-0000000d`. Raises StartError as `cli` does."""
        return [line.split("!")[0] for line in self.cli("core show channels concise").splitlines()]


def allow_many_files(pid: int) -> None:
    """Raise the process's limit of open files as far as it may go."""
    hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
    limit = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, hard))


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The data folder.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="Where the programs are kept.")
@click.option("--name", default="pbx1", help="The PBX's system name.")
@click.option(
    "--spool",
    type=click.Path(path_type=Path),
    envvar="TRUNKLINE_RECORDING_SPOOL",
    help="Where recordings are written until they are encrypted; by default in the data folder.",
)
@click.option(
    "--record-queues", is_flag=True, envvar="TRUNKLINE_RECORD_QUEUES", help="Record what agents take from queues."
)
def main(data: Path, cache: Path, name: str, spool: Path | None, record_queues: bool) -> None:
    """Run Asterisk in the foreground until SIGTERM or Ctrl-C; the exit code is 1 when Asterisk ends by itself."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        tree = asterisk_tree.fetch(cache, os.environ.get("TRUNKLINE_DEBIAN_MIRROR", ""))
        database = os.environ.get("TRUNKLINE_DATABASE", "")
        kept = kept_installation(data, tree, name, database)
        asterisk = RealAsterisk(replace(kept, chosen_spool=spool, record_queues=record_queues))
        began = time.monotonic()
        asterisk.start()
    except InfraError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Asterisk is up after {time.monotonic() - began:.1f} s; AMI on {HOST}:{asterisk.ami_address[1]}.")
    try:
        while asterisk.process.running and not stopping.wait(0.2):
            pass
        ended = not asterisk.process.running
    finally:
        asterisk.stop()
    if ended:
        raise click.ClickException(f"Asterisk ended by itself. Read {asterisk.installation.folder / 'log'}.")


if __name__ == "__main__":
    main()
