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
        yield from self._files()
        yield GaugeMetricFamily("trunkline_ami_connected", "Whether AMI is logged in", int(it.connection.logged_in))

    def _files(self) -> Iterable[Metric]:
        lines = CounterMetricFamily("trunkline_file_lines_read", "Lines read from the PBX's file", labels=["file"])
        refused = CounterMetricFamily("trunkline_file_lines_too_long", "Those longer than a line is", labels=["file"])
        behind = GaugeMetricFamily("trunkline_file_behind_bytes", "Bytes that are still to be read", labels=["file"])
        well = GaugeMetricFamily("trunkline_file_read_timestamp_seconds", "When it was read last", labels=["file"])
        for source, file in self._ingester.follower.files.items():
            lines.add_metric([source], file.lines)
            refused.add_metric([source], file.too_long)
            behind.add_metric([source], file.tail.behind)
            well.add_metric([source], file.well_at / 1000)
        yield from (lines, refused, behind, well)


def serve_metrics(host: str, port: str, ingester: Ingester) -> WSGIServer | None:
    """Serve `/metrics` there, in a thread; an empty port serves nothing."""
    if not port:
        return None
    registry = CollectorRegistry()
    registry.register(IngesterCollector(ingester))
    return start_http_server(int(port), addr=host, registry=registry)[0]
