"""The numbers have the names that dashboards and alerts use."""

from prometheus_client import CollectorRegistry, generate_latest

from streams.meters import Meters


def test_names() -> None:
    registry = CollectorRegistry()
    meters = Meters(registry)
    meters.events.inc(3)
    meters.lag.labels(partition=2).set(5)
    text = generate_latest(registry).decode()
    assert "trunkline_streams_events_total 3.0" in text
    assert 'trunkline_streams_lag{partition="2"} 5.0' in text
