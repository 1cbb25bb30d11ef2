"""Part `sockets`: the live socket with a thousand and with ten thousand clients, beside the `websockets` library alone.

Both servers are told of the same changes and send the same frames, one at a time and twenty at a time; the library by
its own `broadcast`, to clients that it knows nothing of: no sign-in, no rooms, no numbers, no snapshot. Counted is the
server's CPU time, the kernel's for it included. A wait is from the change to its frame in a client's process. The
clients, two processes of raw sockets, share the machine with the server: waits are of a machine that is full.
"""

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from infra.ports import HOST
from tests.bench.lab import ROOT, cpu_s
from tests.bench.latency import percentile
from tests.bench.race import Result, load, table

SIZES = (1_000, 10_000)
KINDS = ("trunkline", "websockets")
BURSTS = (1, 20)
ROUNDS = 3
# Deliveries of one repetition, whatever the number of sockets, for each size of burst.
DELIVERIES = {1: 40_000, 20: 200_000}
# One change at a time has its whole way to itself: about twice what telling a socket takes.
PAUSE_S_PER_SOCKET, LEAST_PAUSE_S = 50e-6, 0.03
CROWDS = 2
# The clients of a crowd beyond these are those that are added later.
LATER = 50_000
DEAF = 100
LOOK_S = 0.05
PATIENCE_S = 120.0
PAGE = resource.getpagesize()


class Child:
    """A process that answers each line by a line."""

    def __init__(self, *argv: str) -> None:
        environment = {**os.environ, "PYTHONPATH": "tests"}
        self.popen = subprocess.Popen(
            (sys.executable, "-m", *argv), cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, line: str) -> None:
        """Send a line."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()

    def answer(self) -> str:
        """The next line that it writes. Raises RuntimeError when it has ended instead."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.popen.args!r} ended")
        return line.strip()

    def stop(self) -> None:
        """End it."""
        self.popen.kill()
        self.popen.communicate()


class Told(NamedTuple):
    """One repetition: deliveries per CPU second, and the waits of those looked at, ms, in order."""

    rate: float
    waits: list[float]


class Site:
    """A server with its clients."""

    def __init__(self, kind: str, port: int, stack: ExitStack) -> None:
        self.server = Child("tests.bench.socket_server", kind, str(port))
        stack.callback(self.server.stop)
        assert self.server.answer() == "ready"
        self._empty = self._memory()
        self._port, self._stack = port, stack
        self.crowds: list[Child] = []
        self.sockets = self._frames = self._closed = 0

    def open(self, count: int, deaf: int = 0) -> tuple[float, float]:
        """Open so many more sockets, in processes of their own; seconds of wall and CPU until all had a snapshot."""
        numbers = [LATER * (len(self.crowds) + each) for each in range(CROWDS)]
        crowds = [Child("tests.bench.socket_clients", str(self._port), str(each)) for each in numbers]
        for crowd in crowds:
            self._stack.callback(crowd.stop)
            assert crowd.answer() == "ready"
        began, used = time.monotonic(), self.cpu_s()
        _asked(crowds, f"open {count // CROWDS} {deaf // CROWDS}")
        self.crowds += crowds
        self.sockets += count - deaf
        took = time.monotonic() - began, self.cpu_s() - used
        self._heard()
        return took

    def tell(self, burst: int) -> Told:
        """Change things until so many frames have come."""
        count = DELIVERIES[burst] // self.sockets
        pause, used, waits = max(LEAST_PAUSE_S, self.sockets * PAUSE_S_PER_SOCKET), self.cpu_s(), list[float]()
        _asked([self.server], f"tell {count} {burst} {pause}")
        left, deadline = count * self.sockets, time.monotonic() + PATIENCE_S
        while left > 0:
            frames, each = self._heard()
            left -= frames
            waits += each
            if time.monotonic() > deadline:
                raise RuntimeError(f"{left:,} frames did not come")
            time.sleep(LOOK_S)
        rate = count * self.sockets / (self.cpu_s() - used)
        return Told(rate, sorted(wait * 1_000 for wait in waits))

    def come_back(self) -> tuple[float, float]:
        """Close all sockets; seconds until all had a snapshot again, of wall and of the server's CPU."""
        began, used, before = time.monotonic(), self.cpu_s(), self._closed
        _asked([self.server], "kick")
        while self._closed < before + self.sockets:
            self._heard()
            time.sleep(LOOK_S)
        _asked(self.crowds, "whole")
        took = time.monotonic() - began, self.cpu_s() - used
        self._heard()
        return took

    def cpu_s(self) -> float:
        """CPU seconds of the server so far."""
        return cpu_s(self.server.popen.pid)

    @property
    def memory_each(self) -> float:
        """KiB of the server's memory for each socket."""
        return (self._memory() - self._empty) / self.sockets / 1024

    def _memory(self) -> int:
        return int(Path(f"/proc/{self.server.popen.pid}/statm").read_text().split()[1]) * PAGE

    def _heard(self) -> tuple[int, list[float]]:
        answers = _asked(self.crowds, "frames")
        frames, self._frames = self._frames, sum(each[0] for each in answers)
        self._closed = sum(each[2] for each in answers)
        return self._frames - frames, [wait for each in answers for wait in each[1]]


def _asked(children: Sequence[Child], line: str) -> list[Any]:
    for child in children:
        child.ask(line)
    answers = [child.answer() for child in children]
    return [json.loads(answer) for answer in answers if answer != "done"]


def free_port() -> int:
    """A port that nobody has, as long as nobody else looks for one at the same time."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def run() -> Iterator[str]:
    """Measure; the tables."""
    for size in SIZES:
        yield from measured(size)
    yield load()


def measured(size: int) -> Iterator[str]:
    """The lines on so many sockets."""
    with ExitStack() as stack:
        found = [Site(kind, free_port(), stack) for kind in KINDS]
        opened = [site.open(size) for site in found]
        memory = [site.memory_each for site in found]
        told = {burst: [[site.tell(burst) for site in found] for _ in range(ROUNDS)] for burst in BURSTS}
        for burst, rounds in told.items():
            results = [Result(name, tuple(each[i].rate for each in rounds)) for i, name in enumerate(KINDS)]
            yield table(f"deliveries per CPU-second, {size:,} sockets, {burst} at a time", results, ["websockets"])
        yield "  memory for each socket, KiB: " + _beside(memory, "{:.0f}")
        ours = found[0]
        yield waits("one at a time", [each[0] for each in told[1]])
        ours.open(size // DEAF, size // DEAF)
        yield waits("with 1 % that read nothing", [ours.tell(1) for _ in range(ROUNDS)])
        yield "  until all had opened, s of wall and CPU: " + _beside(opened, "{0[0]:.1f} {0[1]:.1f}")
        back = [site.come_back() for site in found]
        yield "  until all had come back, s of wall and CPU: " + _beside(back, "{0[0]:.1f} {0[1]:.1f}")


def waits(title: str, told: Sequence[Told]) -> str:
    """A line: percentiles of the waits, each the median of the repetitions."""
    medians = {each: statistics.median(percentile(one.waits, each) for one in told) for each in (50, 99)}
    return f"  wait for a frame, ms, {title}: {', '.join(f'p{each} {ms:,.0f}' for each, ms in medians.items())}"


def _beside(values: Sequence[Any], form: str) -> str:
    return ", ".join(f"{name} {form.format(value)}" for name, value in zip(KINDS, values, strict=True))
