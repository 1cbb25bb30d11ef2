"""The broker's files say what the broker must do, and its command line runs what the lock names."""

from pathlib import Path

from infra.kafka_files import LOGGING, broker_command, format_command, properties


def settings() -> dict[str, str]:
    text = properties(Path("/data/kafka/data"), 20001, 20002)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_everything_listens_on_loopback_only() -> None:
    assert settings()["listeners"] == "PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert settings()["advertised.listeners"] == "PLAINTEXT://127.0.0.1:20001"
    assert settings()["controller.quorum.voters"] == "1@127.0.0.1:20002"


def test_one_broker_keeps_one_copy_of_everything() -> None:
    factors = {name: value for name, value in settings().items() if name.endswith(("replication.factor", "min.isr"))}
    assert len(factors) >= 4
    assert set(factors.values()) == {"1"}


def test_topics_are_never_made_by_a_typing_error() -> None:
    assert settings()["auto.create.topics.enable"] == "false"


def test_a_killed_broker_is_forgotten_fast() -> None:
    assert int(settings()["broker.session.timeout.ms"]) == 5 * int(settings()["broker.heartbeat.interval.ms"]) == 1500


def test_the_command_lines_run_the_jars_in_their_order() -> None:
    jars = (Path("/cache/b.jar"), Path("/cache/a.jar"))
    broker = broker_command(Path("/java"), jars, Path("/log4j2.xml"), Path("/server.properties"))
    assert broker[0] == "/java"
    assert broker[-4:] == ("-cp", "/cache/b.jar:/cache/a.jar", "kafka.Kafka", "/server.properties")
    assert "-Dlog4j2.configurationFile=/log4j2.xml" in broker
    tool = format_command(Path("/java"), jars, Path("/server.properties"), "-cluster")
    assert tool[-5:] == ("kafka.tools.StorageTool", "format", "--cluster-id=-cluster", "-c", "/server.properties")


def test_the_log_is_written_in_utc() -> None:
    assert "{UTC}" in LOGGING
