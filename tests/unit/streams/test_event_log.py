"""Ranges of the log, as far as it holds them."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError

from streams.broker import Broker
from streams.errors import Unavailable
from streams.event_log import EventLog
from streams.partition import Delivery

WHERE = TopicPartition("pbx.events", 0)


@dataclass
class FakeConsumer:
    """A partition that holds [first, end) and gives two records at a time."""

    first: int = 0
    end: int = 5
    at: int = 0
    stopped: bool = False
    silent: bool = False

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True

    def assign(self, where: list[TopicPartition]) -> None:
        assert where == [WHERE]

    async def beginning_offsets(self, where: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {WHERE: self.first}

    async def end_offsets(self, where: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.silent:
            raise KafkaTimeoutError
        return dict.fromkeys(where, self.end)

    def seek(self, where: TopicPartition, offset: int) -> None:
        self.at = offset

    async def position(self, where: TopicPartition) -> int:
        return self.at

    async def getmany(self, where: TopicPartition, timeout_ms: int, max_records: int) -> dict[TopicPartition, list]:
        offsets = range(self.at, min(self.at + 2, self.end))
        self.at = offsets.stop
        return {WHERE: [SimpleNamespace(offset=offset, key=b"pbx", value=b"%d" % offset) for offset in offsets]}


class BenchLog(EventLog):
    """A log whose consumers are one fake."""

    def __init__(self, consumer: FakeConsumer) -> None:
        super().__init__(Broker("nowhere:1"), "pbx.events")
        self.consumer = consumer

    def _new_consumer(self) -> FakeConsumer:
        return self.consumer


async def read(consumer: FakeConsumer, start: int, end: int) -> list[Delivery]:
    return [delivery async for chunk in BenchLog(consumer).read(0, start, end) for delivery in chunk]


async def test_a_range_is_read_in_order_and_no_further() -> None:
    consumer = FakeConsumer()
    assert await read(consumer, 1, 4) == [Delivery(0, offset, b"pbx", b"%d" % offset) for offset in (1, 2, 3)]
    assert consumer.stopped


async def test_what_the_log_no_longer_holds_is_left_out() -> None:
    assert [delivery.offset for delivery in await read(FakeConsumer(first=3), 0, 5)] == [3, 4]
    assert await read(FakeConsumer(first=5), 0, 4) == []


async def test_a_log_that_does_not_answer_is_said_once_and_so_is_its_return(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    log = BenchLog(FakeConsumer(silent=True))
    for _ in range(2):
        with pytest.raises(Unavailable):
            await log.ends([0])
    log.consumer.silent = False
    await log.ends([0])
    assert [record.message for record in caplog.records] == ["log is lost", "log is back"]


async def test_ends_are_asked_of_one_consumer() -> None:
    log = BenchLog(FakeConsumer(end=7))
    assert await log.ends([0, 1]) == {0: 7, 1: 7}
    await log.stop()
    assert log.consumer.stopped
