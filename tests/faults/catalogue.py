"""The seven faults: what is done to a centre in the middle of its work, and how long it lasts.

A fault returns when it is over: what it took down is up again, or stays down for good.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from streamed.centre import Centre, Round

JOINER = "4"
STOPPED_SECONDS, AWAY_SECONDS = 30.0, 60.0
# What a supervisor takes to notice that a process has ended and to start it again.
RESTART_SECONDS = 1.0


@dataclass(frozen=True)
class Fault:
    """`strike` does it; `lasts` is about how long that takes, in seconds, for callers to come meanwhile and after."""

    name: str
    lasts: float
    strike: Callable[[Centre, Round, Random], None]


def join(centre: Centre, calls: Round, chance: Random) -> None:
    """One worker more: the partitions are divided anew, and it has its share."""
    centre.workers.start(JOINER)
    centre.until(lambda: bool(centre.workers.owned(JOINER)), "the joining")


def kill(centre: Centre, calls: Round, chance: Random) -> None:
    """The busiest worker is gone for good; the others have to notice."""
    name = centre.busiest()
    centre.held_down.add(name)
    centre.workers.running[name].kill()


def sleep(centre: Centre, calls: Round, chance: Random) -> None:
    """The busiest worker stops as on a machine that freezes, loses its partitions, and goes on as if nothing was."""
    process = centre.workers.running[centre.busiest()]
    process.send_signal(signal.SIGSTOP)
    _pass(centre, STOPPED_SECONDS)
    process.send_signal(signal.SIGCONT)


def restart_kafka(centre: Centre, calls: Round, chance: Random) -> None:
    """The broker is stopped or, as often, killed, and started again."""
    chance.choice((centre.kafka.stop, centre.kafka.kill))()
    centre.kafka.start()


def restart_postgres(centre: Centre, calls: Round, chance: Random) -> None:
    """The database is stopped or, as often, killed, and started again."""
    chance.choice((centre.postgres.stop, centre.postgres.kill))()
    centre.postgres.start()


def kill_ingester(centre: Centre, calls: Round, chance: Random) -> None:
    """One ingester is killed and started again; what its PBX says meanwhile nobody hears."""
    way = chance.choice(calls.ways)
    way.running["ingest"].kill()
    time.sleep(RESTART_SECONDS)
    way.ingest()


def lose_kafka(centre: Centre, calls: Round, chance: Random) -> None:
    """The broker is away for a minute."""
    centre.kafka.kill()
    _pass(centre, AWAY_SECONDS)
    centre.kafka.start()


def _pass(centre: Centre, seconds: float) -> None:
    over = time.monotonic() + seconds
    centre.until(lambda: time.monotonic() > over, "time")


FAULTS = (
    Fault("worker joins", 0.0, join),
    Fault("worker killed", 10.0, kill),
    Fault("worker stopped 30 s", STOPPED_SECONDS, sleep),
    Fault("Kafka restarts", 5.0, restart_kafka),
    Fault("PostgreSQL restarts", 2.0, restart_postgres),
    Fault("ingester killed", 2.0, kill_ingester),
    Fault("Kafka away 60 s", AWAY_SECONDS, lose_kafka),
)


def mend(centre: Centre) -> None:
    """Back to three workers, each with its share."""
    if JOINER in centre.workers.running:
        centre.workers.running.pop(JOINER).stop()
    for name in sorted(centre.held_down):
        centre.workers.start(name)
    centre.held_down.clear()
    centre.settle()
