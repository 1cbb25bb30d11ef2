"""The Faust app is set up as exactness needs it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from faust.types import TP
from mode import Service

from streams.app import GROUP, App, PositionedConsumer, PositionedTransport, events_topic, live_writers, make_app
from streams.broker import Broker


def app(folder: Path) -> App:
    return make_app(Broker("127.0.0.1:9092"), "2", folder / "worker")


def test_the_settings_that_were_found_right(tmp_path: Path) -> None:
    conf = app(tmp_path).conf
    assert (conf.id, conf.consumer_group_instance_id) == (GROUP, f"{GROUP}-2")
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval, conf.broker_commit_interval) == (
        10.0,
        2.5,
        1.0,
    )
    assert (conf.stream_buffer_maxsize, conf.stream_wait_empty, conf.topic_disable_leader) == (512, False, True)
    assert (conf.topic_allow_declare, conf.web_enabled, conf.consumer_metadata_max_age_ms) == (False, False, 5000)


def test_positions_come_from_our_consumer(tmp_path: Path) -> None:
    it = app(tmp_path)
    assert isinstance(it.transport, PositionedTransport)


def test_live_topics_are_the_changelogs_of_tables(tmp_path: Path) -> None:
    it = app(tmp_path)
    assert set(live_writers(it)) == {"agents", "queues", "calls", "gaps", "rejects"}
    assert {table.changelog_topic.get_topic_name() for table in it.tables.values()} == {"agents", "queues"}


def test_a_worker_does_not_wait_for_its_publications(tmp_path: Path) -> None:
    it = app(tmp_path)
    live_writers(it)
    recovery = it.tables.recovery
    recovery.active_highwaters[TP("agents", 0)] = 5
    recovery.active_offsets[TP("agents", 0)] = 1
    assert not recovery.need_recovery()


def test_records_are_taken_as_bytes(tmp_path: Path) -> None:
    topic = events_topic(app(tmp_path))
    assert (topic.get_topic_name(), topic.value_serializer) == ("pbx.events", "raw")


class NoThread(Service):
    """Stands for the thread that talks to the broker."""

    async def seek_wait(self, offsets: Mapping[TP, int]) -> None:
        assert offsets


class Told(PositionedConsumer):
    """Our consumer with partitions, and without a broker: it keeps what Kafka would be told."""

    def _new_consumer_thread(self) -> Service:
        return NoThread()

    def assignment(self) -> set[TP]:
        return {TP("pbx.events", 0), TP("pbx.events", 3), TP("agents", 0)}

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:
        self.commits = [*getattr(self, "commits", []), dict(offsets)]
        return self.reachable

    reachable = True


async def test_kafka_is_told_what_the_database_has_and_nothing_twice(tmp_path: Path) -> None:
    it = app(tmp_path)
    has = {0: 17, 3: 0, 5: 40}

    async def applied() -> Mapping[int, int]:
        return dict(has)

    async def take_over(partitions: Iterable[int]) -> dict[int, int]:
        return {number: has[number] for number in partitions}

    it.applied, it.take_over = applied, take_over
    consumer = Told(it.transport, callback=print, on_partitions_revoked=print, on_partitions_assigned=print)
    assert not await consumer.force_commit(), "its positions are not set yet"
    await consumer.seek_to_committed()
    consumer.reachable = False
    assert not await consumer.force_commit()
    consumer.reachable = True
    assert await consumer.force_commit() and not await consumer.force_commit()
    has[0] = 12  # somebody put an older database back
    assert await consumer.force_commit()
    first = {TP("pbx.events", 0): 17, TP("pbx.events", 3): 0}
    assert consumer.commits == [first, first, {TP("pbx.events", 0): 12}]
    await consumer.seek_to_committed()
    assert await consumer.force_commit(), "another owner may have told something else meanwhile"
