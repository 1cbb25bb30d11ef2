"""Workers come and go while much waits and under load: nothing is lost, and Kafka's lag is PostgreSQL's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.zero import catch_up, stop_all, up_and_down
from streamed.centre import PARTITIONS, Centre, own_centre
from streamed.records import recorded
from streamed.worker import applied, committed, ends, produce

CALLS, SEED = 240, 1


@pytest.fixture(scope="module")
def centre(server_folder: Path) -> Iterator[Centre]:
    """Broker and database, and no worker."""
    with own_centre(server_folder / "zero", names=()) as running:
        yield running


@pytest.fixture(autouse=True)
def no_workers(centre: Centre) -> Iterator[None]:
    """Each test begins with none."""
    yield
    stop_all(centre)


def lag(centre: Centre) -> int:
    """Records that wait, as an autoscaler counts them."""
    told = asyncio.run(committed(centre.workers.broker))
    end = asyncio.run(ends(centre.workers.broker, PARTITIONS))
    return sum(offset - told.get(number, 0) for number, offset in end.items())


def test_one_worker_catches_up_with_what_waited(centre: Centre) -> None:
    done = catch_up(centre, copies=1)
    assert done.different == 0 and done.events > 30_000
    centre.until(lambda: lag(centre) == 0, "the end of the lag")


def test_one_worker_then_three_then_none_then_one(centre: Centre) -> None:
    found = up_and_down(centre, CALLS, SEED)
    assert found.exact, found.first
    # Consultations are calls of their own.
    assert found.calls >= CALLS
    centre.until(lambda: lag(centre) == 0, "the end of the lag")


def test_who_comes_back_tells_kafka_what_the_killed_one_had_not_told(centre: Centre) -> None:
    worker = centre.workers.start("1")
    centre.until(lambda: bool(centre.workers.owned("1")), "the first share")
    asyncio.run(produce(centre.workers.broker, recorded("s01_queue_caller_hangup", pbx="late", packed=5)))
    end = asyncio.run(ends(centre.workers.broker, (0,)))
    centre.until(lambda: applied(centre.url())[0] == end[0], "the last commit")
    # Kafka is told each second; most often it has not been told of the last one yet.
    worker.kill()
    centre.workers.start("1")
    centre.until(lambda: lag(centre) == 0, "the end of the lag")
    assert asyncio.run(committed(centre.workers.broker)) == applied(centre.url())
