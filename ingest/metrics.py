"""The ingester's numbers for Prometheus, read at each scrape from the parts that keep them."""

from collections.abc import Iterable
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.ingester import Ingester


class IngesterCollector(Collector):
    """What one ingester has done so far."""

    def __init__(self, ingester: Ingester) -> None:
        self._ingester = ingester

    def collect(self) -> Iterable[Metric]:
        """The numbers now."""
        it = self._ingester
        yield CounterMetricFamily("trunkline_ami_packets_received", "Packets read from AMI", it.batcher.received)
        dropped = CounterMetricFamily("trunkline_ami_packets_dropped", "Packets that nothing reads", labels=["event"])
        for event, count in it.batcher.dropped.items():
            dropped.add_metric([event], count)
        yield dropped
        yield CounterMetricFamily("trunkline_records_published", "Records Kafka acknowledged", it.publisher.published)
        yield GaugeMetricFamily("trunkline_records_pending", "Frames that wait in memory", it.publisher.pending)
        yield GaugeMetricFamily("trunkline_ami_connected", "Whether AMI is logged in", int(it.connection.logged_in))


def serve_metrics(host: str, port: str, ingester: Ingester) -> WSGIServer | None:
    """Serve `/metrics` there, in a thread; an empty port serves nothing."""
    if not port:
        return None
    registry = CollectorRegistry()
    registry.register(IngesterCollector(ingester))
    return start_http_server(int(port), addr=host, registry=registry)[0]
