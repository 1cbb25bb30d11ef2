"""What is live goes out at once, and then a few times a second at most."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from streams.errors import NotPublished
from streams.meters import Meters
from streams.publication import INTERVAL_SECONDS, Publication, Write
from streams.work import Message


class Bench:
    """A publication that writes into a list, and whose clock stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.broken = False
        self.sending = asyncio.Event()
        writers = {topic: self._writer(topic) for topic in ("agents", "calls")}
        self.publication = Publication(writers, Meters(CollectorRegistry()), clock=lambda: self.now)

    def _writer(self, topic: str) -> Write:
        async def write(key: bytes, value: bytes) -> None:
            if self.broken:
                raise NotPublished("no broker")
            self.sent.append((topic, key, value))
            self.sending.set()

        return write

    def note(self, value: bytes, key: bytes = b"1", topic: str = "agents") -> None:
        self.publication.note([Message(topic, key, value)])


async def test_the_first_change_goes_out_at_once() -> None:
    bench = Bench()
    bench.note(b"a")
    await bench.publication.publish_due()
    assert bench.sent == [("agents", b"1", b"a")]


async def test_further_changes_wait_and_only_the_newest_goes_out() -> None:
    bench = Bench()
    bench.note(b"a")
    await bench.publication.publish_due()
    for value in (b"b", b"c"):
        bench.note(value)
        await bench.publication.publish_due()
    assert len(bench.sent) == 1
    bench.now = INTERVAL_SECONDS
    await bench.publication.publish_due()
    assert bench.sent[1:] == [("agents", b"1", b"c")]


async def test_one_busy_key_does_not_delay_another() -> None:
    bench = Bench()
    bench.note(b"a")
    await bench.publication.publish_due()
    bench.note(b"b")
    bench.note(b"x", key=b"2", topic="calls")
    await bench.publication.publish_due()
    assert bench.sent[1:] == [("calls", b"2", b"x")]


async def test_what_kafka_did_not_take_waits_unless_something_newer_came() -> None:
    bench = Bench()
    bench.broken = True
    bench.note(b"a")
    with pytest.raises(NotPublished):
        await bench.publication.publish_due()
    bench.note(b"b")
    bench.broken = False
    await bench.publication.publish_due()
    assert bench.sent == [("agents", b"1", b"b")]


async def test_it_runs_by_itself() -> None:
    bench = Bench()
    running = asyncio.create_task(bench.publication.run())
    bench.note(b"a")
    await bench.sending.wait()
    running.cancel()
    assert bench.sent == [("agents", b"1", b"a")]
