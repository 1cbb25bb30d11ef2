"""Starts services as soon as those they need are up, restarts what dies, and stops everything, the needed ones last.

A service goes waiting → preparing → starting → up; a failure leads to down, and from there, after a pause that grows
(backoff.py), to preparing again. Until everything was up once, a failure that cannot pass by itself ends the whole with
an error; from then on a service is restarted for ever, because the others may still be of use.

One thread, the one that calls `run`, starts all processes and makes all decisions; preparing and waiting happen in
threads of their own. Children are tethered to that thread, so that even a kill -9 leaves none behind.
"""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeVar

from infra.backoff import Backoff
from infra.errors import InfraError, StartError
from infra.logs import LogFile
from infra.process import Process, wait_until
from infra.server import Prepared
from infra.service import Phase, Service, stop_waves

# Ten looks a second: invisible beside the 2 s that the slowest service needs to start.
TICK_SECONDS = 0.1
# A process that died at its start may have lost a race (a port, a rebalance); three times is a cause that stays.
FIRST_START_ATTEMPTS = 3

T = TypeVar("T")


class Board(Protocol):
    """Where the user sees what happens."""

    def show(self, name: str, phase: Phase, text: str) -> None:
        """The service `name` is now in `phase`; called from several threads."""


class Supervisor:
    """Runs `services` until told to stop. Logs go to `logs`/NAME.log."""

    def __init__(self, services: Sequence[Service], logs: Path, board: Board) -> None:
        self._waves = stop_waves(services)
        self._children = {service.name: _Child(service, LogFile(logs / f"{service.name}.log")) for service in services}
        self._board = board
        self._complete = False
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask `run` to stop everything and return; may be called from any thread, more than once."""
        self._stop.set()

    def run(self, when_complete: Callable[[], None]) -> None:
        """Bring everything up, call `when_complete` once, and keep it up until `stop`.

        Raises InfraError when it cannot be brought up. However it ends, no child is left.
        """
        try:
            while not self._stop.is_set():
                for child in self._children.values():
                    self._look_at(child)
                if not self._complete and all(child.phase is Phase.UP for child in self._children.values()):
                    self._complete = True
                    when_complete()
                self._stop.wait(TICK_SECONDS)
        finally:
            self._stop_all()

    def _look_at(self, child: "_Child") -> None:
        match child.phase:
            case Phase.WAITING | Phase.DOWN:
                if self._may_start(child):
                    child.work = in_thread(lambda: child.service.prepare(self._sayer(child)))
                    self._move(child, Phase.PREPARING)
            case Phase.PREPARING if child.work.done():
                self._start(child)
            case Phase.STARTING if child.work.done():
                self._judge_start(child)
            case Phase.UP if not child.running:
                self._failed(child, f"{child.service.name} ended with exit code {child.exit_code}\n{child.log.tail()}")

    def _may_start(self, child: "_Child") -> bool:
        if time.monotonic() < child.not_before:
            return False
        return all(self._children[need].phase is Phase.UP for need in child.service.needs)

    def _start(self, child: "_Child") -> None:
        try:
            prepared = child.prepared = child.work.result()
            child.process = Process.start(child.service.name, prepared.command, child.log)
        except InfraError as error:
            if not self._complete:
                raise
            self._failed(child, error.problem)
            return
        prepared.started(child.process)
        child.work = in_thread(lambda: self._settle(child))
        self._move(child, Phase.STARTING)

    def _settle(self, child: "_Child") -> Prepared:
        prepared, process = child.prepared, child.process
        assert prepared is not None and process is not None
        wait_until(prepared.answers, process, prepared.ready_limit)
        child.service.settle(prepared, self._sayer(child))
        return prepared

    def _judge_start(self, child: "_Child") -> None:
        error = child.work.exception()
        if error is None:
            self._move(child, Phase.UP, f"after {time.monotonic() - child.since:.1f} s")
            child.since = time.monotonic()
        elif isinstance(error, StartError) or (self._complete and isinstance(error, InfraError)):
            self._failed(child, error.problem)
        else:
            raise error

    def _failed(self, child: "_Child", reason: str) -> None:
        up_for = time.monotonic() - child.since if child.phase is Phase.UP else 0.0
        child.backoff = child.backoff.failed(up_for)
        child.not_before = time.monotonic() + child.backoff.delay
        child.end()
        if not self._complete and child.backoff.failures >= FIRST_START_ATTEMPTS:
            raise StartError(reason, f"Read {child.log.path}.")
        again = f"Starting it again in {child.backoff.delay:.0f} s; its log: {child.log.path}"
        self._move(child, Phase.DOWN, f"{reason}\n{again}")

    def _stop_all(self) -> None:
        for wave in self._waves:
            ending = [child for child in map(self._children.__getitem__, wave) if child.process is not None]
            for child in ending:
                child.ask_to_stop()
                self._move(child, Phase.STOPPING)
            for child in ending:
                child.end(politely=True)
                self._move(child, Phase.STOPPED)

    def _move(self, child: "_Child", phase: Phase, text: str = "") -> None:
        if phase is Phase.PREPARING:
            child.since = time.monotonic()
        child.phase = phase
        self._board.show(child.service.name, phase, text)

    def _sayer(self, child: "_Child") -> Callable[[str], None]:
        def say(text: str) -> None:
            # A thread that waits for a service may not have noticed yet that it was stopped.
            if child.phase in (Phase.PREPARING, Phase.STARTING):
                self._board.show(child.service.name, child.phase, text)

        return say


class _Child:
    """A service and what has become of it so far. `since`: start of the preparation, once up the moment it was up."""

    def __init__(self, service: Service, log: LogFile) -> None:
        self.service = service
        self.log = log
        self.phase = Phase.WAITING
        self.since = 0.0
        self.not_before = 0.0
        self.backoff = Backoff()
        self.work: Future[Prepared] = Future()
        self.prepared: Prepared | None = None
        self.process: Process | None = None
        self._deadline = 0.0

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.running

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.exit_code

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.ask_to_stop()
            self._deadline = time.monotonic() + self.process.command.stop_limit

    def end(self, politely: bool = False) -> None:
        """See the process to its end, after `ask_to_stop` politely, and give its folder free."""
        if self.process is not None:
            self.process.finish(self._deadline if politely else 0.0)
            self.process = None
        if self.prepared is not None:
            self.prepared.release()
            self.prepared = None


def in_thread(work: Callable[[], T]) -> "Future[T]":
    """Run `work` in a thread that does not keep the program from ending, as a pool's threads would."""
    future: Future[T] = Future()

    def fulfil() -> None:
        try:
            future.set_result(work())
        # Nothing is swallowed: whoever asks for the result gets the exception.
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=fulfil, daemon=True).start()
    return future


def stop_on_signals(supervisor: Supervisor) -> None:
    """SIGINT, SIGTERM and SIGHUP stop everything politely; a second one kills what is left."""

    def handle(number: int, frame: FrameType | None) -> None:
        # From now on the usual handler: a second Ctrl-C raises KeyboardInterrupt and ends the patience.
        signal.signal(number, signal.default_int_handler)
        supervisor.stop()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)
