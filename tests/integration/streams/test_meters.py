"""The numbers have the names that dashboards and alerts use."""

from prometheus_client import CollectorRegistry, generate_latest
from served_metrics import serves_where_told

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
    serves_where_told(lambda host, port: serve_metrics(host, port, registry), b"# HELP trunkline_streams")
