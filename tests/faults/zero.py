"""Workers come and go as an autoscaler would have them: none while much waits, then one; and up and down under load."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from faults.exactness import Verdict, verdict
from streamed.centre import PARTITIONS, WORKERS, Centre, round_of_calls
from streamed.records import recorded
from streamed.worker import applied, committed, ends, produce, replayed, stored

from infra.process import Process

# The recording has 8,500 packets for an ingester: so many times on each of four PBXs are 102,000.
COPIES = 3
# How long each number of workers stays, in seconds.
STAY_SECONDS = 6.0


class CaughtUp(NamedTuple):
    """One worker, started when so many events waited: seconds until its first and last commit, and what went wrong."""

    events: int
    first: float
    last: float
    different: int


def catch_up(centre: Centre, copies: int = COPIES) -> CaughtUp:
    """Let records wait where no worker is, start one, and see how long it takes."""
    pbxs = {f"zero{partition}": partition for partition in PARTITIONS}
    records = {pbx: recorded("load_300", copies, pbx) for pbx in pbxs}
    for pbx, partition in pbxs.items():
        asyncio.run(produce(centre.workers.broker, records[pbx], partition))
    end, before = asyncio.run(ends(centre.workers.broker, PARTITIONS)), applied(centre.url())
    began = time.monotonic()
    centre.workers.start(WORKERS[0])
    first = _seconds_until(centre, began, lambda: _sum(applied(centre.url())) > _sum(before))
    last = _seconds_until(centre, began, lambda: applied(centre.url()).items() >= end.items())
    wanted = replayed(record for pbx in pbxs for record in records[pbx])
    found = asyncio.run(stored(centre.url(), list(pbxs)))
    different = sum(found.get(key) != wanted.get(key) for key in found.keys() | wanted.keys())
    events = sum(len(record.entries) for pbx in pbxs for record in records[pbx])
    return CaughtUp(events, first, last, different)


def up_and_down(centre: Centre, calls: int, seed: int) -> Verdict:
    """One worker, three, none, one, while calls come. Fails where Kafka is told of more than PostgreSQL has."""
    first, *others = WORKERS
    centre.workers.start(first)
    with round_of_calls(centre, f"updown{seed}", calls, 4 * STAY_SECONDS, seed) as coming:
        coming.until_flowing()
        _stay(centre)
        for name in others:
            centre.workers.start(name)
        centre.settle()
        _stay(centre)
        stop_all(centre)
        assert asyncio.run(committed(centre.workers.broker)) == applied(centre.url())
        _stay(centre)
        centre.workers.start(first)
        coming.until_done()
        return verdict(coming)


def stop_all(centre: Centre) -> None:
    """End all workers politely, at once, and forget them."""
    leaving: list[Process] = list(centre.workers.running.values())
    centre.workers.running.clear()
    for process in leaving:
        process.ask_to_stop()
    for process in leaving:
        process.stop()


def _sum(offsets: Mapping[int, int]) -> int:
    return sum(offsets.values())


def _stay(centre: Centre) -> None:
    over = time.monotonic() + STAY_SECONDS
    while time.monotonic() < over:
        centre.tend()
        told = asyncio.run(committed(centre.workers.broker))
        has = applied(centre.url())
        assert all(offset <= has[number] for number, offset in told.items()), f"{told} is more than {has}"


def _seconds_until(centre: Centre, began: float, met: Callable[[], bool]) -> float:
    centre.until(met, "the catching up")
    return time.monotonic() - began
