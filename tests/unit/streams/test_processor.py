"""The order of things, whatever the database, the log and the group do."""

from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry
from streamed.fakes import REDUCER, FakeLog, FakeSink, delivery

from calls.live import CallLive, decode_call
from calls.state import State
from streams.errors import Fenced, PoisonRecord, StreamsError, Unavailable, Unfit
from streams.meters import Meters
from streams.partition import Delivery
from streams.processor import Processor
from streams.work import Message


class Bench:
    """A processor with fakes round it."""

    def __init__(self, held: Sequence[Delivery] = (), owned: frozenset[int] = frozenset({0, 1})) -> None:
        self.sink = FakeSink()
        self.log = FakeLog(held)
        self.owned = owned
        self.published: list[Message] = []
        self.meters = Meters(CollectorRegistry())
        self.processor = Processor(
            self.sink, self.log, REDUCER, lambda: self.owned, self.published.extend, self.meters, clock=lambda: 0.0
        )

    def calls(self) -> list[str]:
        """The call ids in the order in which they were written."""
        return [getattr(row, "call_id", "") for rows in self.sink.written for row in rows["call_sessions"]]


async def test_deliveries_of_several_partitions_are_one_transaction() -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "CALL 7"), delivery(0, "CALL 8", partition=1, pbx="other")])
    assert bench.sink.offsets == {0: 1, 1: 1} and len(bench.sink.written) == 1


async def test_a_delivery_that_was_applied_is_skipped() -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "CALL 7")])
    await bench.processor.apply([delivery(0, "CALL 7"), delivery(1, "CALL 8")])
    assert bench.calls() == ["pbx:7", "pbx:8"]


async def test_what_was_skipped_is_read_first() -> None:
    bench = Bench(held=[delivery(offset, f"CALL {offset}") for offset in range(4)])
    await bench.processor.apply([delivery(0, "CALL 0"), delivery(3, "CALL 3")])
    assert bench.log.reads == [(0, 1, 3)]
    assert bench.calls() == ["pbx:0", "pbx:1", "pbx:2", "pbx:3"]


async def test_what_the_log_no_longer_holds_is_a_gap() -> None:
    bench = Bench(held=[delivery(2, "CALL 2")])
    await bench.processor.apply([delivery(4, "CALL 4")])
    gaps = [
        (getattr(gap, "detail", {})["from"], getattr(gap, "detail", {})["to"])
        for it in bench.sink.written
        for gap in it["gaps"]
    ]
    assert gaps == [(0, 2), (3, 4)]
    assert bench.calls() == ["pbx:2", "pbx:4"] and bench.sink.offsets[0] == 5


@pytest.mark.parametrize("error", [Fenced("by another"), Unavailable("gone")])
async def test_after_a_loss_everything_is_loaded_again_and_applied_again(error: StreamsError) -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "CALL 7")])
    bench.sink.refuse_next.append(error)
    await bench.processor.apply([delivery(1, "CALL 8")])
    assert bench.sink.loads == 2 and bench.calls() == ["pbx:7", "pbx:8"]


async def test_a_commit_that_happened_although_nobody_knew_is_not_repeated() -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "CALL 7")])
    bench.sink.offsets[0] = 2  # the commit of offset 1 went through, and its answer was lost
    bench.sink.refuse_next.append(Unavailable("connection lost"))
    await bench.processor.apply([delivery(1, "CALL 8"), delivery(2, "CALL 9")])
    assert bench.calls() == ["pbx:7", "pbx:9"]


async def test_what_belongs_to_somebody_else_by_now_is_left_to_them() -> None:
    bench = Bench(owned=frozenset({1}))
    await bench.processor.apply([delivery(0, "CALL 7")])
    assert bench.sink.written == [] and bench.sink.loads == 0


async def test_a_poisonous_record_is_counted_and_raised() -> None:
    bench = Bench()
    for times in (1, 2, 3):
        with pytest.raises(PoisonRecord):
            await bench.processor.apply([delivery(0, "raise", "CALL 7")])
        assert bench.sink.attempts[0].times == times
        bench.processor.forget()  # as a new process begins
    await bench.processor.apply([delivery(0, "raise", "CALL 7")])
    assert bench.calls() == ["pbx:7"]


async def test_what_a_wait_cannot_cure_is_raised_and_nothing_is_held() -> None:
    bench = Bench()
    bench.sink.refuse_next.append(Unfit("no such table"))
    with pytest.raises(Unfit):
        await bench.processor.apply([delivery(0, "CALL 7")])
    await bench.processor.apply([delivery(0, "CALL 7")])
    assert bench.sink.loads == 2


async def test_taking_over_gives_offsets_and_publishes_what_is_live() -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "CALL 7")])
    bench.sink.states["pbx"] = (await bench.processor.held([0]))[0].states["pbx"]
    bench.published.clear()
    assert await bench.processor.take_over([1, 0]) == {0: 1, 1: 0}
    assert {message.key for message in bench.published} == {b"pbx:7"}


async def test_calls_that_ended_just_now_are_published_too() -> None:
    bench = Bench()
    await bench.processor.apply([delivery(0, "end 7")])
    ended: CallLive = decode_call(bench.published[0].value)
    bench.published.clear()
    bench.sink.states["pbx"] = State(pbx="pbx")
    bench.sink.ended = [ended]
    await bench.processor.take_over([0])
    assert [message.key for message in bench.published] == [b"pbx:7"]


async def test_a_silent_tail_is_healed() -> None:
    bench = Bench(held=[delivery(0, "CALL 0"), delivery(1, "CALL 1")])
    await bench.processor.heal(0, 2)
    assert bench.calls() == ["pbx:0", "pbx:1"] and bench.sink.offsets[0] == 2


async def test_a_partition_of_somebody_else_is_not_healed() -> None:
    bench = Bench(held=[delivery(0, "CALL 0")], owned=frozenset())
    await bench.processor.heal(0, 1)
    assert bench.sink.written == []


async def test_a_revocation_during_a_transaction_loses_nothing() -> None:
    bench = Bench()
    bench.sink.before_write = bench.processor.forget
    await bench.processor.apply([delivery(0, "CALL 7"), delivery(1, "CALL 8")])
    assert bench.sink.offsets == {0: 2} and bench.calls() == ["pbx:7", "pbx:8"]
