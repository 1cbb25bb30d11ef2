"""The ingester's numbers, as Prometheus reads them."""

from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest

from asterisk.account import Account
from ingest.ingester import Ingester
from ingest.metrics import IngesterCollector, serve_metrics


def test_received_and_dropped_are_counted_by_type(tmp_path: Path) -> None:
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}")
    ingester.batcher.begin(1)
    ingester.batcher.add([b"Event: Hold\r\n", b"Event: TestEvent\r\n"], 0)
    registry = CollectorRegistry()
    registry.register(IngesterCollector(ingester))
    text = generate_latest(registry).decode()
    assert "trunkline_ami_packets_received_total 2.0" in text
    assert 'trunkline_ami_packets_dropped_total{event="TestEvent"} 1.0' in text
    assert "trunkline_ami_connected 0.0" in text


def test_it_serves_where_it_is_told_and_nothing_without_a_port(tmp_path: Path) -> None:
    ingester = Ingester("lab1", "a", Account("h", 1, "u", "s"), tmp_path, 0, b"{}")
    assert serve_metrics("127.0.0.1", "", ingester) is None
    for host in ("127.0.0.1", "0.0.0.0"):
        server = serve_metrics(host, "0", ingester)
        assert server is not None and server.server_address[0] == host
        with closing(urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5)) as answer:
            assert b"trunkline_ami_connected 0.0" in answer.read()
        server.shutdown()
        server.server_close()
