"""A run is one transaction; what goes wrong in it is found and counted."""

from contextlib import suppress

import pytest
from prometheus_client import CollectorRegistry
from streamed.fakes import REDUCER, FakeSink, delivery

from calls.live import GapLive, decode_gap
from calls.state import State
from streams.committer import KAFKA, LOST, MAX_ATTEMPTS, Committer
from streams.errors import PoisonRecord, RowsRefused, Unavailable
from streams.meters import Meters
from streams.partition import Attempts, Delivery, Partition
from streams.rows import GapRow
from streams.work import Message


class Bench:
    """A committer with fakes round it, and one held partition."""

    def __init__(self, next_offset: int = 0) -> None:
        self.sink = FakeSink()
        self.sink.offsets[0] = next_offset
        self.partition = Partition(0, next_offset)
        self.published: list[Message] = []
        self.meters = Meters(CollectorRegistry())
        self.committer = Committer(self.sink, REDUCER, self.published.extend, self.meters, clock=lambda: 42.0)

    async def commit(self, *run: Delivery) -> None:
        await self.committer.commit({0: self.partition}, run)

    def rows(self, table: str) -> list[object]:
        return [row for rows in self.sink.written for row in rows[table]]


async def test_a_run_is_one_transaction_and_moves_the_partition_on() -> None:
    bench = Bench()
    await bench.commit(delivery(0, "CALL 7"), delivery(1, "CALL 8"))
    assert len(bench.sink.written) == 1 and bench.sink.offsets == {0: 2}
    assert (bench.partition.next_offset, bench.partition.moved_at) == (2, 42.0)
    assert set(bench.partition.states["pbx"].calls) == {"7", "8"}
    assert {message.key for message in bench.published} == {b"pbx:7", b"pbx:8"}


async def test_what_was_not_committed_is_neither_believed_nor_published() -> None:
    bench = Bench()
    bench.sink.refuse_next.append(Unavailable("gone"))
    with pytest.raises(Unavailable):
        await bench.commit(delivery(0, "CALL 7"))
    assert bench.partition.next_offset == 0 and bench.partition.states["pbx"] == State(pbx="pbx")
    assert bench.published == []


async def test_a_pbx_that_comes_unannounced_is_loaded_with_its_state_and_published() -> None:
    bench = Bench()
    await bench.commit(delivery(0, "CALL 7", pbx="late"))
    bench.sink.states["late"] = bench.partition.states.pop("late")
    bench.published.clear()
    await bench.commit(delivery(1, "CALL 8", pbx="late"))
    assert set(bench.partition.states["late"].calls) == {"7", "8"}
    assert [message.key for message in bench.published] == [b"late:7", b"late:8"]


async def test_a_hole_is_a_gap_of_every_pbx_in_the_partition() -> None:
    bench = Bench(next_offset=3)
    bench.partition.states["pbx"] = State(pbx="pbx")
    await bench.commit(delivery(3, "CALL 7"), delivery(6, "CALL 8"))
    assert bench.rows("gaps") == [GapRow("pbx", KAFKA, LOST, detail={"partition": 0, "from": 4, "to": 6})]
    assert bench.partition.next_offset == 7


async def test_a_gap_is_published_once_it_is_committed() -> None:
    bench = Bench(next_offset=3)
    bench.sink.refuse_next.append(Unavailable("gone"))
    for _ in range(2):
        with suppress(Unavailable):
            await bench.committer.commit_loss(bench.partition, 9)
    assert [(it.topic, it.key) for it in bench.published] == [("gaps", b":kafka:0:3")]


async def test_who_takes_over_publishes_the_gaps_that_it_found() -> None:
    bench = Bench()
    gap = GapLive("pbx", KAFKA, "new Kafka cluster", 5, 7, {"cluster": "c"})
    bench.partition.gaps.append(gap)
    await bench.committer.publish_all(bench.partition)
    assert [decode_gap(message.value) for message in bench.published] == [gap]


async def test_a_loss_to_the_end_moves_on_without_a_record() -> None:
    bench = Bench(next_offset=3)
    await bench.committer.commit_loss(bench.partition, 9)
    assert bench.rows("gaps") == [GapRow("", KAFKA, LOST, detail={"partition": 0, "from": 3, "to": 9})]
    assert bench.sink.offsets == {0: 9}


async def test_a_record_that_makes_the_reducer_raise_is_named() -> None:
    bench = Bench()
    with pytest.raises(PoisonRecord) as caught:
        await bench.commit(delivery(0, "CALL 7"), delivery(1, "raise"))
    assert (caught.value.partition, caught.value.offset) == (0, 1)
    assert bench.sink.offsets == {0: 0}


async def test_rows_that_are_refused_are_traced_to_their_record() -> None:
    bench = Bench()
    with pytest.raises(PoisonRecord) as caught:
        await bench.commit(delivery(0, "CALL 7"), delivery(1, "misfit 8"), delivery(2, "CALL 9"))
    assert caught.value.offset == 1 and isinstance(caught.value.__cause__, RowsRefused)
    assert bench.sink.offsets == {0: 1}


async def test_after_the_third_attempt_only_what_raises_is_rejected() -> None:
    bench = Bench()
    bench.partition.attempts[0] = Attempts(MAX_ATTEMPTS, "ValueError")
    await bench.commit(delivery(0, "CALL 7", "raise", "CALL 8"), delivery(1, "CALL 9"))
    assert set(bench.partition.states["pbx"].calls) == {"7", "8", "9"}
    assert [getattr(row, "raw", None) for row in bench.rows("rejects")] == [b"raise"]


async def test_after_the_third_attempt_a_record_whose_rows_are_refused_is_rejected_whole() -> None:
    bench = Bench()
    bench.partition.attempts[1] = Attempts(MAX_ATTEMPTS, "does not fit")
    await bench.commit(delivery(0, "CALL 7"), delivery(1, "CALL 8", "misfit 9"), delivery(2, "CALL 10"))
    assert set(bench.partition.states["pbx"].calls) == {"7", "10"}
    assert [getattr(row, "raw", None) for row in bench.rows("rejects")] == [b"CALL 8", b"misfit 9"]
    assert bench.sink.offsets == {0: 3}


@pytest.mark.parametrize("value", [b"\x00rubbish", b"", None])
async def test_bytes_that_are_no_record_are_rejected_in_the_end(value: bytes | None) -> None:
    bench = Bench()
    rubbish = Delivery(0, 0, b"pbx", value)
    with pytest.raises(PoisonRecord):
        await bench.commit(rubbish)
    bench.partition.attempts[0] = Attempts(MAX_ATTEMPTS, "not a record")
    await bench.commit(rubbish)
    (row,) = bench.rows("rejects")
    assert (getattr(row, "pbx", None), getattr(row, "source", None), getattr(row, "seq", None)) == ("pbx", "kafka", 0)
    assert getattr(row, "raw", None) == (value or b"")
