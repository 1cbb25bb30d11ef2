"""A call centre but for its pages, as child processes: PBXs with callers, their ingesters, Kafka, workers, PostgreSQL.

`Centre` runs the parts that stay; `Round` is one load of calls on four PBXs of its own. Whatever ends by itself is
started again, as the supervisor of an installation does; what a fault holds down stays down.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
from streamed import servers
from streamed.way_in import WayIn
from streamed.worker import Workers, applied, ends

from calls.codec import Record
from infra.server import Server
from infra.topics import create_topics

# Not next to each other, so that whoever divides eight partitions among three workers gives each worker one of these.
PARTITIONS = (0, 2, 4, 7)
DATABASE = "trunkline"
WORKERS = ("1", "2", "3")
# Nothing here takes so long unless it hangs.
PATIENCE_SECONDS = 150.0
POLL_SECONDS = 0.05
# A log that has not grown for so long after its PBX has gone has everything: the ingester writes each 15 ms.
QUIET_SECONDS = 0.5


@dataclass
class Centre:
    """Broker, database and workers. `url` gives the database's URL for a role, or for nobody: the owner's."""

    kafka: Server
    postgres: Server
    url: Callable[..., str] = field(repr=False)
    folder: Path
    workers: Workers
    held_down: set[str] = field(default_factory=set)
    restarts: int = 0

    def tend(self) -> None:
        """Start again the workers that have ended by themselves."""
        for name, process in list(self.workers.running.items()):
            if name not in self.held_down and not process.running:
                self.restarts += 1
                self.workers.start(name)

    def until(self, met: Callable[[], bool], what: str) -> None:
        """Wait until `met`; fails with the workers' last words when that takes too long."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not met():
            if time.monotonic() > deadline:
                said = "\n".join(process.log.tail() for process in self.workers.running.values())
                raise AssertionError(f"{what} did not happen in {PATIENCE_SECONDS:.0f} s:\n{said}")
            self.tend()
            time.sleep(POLL_SECONDS)

    def settle(self) -> None:
        """Wait until each worker has partitions, and all have one owner."""
        self.until(self._is_settled, "the division of the partitions")

    def busiest(self) -> str:
        """The worker that has most of the partitions in use."""
        return max(self.workers.running, key=lambda name: len(self.workers.owned(name) & set(PARTITIONS)))

    def heard_up_to(self, pbxs: Sequence[str]) -> dict[str, int]:
        """When the last event that PostgreSQL has of each PBX was received, in ms. Raises psycopg's errors."""
        with psycopg.connect(self.url(), connect_timeout=2) as connection:
            rows = connection.execute(
                "SELECT pbx, (extract(epoch FROM last_event_at) * 1000)::bigint FROM pbx_health WHERE pbx = ANY (%s)",
                (list(pbxs),),
            )
            return {str(pbx): int(at) for pbx, at in rows.fetchall()}

    def _is_settled(self) -> bool:
        shares = [self.workers.owned(name) for name in self.workers.running if name not in self.held_down]
        return all(shares) and sum(map(len, shares)) == len(frozenset().union(*shares)) == 8


@dataclass
class Round:
    """Four PBXs of their own names, each with a simulator and an ingester."""

    centre: Centre
    ways: tuple[WayIn, ...]

    @property
    def pbxs(self) -> tuple[str, ...]:
        return tuple(way.pbx for way in self.ways)

    def until_flowing(self) -> None:
        """Wait until PostgreSQL has heard of every PBX."""
        self.centre.until(lambda: len(self._heard()) == len(self.ways), "the first events of all PBXs")

    def until_done(self) -> None:
        """Wait until the callers have gone and everything that was heard is applied."""
        self.centre.until(lambda: not any(way.running["simulator"].running for way in self.ways), "the last call's end")
        self.centre.until(lambda: all(map(_is_quiet, self.ways)), "the end of the logs")
        self.centre.until(lambda: all(way.all_sent() for way in self.ways), "the logs' way to Kafka")
        wanted = {way.pbx: last_heard(way) for way in self.ways}
        self.centre.until(lambda: self._heard() == wanted, "the last event's way to PostgreSQL")
        end = asyncio.run(ends(self.centre.workers.broker, PARTITIONS))
        self.centre.until(lambda: _reaches(applied(self.centre.url()), end), "the last record's way to PostgreSQL")

    def logged(self) -> Iterator[Record]:
        """All that the ingesters wrote."""
        for way in self.ways:
            yield from way.logged()

    def _heard(self) -> dict[str, int]:
        with suppress(psycopg.OperationalError):
            return self.centre.heard_up_to(self.pbxs)
        return {}


def _reaches(offsets: Mapping[int, int], end: Mapping[int, int]) -> bool:
    return all(offsets.get(number, 0) >= offset for number, offset in end.items())


def last_heard(way: WayIn) -> int:
    """When the last event in a log was received, in ms."""
    *_, last = way.logged()
    return last.entries[-1].received


def _is_quiet(way: WayIn) -> bool:
    return time.time() - way.log_files()[-1].stat().st_mtime > QUIET_SECONDS


@contextmanager
def round_of_calls(centre: Centre, name: str, calls: int, seconds: float, seed: int) -> Iterator[Round]:
    """So many calls in all within this time on four new PBXs; their processes are killed at the end."""
    ways = tuple(
        WayIn(centre.workers.broker, centre.folder / f"{name}p{number}", f"{name}p{number}", partition)
        for number, partition in enumerate(PARTITIONS)
    )
    try:
        for number, way in enumerate(ways):
            way.folder.mkdir()
            way.generate(calls // len(ways), seconds, seed * len(ways) + number)
        for way in ways:
            way.ingest()
        yield Round(centre, ways)
    finally:
        for way in ways:
            for process in way.running.values():
                process.kill()


@contextmanager
def own_centre(folder: Path, names: Sequence[str] = WORKERS) -> Iterator[Centre]:
    """A centre with servers of its own and these workers, each of which has its share; all are ended at the end."""
    kafka = servers.kafka_server(folder)
    postgres, place = servers.postgres_server(folder)
    url = partial(servers.new_database(place, postgres.start(), DATABASE), DATABASE)
    workers = Workers(kafka.start(), url("trunkline_streams"), folder)
    try:
        asyncio.run(create_topics(kafka.address))
        centre = Centre(kafka, postgres, url, folder, workers)
        for name in names:
            workers.start(name)
        if names:
            centre.settle()
        yield centre
    finally:
        workers.stop_all()
        kafka.stop()
        postgres.stop()
