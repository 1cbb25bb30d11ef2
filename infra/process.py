"""One child process: in its own process group and tethered to us, its output kept in a log, stopped within a limit.

Used for the broker, the database and every process of the project alike. It does not restart anything and knows nothing
of readiness except how to wait for somebody else's check.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra import tether
from infra.errors import StartError
from infra.logs import LogFile

# How often a check is repeated; a tenth of the time that the fastest server needs to come up.
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Command:
    """What to run and how to end it. `env` is the whole environment; `user` is used only by root; times in seconds."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    cwd: Path | None = None
    user: str = ""
    keep_fds: tuple[int, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_limit: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL


class Process:
    """A running child. Make it with `start`; end it with `stop`, which always succeeds."""

    def __init__(self, name: str, command: Command, log: LogFile, popen: subprocess.Popen[bytes]) -> None:
        self.name = name
        self.command = command
        self.log = log
        self._popen = popen
        self._pump = threading.Thread(target=self._keep_output, name=f"log of {name}", daemon=True)
        self._pump.start()

    @classmethod
    def start(cls, name: str, command: Command, log: LogFile) -> "Process":
        """Start `command`; its output goes to `log`, which begins a new file.

        Raises StartError when it cannot be started. The child dies with the calling *thread* (see tether.py).
        """
        log.rotate()
        try:
            popen = subprocess.Popen(
                _tethered(command),
                env=dict(command.env),
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=command.keep_fds,
            )
        except OSError as error:
            log.close()
            raise StartError(
                f"{name}: cannot run {command.argv[0]}: {error}", "Run `make clean run` to install it anew."
            ) from error
        return cls(name, command, log, popen)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._popen.poll()

    @property
    def running(self) -> bool:
        return self.exit_code is None

    def send_signal(self, number: signal.Signals) -> None:
        """Signal the process itself, not its group; does nothing once it has ended."""
        self._popen.send_signal(number)

    def stop(self) -> None:
        """End the process: first politely, after `stop_limit` seconds by SIGKILL to its whole group."""
        self.ask_to_stop()
        self.finish(time.monotonic() + self.command.stop_limit)

    def ask_to_stop(self) -> None:
        """Send the polite signal and return at once."""
        self._popen.send_signal(self.command.stop_signal)

    def finish(self, deadline: float) -> None:
        """Wait for the end until `deadline` (monotonic clock), then kill what is left of the process group."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(max(0.0, deadline - time.monotonic()))
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole group; returns when the process is gone and its output is in the log."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        # A grandchild that left the group may hold the pipe open; its output is not ours to wait for.
        self._pump.join(timeout=1.0)
        self.log.close()

    def _keep_output(self) -> None:
        assert self._popen.stdout is not None
        with self._popen.stdout as output:
            for line in output:
                self.log.write(line)


def wait_until(check: Callable[[], bool], process: Process, limit: float) -> None:
    """Repeat `check` until it is true.

    Raises StartError, with the last lines of the log, when the process ends first or `limit` seconds pass.
    """
    deadline = time.monotonic() + limit
    while not check():
        if not process.running:
            raise StartError(
                f"{process.name} ended with exit code {process.exit_code} before it was ready\n{process.log.tail()}",
                f"Read {process.log.path}.",
            )
        if time.monotonic() > deadline:
            raise StartError(
                f"{process.name} was not ready after {limit:.0f} s\n{process.log.tail()}",
                f"Read {process.log.path}; on a slow or busy machine start again.",
            )
        time.sleep(POLL_SECONDS)


def run_to_end(argv: tuple[str, ...], env: Mapping[str, str], cwd: Path, user: str = "") -> tuple[int, str]:
    """Run a tool that ends by itself; its exit code and all that it printed. It dies with us like the others."""
    command = Command(argv, env, user=user)
    done = subprocess.run(
        _tethered(command), env=dict(env), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _tethered(command: Command) -> list[str]:
    user = command.user if os.geteuid() == 0 else ""
    script = str(Path(tether.__file__))
    return [sys.executable, "-I", "-S", script, str(os.getpid()), str(int(command.death_signal)), user, *command.argv]
