"""Publishing: in order, each at least once, whatever Kafka does."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from calls.codec import Entry, Record, decode_record
from ingest.log import Cursor, Log
from ingest.publisher import MAX_PENDING, Broker, Published, Publisher, load_cursor, refill_from, save_cursor

OpenLog = Callable[[Path], Log]


class FakeKafka:
    """Takes messages; refuses the one at `fails_at` once, with all that follow until it is connected again."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.values: list[int] = []
        self.connected = 0
        self.cluster = "first"
        self._fails_at = fails_at

    async def connect(self) -> Broker:
        self.connected += 1
        return Broker(self, self.cluster)

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, partition: int | None = None
    ) -> Awaitable[object]:
        assert value is not None and (topic, key, partition) == ("pbx.events", b"lab1", 3)
        if self._fails_at == len(self.values):
            self._fails_at = None
            raise KafkaConnectionError("away")
        self.values.append(decode_record(value).entries[0].seq)
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


def record(number: int) -> Record:
    """A record of one packet."""
    return Record(1, "lab1", "ami", "a", 1, [Entry(number, 1_795_348_800_000, b"Event: Hold")])


def publisher(log: Log) -> Publisher:
    """A publisher to partition 3."""
    return Publisher(log, log.folder / "a.cursor", "pbx.events", 3, b"lab1", retry_s=0.01)


async def until(condition: "list[int]", wanted: list[int], task: "asyncio.Task[None]") -> None:
    """Wait until the messages are these, then stop the publisher."""
    for _ in range(500):
        if condition == wanted:
            break
        await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert condition == wanted


async def test_what_the_log_has_is_sent_first_and_then_what_comes(tmp_path: Path, open_log: OpenLog) -> None:
    log, kafka = open_log(tmp_path), FakeKafka()
    log.append([record(1), record(2)])
    sender = publisher(log)
    task = asyncio.create_task(sender.run(kafka.connect))
    await asyncio.sleep(0.02)
    for number in (3, 4):
        log.append([record(number)])
        sender.offer([record(number)], log.end())
        await asyncio.sleep(0)
    await until(kafka.values, [1, 2, 3, 4], task)
    assert load_cursor(tmp_path / "a.cursor") == (log.end(), "first")


async def test_a_restart_sends_only_what_was_not_acknowledged(tmp_path: Path, open_log: OpenLog) -> None:
    log, kafka = open_log(tmp_path), FakeKafka()
    log.append([record(1)])
    save_cursor(tmp_path / "a.cursor", Published(log.end(), "first"))
    log.append([record(2)])
    task = asyncio.create_task(publisher(log).run(kafka.connect))
    await until(kafka.values, [2], task)


async def test_what_comes_while_kafka_is_away_waits_in_the_log_and_memory_stays_small(
    tmp_path: Path, open_log: OpenLog
) -> None:
    log, kafka = open_log(tmp_path), FakeKafka()
    sender = publisher(log)
    sender._behind = False
    for number in range(MAX_PENDING + 10):
        log.append([record(number)])
        sender.offer([record(number)], log.end())
    assert sender.pending == 0
    task = asyncio.create_task(sender.run(kafka.connect))
    await until(kafka.values, list(range(MAX_PENDING + 10)), task)


@pytest.mark.parametrize("fails_at", [0, 1, 4])
async def test_a_broker_that_is_lost_gets_everything_in_order_afterwards(
    tmp_path: Path, open_log: OpenLog, fails_at: int
) -> None:
    log, kafka = open_log(tmp_path), FakeKafka(fails_at)
    for number in range(5):
        log.append([record(number)])
    task = asyncio.create_task(publisher(log).run(kafka.connect))
    # What a lost broker had taken without saying so is sent again: at least once.
    await until(kafka.values, [*range(fails_at), *range(5)], task)
    assert kafka.connected == 2


async def test_a_new_cluster_gets_what_the_old_one_had(tmp_path: Path, open_log: OpenLog) -> None:
    log, kafka = open_log(tmp_path), FakeKafka()
    log.append([record(1), record(2)])
    await until(kafka.values, [1, 2], asyncio.create_task(publisher(log).run(kafka.connect)))
    log.append([record(3)])
    kafka.cluster = "second"
    await until(kafka.values, [1, 2, 1, 2, 3], asyncio.create_task(publisher(log).run(kafka.connect)))
    assert load_cursor(tmp_path / "a.cursor") == (log.end(), "second")


@pytest.mark.parametrize(
    ("reached", "begins"), [("2026-11-22.tlog.zst", "2026-11-21.tlog.zst"), ("", ""), ("strange", "")]
)
def test_a_new_cluster_begins_a_day_before_where_the_old_one_was(reached: str, begins: str) -> None:
    assert refill_from(reached) == begins


def test_a_damaged_cursor_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.cursor"
    assert load_cursor(path) == (Cursor("", 0), "")
    path.write_text("{")
    with pytest.raises(ValueError, match=r"a\.cursor is damaged"):
        load_cursor(path)
