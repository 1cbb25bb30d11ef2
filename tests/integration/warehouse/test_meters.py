"""What Prometheus is told."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
from served_metrics import serves_where_told

from warehouse.load import Loaded
from warehouse.meters import Meters, serve_metrics
from warehouse.refresh import Refreshed


def test_each_refresh_is_counted_and_the_freshness_shown() -> None:
    registry = CollectorRegistry()
    meters = Meters(registry)
    watermark = datetime(2026, 11, 22, tzinfo=UTC)
    meters.refreshed(Refreshed(Loaded(1, watermark, calls=5), [], 0.25))
    meters.failed()
    values = {
        "trunkline_warehouse_calls_total": 5,
        "trunkline_warehouse_refresh_seconds": 0.25,
        "trunkline_warehouse_watermark_seconds": watermark.timestamp(),
    }
    assert {name: registry.get_sample_value(name) for name in values} == values
    for result in ("done", "failed"):
        assert registry.get_sample_value("trunkline_warehouse_refreshes_total", {"result": result}) == 1


def test_they_are_served_where_it_is_told_and_not_without_a_port() -> None:
    registry = CollectorRegistry()
    Meters(registry)
    serves_where_told(lambda host, port: serve_metrics(host, port, registry), b"# HELP trunkline_warehouse")
