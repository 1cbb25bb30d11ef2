"""The ingester, wired: a real AMI conversation on one side, a fake Kafka on the other."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path

import pytest

from asterisk.account import Account
from asterisk.replay import replay_records
from calls.codec import Record, decode_record
from ingest.ingester import Ingester, WrongPbx
from ingest.log import Cursor, Log
from ingest.publisher import Broker

EVENT = b"Event: Newchannel\r\nSystemName: lab1\r\nUniqueid: lab1-1.1\r\nLinkedid: lab1-1.1\r\n\r\n"
BOOTED = b"Event: FullyBooted\r\nSystemName: lab1\r\nUptime: 60\r\n\r\n"
NOON = 1_795_348_800_000
NOISE = b"Event: TestEvent\r\nSystemName: lab1\r\n\r\n"


class FakeKafka:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    async def connect(self) -> Broker:
        return Broker(self, "only")

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, partition: int | None = None
    ) -> Awaitable[object]:
        assert value is not None
        self.records.append(decode_record(value))
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


async def pbx(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greets, accepts any login, says a few things."""
    writer.write(b"Asterisk Call Manager/11.0.0\r\n")
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            packet = (await reader.readuntil(b"\r\n\r\n")).decode()
            fields = dict(line.split(": ", 1) for line in packet.strip().split("\r\n"))
            answer = f"Response: Success\r\nActionID: {fields['ActionID']}\r\n"
            if fields["Action"] == "Logoff":
                break
            writer.write((answer + ("Challenge: 1\r\n" if fields["Action"] == "Challenge" else "") + "\r\n").encode())
            if fields["Action"] == "Login":
                writer.write(BOOTED)
            if fields["Action"] == "QueueStatus":
                writer.write(NOISE + EVENT)
    writer.close()


async def ingest(name: str, data: Path) -> tuple[Ingester, FakeKafka]:
    """Run an ingester until the last that the PBX says came out."""
    server = await asyncio.start_server(pbx, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    kafka = FakeKafka()
    ingester = Ingester(name, "a", Account("127.0.0.1", port, "u", "s"), data, 0, b"{}", {})
    task = asyncio.create_task(ingester.run(kafka.connect))
    try:
        for _ in range(6000):
            if task.done() or EVENT.strip() in ami_packets(kafka):
                break
            await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    finally:
        server.close()
    return ingester, kafka


def ami_packets(kafka: FakeKafka) -> list[bytes]:
    """What Kafka has of AMI."""
    return [entry.raw for record in kafka.records if record.source == "ami" for entry in record.entries]


async def test_settings_come_first_and_packets_reach_log_and_kafka(tmp_path: Path) -> None:
    ingester, kafka = await ingest("lab1", tmp_path)
    assert kafka.records[0].source == "settings"
    assert EVENT.strip() in ami_packets(kafka)
    log = Ingester("lab1", "b", Account("h", 1, "u", "s"), tmp_path, 0, b"{}", {}).log
    logged = [record for records, _ in log.read(ingester.log.end()._replace(offset=0)) for record in records]
    # The last word, that it was stopped, waits in the log for the next start.
    assert logged[:-1] == kafka.records and logged[-1].source == "link"
    assert ingester.batcher.dropped["TestEvent"] == 1


async def test_other_settings_are_an_event_of_their_own(tmp_path: Path) -> None:
    await ingest("lab1", tmp_path)
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}", {})
    ingester.change_settings(b'{"wrapup_s": 10}')
    ingester.change_settings(b'{"wrapup_s": 20}')
    ingester.log.close()
    logged = [record for records, _ in ingester.log.read(Cursor("", 0)) for record in records]
    settings = [record for record in logged if record.source == "settings"]
    assert [record.entries[0].raw for record in settings] == [b"{}", b'{"wrapup_s": 10}', b'{"wrapup_s": 20}']
    assert [record.epoch for record in settings] == sorted({record.epoch for record in settings})


async def test_each_login_has_a_newer_epoch(tmp_path: Path) -> None:
    _, first = await ingest("lab1", tmp_path)
    _, second = await ingest("lab1", tmp_path)
    epochs = [record.epoch for kafka in (first, second) for record in kafka.records if record.source == "ami"]
    assert epochs == sorted(epochs) and epochs[0] < epochs[-1]


async def test_a_stop_is_a_gap_from_when_the_pbx_was_heard_last_to_the_next_login(tmp_path: Path) -> None:
    await ingest("lab1", tmp_path)
    ingester, _ = await ingest("lab1", tmp_path)
    logged = [record for records, _ in ingester.log.read(Cursor("", 0)) for record in records]
    over, lasting = replay_records(logged).gaps
    assert (over.source, over.cause) == ("ami", "the ingester was stopped")
    assert over.end is not None and over.start <= over.end <= lasting.start
    assert lasting.end is None


async def test_a_kill_leaves_the_time_of_the_last_sign_of_life(tmp_path: Path) -> None:
    log = Log(tmp_path / "log" / "lab1")
    log.touch(NOON)
    _, kafka = await ingest("lab1", tmp_path)
    (gap, *_) = replay_records(kafka.records).gaps
    assert (gap.start, gap.cause) == (NOON, "the ingester did not run")


async def test_a_pbx_of_another_name_is_refused_with_the_setting_to_change(tmp_path: Path) -> None:
    with pytest.raises(WrongPbx, match="TRUNKLINE_PBX=lab1"):
        await ingest("other", tmp_path)
