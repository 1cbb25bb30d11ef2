"""The path that every call takes, each part real: TCP, ingester, Kafka, stream processor, PostgreSQL.

What PostgreSQL tells at the end is, line by line, what the one reducer makes of the log that this run wrote, and of
the recording that was played.
"""

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import psycopg
import pytest
from streamed.way_in import PARTITION, ROOT, WayIn, last_packet, way_in
from streamed.worker import Workers, until_applied, workers

from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.codec import Record
from infra.local import process_argv
from warehouse.replay import call_lines

SCENARIOS = ROOT / "tests" / "scenarios"
PLAYED = [
    SCENARIOS / name / "session.ami.gz"
    for name in ("s04_rna_then_other_agent", "s19_positions_three_callers_one_agent", "load_300")
]
LOAD = PLAYED[-1]
LOAD_CALLS, CALLS_PLAYED = 300, 304
FROM, TO = "2026-11-22", "2026-11-23"
# Of the load's 8,500 packets for an ingester, as many as surely come before the playing is held: it goes on for a
# megabyte, and for a few more that the kernel takes, of the load's 18.
BEFORE_HELD = 300

Place = tuple[int, int]
"""An event's epoch and number."""


@pytest.fixture
def way(topics: str, tmp_path: Path) -> Iterator[WayIn]:
    """The way to Kafka."""
    with way_in(topics, tmp_path) as mine:
        yield mine


@pytest.fixture
def lab(topics: str, database_as: Callable[..., str], tmp_path: Path) -> Iterator[Workers]:
    """The way from Kafka to PostgreSQL."""
    with workers(topics, database_as("trunkline_streams"), tmp_path) as mine:
        mine.start()
        yield mine


@pytest.fixture
def stored(database_as: Callable[..., str], lake_database: str, tmp_path: Path) -> Callable[[], list[str]]:
    """Asks for PostgreSQL's calls, as lines of JSON."""
    env = {
        "PATH": os.environ["PATH"],
        "TRUNKLINE_DATA": str(tmp_path),
        "TRUNKLINE_DATABASE": database_as("trunkline_warehouse"),
        "TRUNKLINE_LAKE": lake_database,
    }
    argv = process_argv("warehouse", ("calls", "--from", FROM, "--to", TO, "--json"))

    def read() -> list[str]:
        done = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return read


@pytest.fixture
def refused(database: str) -> Callable[[], set[Place]]:
    """Asks for PostgreSQL's rejects."""

    def read() -> set[Place]:
        with psycopg.connect(database) as connection:
            return {(row[0], row[1]) for row in connection.execute("SELECT epoch, seq FROM rejects").fetchall()}

    return read


def replayed(records: Iterable[Record]) -> tuple[list[str], set[Place]]:
    """What the reducer makes of these records: the calls as lines of JSON, and which events it refused."""
    replay = replay_records(records)
    return list(call_lines(replay.calls.values())), {(reject.epoch, reject.seq) for reject in replay.rejects}


def recorded(recordings: Sequence[Path]) -> Iterator[Record]:
    """Recordings one after the other, each a login of its own."""
    return chain.from_iterable(read_records(path, epoch=number) for number, path in enumerate(recordings, 1))


def has_logged(way: WayIn, packet: bytes) -> bool:
    """Whether this packet is in the log, byte for byte."""
    return any(entry.raw == packet for record in way.logged() for entry in record.entries)


async def until_stored(way: WayIn, lab: Workers, recording: Path) -> None:
    """Wait until a recording was played to its end, and what was heard of it is in log, Kafka and PostgreSQL."""
    last = last_packet(recording)
    await way.until(lambda: way.running["simulator"].exit_code == 0, "the end of the recording")
    await way.until(lambda: has_logged(way, last), "the log's last packet")
    await way.until(way.all_sent, "Kafka's confirmation of the whole log")
    await until_applied(lab, (PARTITION,))


async def test_calls_in_postgres_are_those_of_the_log_and_of_the_recordings(
    way: WayIn, lab: Workers, stored: Callable[[], list[str]], refused: Callable[[], set[Place]]
) -> None:
    way.play(PLAYED)
    way.ingest()
    await until_stored(way, lab, LOAD)
    lines, rejects = stored(), refused()
    assert len(lines) == CALLS_PLAYED
    assert (lines, rejects) == replayed(way.logged())
    assert (lines, rejects) == replayed(recorded(PLAYED))
    assert rejects == set()


async def test_a_killed_ingester_loses_nothing_that_it_had_received(
    way: WayIn, lab: Workers, stored: Callable[[], list[str]], refused: Callable[[], set[Place]]
) -> None:
    way.play([LOAD], listeners=2)
    async with way.held() as release:
        ingester = way.ingest()
        await way.until(lambda: sum(way.packets_logged()) >= BEFORE_HELD, "the first part of the recording")
        ingester.kill()
        way.ingest()
        await way.until(lambda: len(way.packets_logged()) == 2, "the second login")
        release()
        await until_stored(way, lab, LOAD)
    assert min(way.packets_logged()) >= BEFORE_HELD
    lines, rejects = stored(), refused()
    # Calls that began while nobody listened are not known, and what is heard of them later is refused.
    assert 0 < len(lines) <= LOAD_CALLS
    assert (lines, rejects) == replayed(way.logged())
