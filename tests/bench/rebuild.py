"""Part `rebuild`: archived events turned into calls again, beside what it cannot be faster than.

The limits are taking the log apart (read, decompress, unframe; nothing decoded), and folding events that are decoded
already. With PostgreSQL by wall clock, as the server works beside us: into an empty database, and again.
"""

import io
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from rich.console import Console

from asterisk.archive import Beginning, log_files, read_archive
from asterisk.decode import events_of
from calls.codec import Record
from calls.events import Event
from calls.reducer import advance
from calls.state import State
from ingest.log import Log
from streams.rebuild.derive import HOUR_MS, derive
from streams.rebuild.report import Report
from streams.rebuild.run import RebuildSettings, rebuild
from streams.rebuild.spool import Span, Spool
from tests.bench.lab import TEMPLATE
from tests.bench.race import Contender, Result, load, race, table
from tests.bench.recording import PBX
from tests.bench.streams import REDUCER
from tests.streamed import servers
from tests.streamed.records import recorded

# 300 queue calls each, an hour apart.
COPIES = 6
PER_FRAME = 2
ROUNDS = 3
APART, FOLDED = "taking the log apart", "folding decoded events"


@cache
def records() -> tuple[Record, ...]:
    """The archive's records."""
    return tuple(recorded("load_300", COPIES, PBX))


@cache
def events() -> tuple[Event, ...]:
    """What is in them for the reducer."""
    return tuple(event for record in records() for event in events_of(record) if isinstance(event, Event))


def archived() -> int:
    """How many events were archived."""
    return sum(len(record.entries) for record in records())


def span() -> Span:
    """All of it."""
    first, last = records()[0].entries[0].received, records()[-1].entries[-1].received
    return Span(first - HOUR_MS, last + HOUR_MS)


def write(folder: Path) -> None:
    """The records as an ingester's log."""
    log = Log(folder / PBX)
    for start in range(0, len(records()), PER_FRAME):
        log.append(list(records()[start : start + PER_FRAME]))
    log.close()


def heard(folder: Path) -> Iterator[Record]:
    """The records from the log."""
    for frame in read_archive(log_files(folder / PBX), Beginning()):
        yield from frame.records


def into_calls(folder: Path) -> int:
    """Read, decode, reduce, and keep the calls."""
    with Spool() as spool:
        return derive(REDUCER, PBX, heard(folder), span(), spool).entries


def taken_apart(folder: Path) -> int:
    """Read, decompress, unframe."""
    return sum(len(record.entries) for record in heard(folder))


def folded() -> int:
    """The reducer alone."""
    state = State(pbx=PBX)
    for event in events():
        state, _ = advance(state, event)
    return archived()


@contextmanager
def databases(folder: Path) -> Iterator[Callable[..., str]]:
    """A running PostgreSQL; called with (database, role=owner), it gives the URL."""
    server, place = servers.postgres_server(folder)
    try:
        yield servers.new_database(place, server.start(), TEMPLATE)
    finally:
        server.stop()


def rebuilt(folder: Path, database: str) -> tuple[float, dict[str, int]]:
    """Archived events per second of wall clock from the log to committed rows, and what became of the calls."""
    began, report = time.perf_counter(), Report(rehearsal=False)
    rebuild(RebuildSettings(folder, database, span(), PBX), REDUCER, report, Console(file=io.StringIO()))
    seconds = time.perf_counter() - began
    return archived() / seconds, report.summary().calls


def run() -> Iterator[str]:
    """Measure; the tables."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-bench-"))
    folder.chmod(0o711)
    try:
        log = folder / "log"
        write(log)
        events()
        contenders = (
            Contender("archive into calls", lambda: into_calls(log)),
            Contender(APART, lambda: taken_apart(log)),
            Contender(FOLDED, folded),
        )
        size = sum(path.stat().st_size for path in log_files(log / PBX)) / 1e6
        title = f"archived events per CPU-second ({archived():,} events, {size:.1f} MB compressed)"
        yield table(title, race(contenders), (APART, FOLDED))
        with databases(folder) as url:
            yield from _with_postgres(log, url)
        yield load()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_postgres(log: Path, url: Callable[..., str]) -> Iterator[str]:
    filled, again, alone = list[float](), list[float](), list[float]()
    for number in range(ROUNDS):
        name = f"bench_{number}"
        with psycopg.connect(url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")  # type: ignore[call-overload]
        streams = url(name, "trunkline_streams")
        (first, new), (second, same) = rebuilt(log, streams), rebuilt(log, streams)
        if not new["new"] == same["as before"] > 0:
            raise ValueError(f"the rebuild came to {new}, and then to {same}")
        began = time.perf_counter()
        into_calls(log)
        alone.append(archived() / (time.perf_counter() - began))
        filled.append(first)
        again.append(second)
    results = [
        Result("into an empty database", tuple(filled)),
        Result("again, nothing changed", tuple(again)),
        Result("archive into calls", tuple(alone)),
    ]
    yield table("archived events per second of wall clock, with PostgreSQL", results, ("archive into calls",))
