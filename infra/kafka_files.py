"""What Apache Kafka reads at start: its properties and its logging, as text, and the command lines made of them.

Pure: nothing is started or written here. One KRaft process is broker and controller; it listens on loopback only.
"""

from pathlib import Path

# 256 MB of heap hold 50-60k records a second with acks=all; the whole process stays below 190 MB resident.
HEAP = ("-Xms64m", "-Xmx256m")
JVM = (*HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")

LOGGING = """\
<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="warn">
  <Appenders>
    <Console name="out" target="SYSTEM_OUT">
      <PatternLayout pattern="%d{yyyy-MM-dd'T'HH:mm:ss.SSSX}{UTC} %p %m (%c{1})%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="info"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
"""


def properties(log_folder: Path, port: int, controller_port: int) -> str:
    """The text of server.properties for one broker whose data lie in `log_folder`."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": log_folder,
        # Topics are made by the project with the partitions and the retention they need, never by a typing error.
        "auto.create.topics.enable": "false",
        # One broker keeps one copy.
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        # Nobody else joins at the same moment; waiting 3 s for them would only delay the start.
        "group.initial.rebalance.delay.ms": 0,
        # After a kill the controller waits for the old broker session: 3.5 s with these, 12 to 17 s with the defaults.
        "broker.session.timeout.ms": 1500,
        "broker.heartbeat.interval.ms": 300,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def broker_command(java: Path, jars: tuple[Path, ...], logging: Path, properties_file: Path) -> tuple[str, ...]:
    """The command line that runs the broker in the foreground."""
    return (
        str(java),
        *JVM,
        f"-Dlog4j2.configurationFile={logging}",
        "-cp",
        ":".join(map(str, jars)),
        "kafka.Kafka",
        str(properties_file),
    )


def format_command(java: Path, jars: tuple[Path, ...], properties_file: Path, cluster_id: str) -> tuple[str, ...]:
    """The command line that prepares an empty data folder."""
    # In one word: an id that begins with a dash would be taken for an option.
    tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(properties_file))
    return (str(java), *HEAP, "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, jars)), *tool)
