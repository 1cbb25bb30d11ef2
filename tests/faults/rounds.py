"""One round: calls come in, a fault strikes in the middle, and when all is over everything is compared."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import NamedTuple

import psycopg
from faults.catalogue import Fault, mend
from faults.exactness import Verdict, verdict
from streamed.centre import Centre, Round, last_heard, round_of_calls

OURS = "trunkline"
SAMPLE_SECONDS = 0.1
# How long callers come before a fault, at least and at most, and after it.
BEFORE_SECONDS = (1.0, 4.0)
AFTER_SECONDS = 4.0


class Row(NamedTuple):
    """A line of the table; `asked` is how many calls were to come.

    `recovery` in seconds: from the end of the fault until what waited then was applied. `restarts`: workers that ended
    by themselves, and were started again. `system`: who was struck.
    """

    fault: str
    seed: int
    asked: int
    verdict: Verdict
    recovery: float | None
    restarts: int
    system: str = OURS


class Heard:
    """How far PostgreSQL was at each time, by a thread of its own: a list of (time, newest event by PBX)."""

    def __init__(self, centre: Centre, pbxs: Sequence[str]) -> None:
        self._centre, self._pbxs = centre, pbxs
        self._samples: list[tuple[float, dict[str, int]]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Heard":
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def until(self, wanted: Mapping[str, int]) -> float:
        """When PostgreSQL first had an event of each PBX that was received at or after the wanted time, in ms."""
        return next(at for at, heard in self._samples if all(heard.get(pbx, 0) >= ms for pbx, ms in wanted.items()))

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._look()

    def _look(self) -> None:
        with suppress(psycopg.OperationalError):  # the database may be down
            self._samples.append((time.time(), self._centre.heard_up_to(self._pbxs)))


def run_round(centre: Centre, fault: Fault, seed: int, calls: int, pace: float) -> Row:
    """Strike while `calls` come, `pace` a second or slower where the fault lasts; then wait, compare, and mend."""
    chance = Random(f"{fault.name} {seed} {calls}")
    before = chance.uniform(*BEFORE_SECONDS)
    seconds = max(before + fault.lasts + AFTER_SECONDS, calls / pace)
    name = f"{fault.name[0]}{seed}n{calls}t{time.time_ns() // 1_000_000 % 100_000_000}"
    restarts = centre.restarts
    with round_of_calls(centre, name, calls, seconds, seed) as coming:
        coming.until_flowing()
        with Heard(centre, coming.pbxs) as heard:
            time.sleep(before)
            fault.strike(centre, coming, chance)
            over = time.time()
            coming.until_done()
        row = Row(fault.name, seed, calls, verdict(coming), _recovery(heard, coming, over), centre.restarts - restarts)
    mend(centre)
    return row


def _recovery(heard: Heard, calls: Round, over: float) -> float:
    # Where callers had gone before the end of the fault, nothing newer than the last one waits.
    wanted = {way.pbx: min(round(over * 1000), last_heard(way)) for way in calls.ways}
    return max(0.0, heard.until(wanted) - over)
