"""A server prepared to run, and one that is run by hand: what the broker and the database have in common.

`Prepared` is what a supervisor needs to know of a server; `Server` runs one without a supervisor, for tests and tools.
What a server is (its files, its command line, its check) is the business of the module that prepares it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.errors import StartError
from infra.folder_lock import FolderLock
from infra.logs import LogFile
from infra.process import Command, Process, wait_until


@dataclass(frozen=True)
class Prepared:
    """All but started. `answers` asks once whether *this* server answers; it may raise InfraError when a stranger does.

    `address` is `HOST:PORT`; `ready_limit` in seconds. Whoever starts the command releases the lock when it has ended.
    """

    command: Command
    address: str
    answers: Callable[[], bool]
    ready_limit: float
    lock: FolderLock | None = None

    def started(self, process: Process) -> None:
        """Write down who has the folder, for the message that a second comer gets."""
        if self.lock is not None:
            self.lock.name_owner(process.pid)

    def release(self) -> None:
        """Let go of the folder; may be called twice."""
        if self.lock is not None:
            self.lock.release()


class Server:
    """One server, started and stopped by hand; it may be started again after `stop` or `kill`."""

    def __init__(self, name: str, log: Path, prepare: Callable[[], Prepared]) -> None:
        self._name = name
        self._log = LogFile(log)
        self._prepare = prepare
        self._running: tuple[Prepared, Process] | None = None

    @property
    def address(self) -> str:
        """`HOST:PORT`. Raises StartError when the server does not run."""
        return self._get()[0].address

    @property
    def process(self) -> Process:
        """The running process. Raises StartError when there is none."""
        return self._get()[1]

    def start(self) -> str:
        """Start and wait until it answers; its address. Raises InfraError, having left nothing running."""
        prepared = self._prepare()
        try:
            process = Process.start(self._name, prepared.command, self._log)
        except StartError:
            prepared.release()
            raise
        self._running = prepared, process
        prepared.started(process)
        try:
            wait_until(prepared.answers, process, prepared.ready_limit)
        except BaseException:
            self.stop()
            raise
        return prepared.address

    def stop(self) -> None:
        """End it politely, by SIGKILL after its limit; does nothing when it does not run."""
        self._end(Process.stop)

    def kill(self) -> None:
        """SIGKILL at once, as a power cut would."""
        self._end(Process.kill)

    def _end(self, how: Callable[[Process], None]) -> None:
        if self._running is not None:
            prepared, process = self._running
            self._running = None
            how(process)
            prepared.release()

    def _get(self) -> tuple[Prepared, Process]:
        if self._running is None:
            raise StartError(f"{self._name} does not run.", "Call start() first.")
        return self._running
