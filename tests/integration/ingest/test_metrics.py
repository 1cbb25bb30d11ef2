"""The ingester's numbers, as Prometheus reads them."""

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from served_metrics import serves_where_told

from asterisk.account import Account
from ingest.ingester import Ingester
from ingest.metrics import IngesterCollector, serve_metrics


def test_received_and_dropped_are_counted_by_type(tmp_path: Path) -> None:
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}", {})
    ingester.batcher.begin(1)
    ingester.batcher.add([b"Event: Hold\r\n", b"Event: TestEvent\r\n"], 0)
    registry = CollectorRegistry()
    registry.register(IngesterCollector(ingester))
    text = generate_latest(registry).decode()
    assert "trunkline_ami_packets_received_total 2.0" in text
    assert 'trunkline_ami_packets_dropped_total{event="TestEvent"} 1.0' in text
    assert "trunkline_ami_connected 0.0" in text


def test_a_file_has_its_lines_what_is_left_of_it_and_when_it_was_read(tmp_path: Path) -> None:
    files = {"queue_log": tmp_path / "queue_log"}
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}", files)
    followed = ingester.follower.files["queue_log"]
    followed.lines, followed.too_long, followed.well_at, followed.tail.behind = 3, 1, 12_500, 40
    registry = CollectorRegistry()
    registry.register(IngesterCollector(ingester))
    text = generate_latest(registry).decode()
    assert 'trunkline_file_lines_read_total{file="queue_log"} 3.0' in text
    assert 'trunkline_file_lines_too_long_total{file="queue_log"} 1.0' in text
    assert 'trunkline_file_behind_bytes{file="queue_log"} 40.0' in text
    assert 'trunkline_file_read_timestamp_seconds{file="queue_log"} 12.5' in text


def test_it_serves_where_it_is_told_and_nothing_without_a_port(tmp_path: Path) -> None:
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}", {})
    serves_where_told(lambda host, port: serve_metrics(host, port, ingester), b"trunkline_ami_connected 0.0")
