"""The Faust app is set up as exactness needs it."""

from pathlib import Path

from streams.app import GROUP, App, PositionedTransport, events_topic, live_writers, make_app
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
    assert set(live_writers(it)) == {"agents", "queues", "calls"}
    assert {table.changelog_topic.get_topic_name() for table in it.tables.values()} == {"agents", "queues"}


def test_records_are_taken_as_bytes(tmp_path: Path) -> None:
    topic = events_topic(app(tmp_path))
    assert (topic.get_topic_name(), topic.value_serializer) == ("pbx.events", "raw")
