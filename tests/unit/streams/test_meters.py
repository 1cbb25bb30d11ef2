"""The numbers have the names that dashboards and alerts use."""

from contextlib import closing
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest

from streams.meters import Meters, serve_metrics


def test_names() -> None:
    registry = CollectorRegistry()
    meters = Meters(registry)
    meters.events.inc(3)
    meters.lag.labels(partition=2).set(5)
    text = generate_latest(registry).decode()
    assert "trunkline_streams_events_total 3.0" in text
    assert 'trunkline_streams_lag{partition="2"} 5.0' in text


def test_they_are_served_where_it_is_told_and_not_without_a_port() -> None:
    registry = CollectorRegistry()
    Meters(registry)
    assert serve_metrics("127.0.0.1", "", registry) is None
    for host in ("127.0.0.1", "0.0.0.0"):
        server = serve_metrics(host, "0", registry)
        assert server is not None and server.server_address[0] == host
        with closing(urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5)) as answer:
            assert b"# HELP trunkline_streams" in answer.read()
        server.shutdown()
        server.server_close()
