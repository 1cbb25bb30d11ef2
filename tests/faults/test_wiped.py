"""The broker's data are gone at the next start: noticed, recorded, made good from the ingesters' logs."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from faults.exactness import verdict
from streamed.centre import PARTITIONS, Centre, Round, own_centre, round_of_calls

from infra.topics import create_topics

# So many bytes of its log, about ten calls, a PBX has that only Kafka and the log know.
UNREAD = 5_000


@pytest.fixture
def centre(server_folder: Path) -> Iterator[Centre]:
    """One worker."""
    with own_centre(server_folder / "wiped", ["1"]) as running:
        yield running


def test_a_new_cluster_is_a_gap_and_nothing_is_missing(centre: Centre) -> None:
    with round_of_calls(centre, "wiped", calls=120, seconds=20, seed=7) as coming:
        _assign(centre, coming)
        coming.until_flowing()
        centre.held_down.add("1")
        centre.workers.running["1"].kill()
        before = _sizes(coming)
        grown = lambda: all(size > before[pbx] + UNREAD for pbx, size in _sizes(coming).items())  # noqa: E731
        centre.until(grown, "calls that nobody applies")
        old = _cluster(centre)
        _wipe(centre, coming)
        centre.until(lambda: _noted(centre) == set(coming.pbxs), "the note of a new cluster")
        # How far the old one was read says nothing about the new one.
        _execute(centre, "DELETE FROM sink_offsets WHERE cluster = %s", old)
        coming.until_done()
        found = verdict(coming)
        assert found.exact, found.first
        # While its ingester was dead nobody heard a PBX.
        assert found.calls > 20


def _wipe(centre: Centre, coming: Round) -> None:
    """Stop everything that speaks with Kafka, take its data away, and start it all again."""
    for way in coming.ways:
        way.running["ingest"].kill()
    centre.kafka.stop()
    shutil.rmtree(centre.folder / "kafka")
    centre.kafka.start()
    asyncio.run(create_topics(centre.kafka.address))
    for way in coming.ways:
        way.ingest()
    centre.held_down.clear()
    centre.tend()


def _assign(centre: Centre, coming: Round) -> None:
    """Store which PBX has which partition, as an installation does."""
    for way, partition in zip(coming.ways, PARTITIONS, strict=True):
        _execute(centre, "INSERT INTO pbx_partitions (pbx, partition) VALUES (%s, %s)", way.pbx, partition)


def _sizes(coming: Round) -> dict[str, int]:
    return {way.pbx: sum(path.stat().st_size for path in way.log_files()) for way in coming.ways}


def _cluster(centre: Centre) -> str:
    with psycopg.connect(centre.url()) as connection:
        ((cluster,),) = connection.execute("SELECT DISTINCT cluster FROM sink_offsets").fetchall()
    return str(cluster)


def _noted(centre: Centre) -> set[str]:
    """The PBXs for which a new cluster was noted, with both ends of the gap."""
    query = "SELECT pbx FROM gaps WHERE cause = 'new Kafka cluster' AND ended_at >= started_at"
    with psycopg.connect(centre.url()) as connection:
        return {str(pbx) for (pbx,) in connection.execute(query).fetchall()}


def _execute(centre: Centre, statement: str, *values: object) -> None:
    with psycopg.connect(centre.url()) as connection:
        connection.execute(statement, values)
