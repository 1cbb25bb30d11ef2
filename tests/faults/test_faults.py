"""One seed of each fault: nothing is lost, nothing is there twice, nothing is otherwise than the log says."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from faults.catalogue import FAULTS, Fault
from faults.rounds import run_round
from streamed.centre import PARTITIONS, Centre, own_centre
from streamed.records import recorded
from streamed.worker import applied, ends, produce, replayed, stored

from calls.codec import RECORD_VERSION, Entry, Record
from streams.committer import MAX_ATTEMPTS

SEED, CALLS, PACE = 1, 120, 20.0


@pytest.fixture(scope="module")
def centre(server_folder: Path) -> Iterator[Centre]:
    """Three workers that all tests of this file share: each fault leaves them as it found them."""
    with own_centre(server_folder / "faults") as running:
        yield running


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_is_stored_equals_the_replay_of_the_log(centre: Centre, fault: Fault) -> None:
    row = run_round(centre, fault, SEED, CALLS, PACE)
    assert row.verdict.exact, row.verdict.first
    # What is said while an ingester is dead nobody hears: a few calls are missing from its log too.
    assert row.verdict.calls > CALLS / 2


def test_a_poisonous_record_among_three_workers_is_rejected_and_the_rest_goes_on(centre: Centre) -> None:
    records = recorded("s01_queue_caller_hangup", pbx="poisoned", packed=10)
    # Received at a time that no calendar has: the call can be reduced, but not be written.
    mad = b"Event: Newchannel\r\nUniqueid: mad.1\r\nLinkedid: mad.1"
    bad = Record(RECORD_VERSION, "poison", "ami", "b", 1, [Entry(1, 10**17, mad)])
    before, partition = centre.restarts, PARTITIONS[0]
    asyncio.run(produce(centre.workers.broker, [*records[:2], bad, *records[2:]], partition))
    end = asyncio.run(ends(centre.workers.broker, [partition]))
    centre.until(lambda: applied(centre.url()).items() >= end.items(), "the way past the record")
    assert centre.restarts - before == MAX_ATTEMPTS
    assert asyncio.run(stored(centre.url(), ["poisoned"])) == replayed(records)
    with psycopg.connect(centre.url()) as connection:
        found = connection.execute("SELECT ingester, seq, raw FROM rejects WHERE pbx = 'poison'").fetchall()
    assert found == [("b", 1, mad)]
    centre.settle()
