"""What the command line asks for: how many PBXs, where each is heard, and what each one plays.

Job: turn options into plans, addresses, names, seeds and folders.
Contract: pure but for `begins_us`, which looks at the clock; whatever cannot be is a click.UsageError that says what to
give instead. It must not read the environment.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from asterisk.simulator.arrivals import SHAPES
from asterisk.simulator.floor import Habits
from asterisk.simulator.traffic import DEFAULT_RATE, Plan

MOST_PBXS = 64
"""More would not keep up with the clock in one process."""


@dataclass(frozen=True)
class Site:
    """One PBX of the simulation: its systemname, its address, its seed, its folder and its traffic."""

    name: str
    host: str
    port: int
    seed: int | str
    files: Path | None
    plan: Plan


@dataclass(frozen=True)
class Chosen:
    """The command line's options, under their own names."""

    listen: tuple[str, ...]
    port: int | None
    pbxs: int | None
    user: str
    files: Path | None
    speed: float | None
    clients: int
    once: bool
    write_timeout: float
    numbered: bool
    recordings: tuple[Path, ...]
    keep_time: bool
    generate: bool
    name: str
    seed: int
    rate: float | None
    calls_per_hour: float | None
    calls: int | None
    queues: int
    agents: int | None
    talk: float
    shape: str
    timezone: str
    begin: float | None

    @property
    def sites(self) -> list[Site]:
        """Each PBX. Raises click.UsageError."""
        plan, addresses, names = self.plan, self.addresses, self.names
        return [
            Site(
                name=names[i],
                host=addresses[i][0],
                port=addresses[i][1],
                # The first of several plays what one alone would.
                seed=f"{self.seed}.{i + 1}" if i else self.seed,
                files=self.files / names[i] if self.files is not None and self.count > 1 else self.files,
                plan=replace(plan, first_person=i * plan.staff),
            )
            for i in range(self.count)
        ]

    @property
    def count(self) -> int:
        """How many PBXs. Raises click.UsageError."""
        count = len(self.listen) if self.pbxs is None else self.pbxs
        if not 1 <= count <= MOST_PBXS:
            raise click.UsageError(f"--pbxs must be from 1 to {MOST_PBXS}.")
        if len(self.listen) not in (1, count):
            raise click.UsageError(f"--listen must be given once, or once for each of the {count} PBXs.")
        if count > 1 and self.recordings:
            raise click.UsageError("--play is for one PBX: leave --pbxs out, or start one simulator per recording.")
        return count

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Host and port for each PBX: those given, or consecutive ones from the only one on; 0 stays 0."""
        given = [self._address(text) for text in self.listen]
        if len(given) == self.count:
            return given
        ((host, port),) = given
        return [(host, port + i if port else 0) for i in range(self.count)]

    def _address(self, text: str) -> tuple[str, int]:
        host, _, port = text.rpartition(":")
        if not host or not port.isdigit():
            raise click.UsageError(f"--listen {text} is not HOST:PORT. For example: --listen 127.0.0.1:5038")
        return host, int(port) if self.port is None else self.port

    @property
    def names(self) -> list[str]:
        """The systemnames: the one given, and counted on from its number: sim1, sim2, …"""
        stem = self.name.rstrip("0123456789")
        first = int(self.name[len(stem) :] or 1)
        return [self.name] if self.count == 1 else [f"{stem}{first + i}" for i in range(self.count)]

    @property
    def plan(self) -> Plan:
        """The traffic asked for, of each PBX. Raises click.UsageError."""
        hourly = self.calls_per_hour / 3600 if self.calls_per_hour is not None else DEFAULT_RATE
        rate = self.rate if self.rate is not None else hourly
        if rate <= 0 or self.queues < 1 or self.talk <= 0:
            raise click.UsageError("--rate, --queues and --talk must be above 0.")
        return Plan(
            rate=rate,
            calls=self.calls,
            queues=self.queues,
            agents=self.agents,
            habits=Habits(talk_s=self.talk),
            shape=SHAPES[self.shape],
            zone=self._zone,
        )

    @property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"--timezone {self.timezone} is not known. For example: --timezone Europe/Berlin"
            raise click.UsageError(message) from error

    @property
    def begins_us(self) -> int:
        """When generated traffic begins. As fast as it is read, it begins so early that it ends about now."""
        if self.begin is not None:
            return round(self.begin * 1_000_000)
        now_us = round(time.time() * 1_000_000)
        if self.speed is not None or self.calls is None:
            return now_us
        plan = self.plan
        # The last call may wait for the longest and then talk for several times the mean.
        last_us = now_us - round((plan.max_wait_s + 10 * self.talk) * 1_000_000)
        # They come by chance: so many more would be a surprise, and nothing is to happen in the future.
        most = self.calls + 2 * self.calls**0.5
        return plan.shape.begin_us(last_us, most / plan.rate, plan.zone)
