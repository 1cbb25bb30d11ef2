"""The keeper's numbers for Prometheus, read at each scrape from what it counts."""

from collections.abc import Iterable
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.recordings.keeper import Counts


class KeeperCollector(Collector):
    """What one keeper has done so far."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """The numbers now."""
        it, name = self._counts, "trunkline_recordings"
        yield CounterMetricFamily(f"{name}_stored", "Recordings encrypted into the store", it.stored)
        yield CounterMetricFamily(f"{name}_without_call", "Those of which no call was known", it.without_call)
        yield CounterMetricFamily(f"{name}_empty", "Files without any sound, which were removed", it.empty)
        yield CounterMetricFamily(
            f"{name}_lost", "Recordings that went from the spool before they were stored", it.lost
        )
        yield CounterMetricFamily(
            f"{name}_unwanted", "Recordings that were deleted before they were put down", it.unwanted
        )
        yield GaugeMetricFamily(f"{name}_in_spool", "What lies in the spool, also what is being written", it.waiting)
        yield GaugeMetricFamily(f"{name}_left_alone", "What lies in the spool and cannot be taken", it.left_alone)
        yield GaugeMetricFamily(f"{name}_failing", "1 while something cannot be stored or put down", int(it.failing))


def serve_metrics(host: str, port: str, counts: Counts) -> WSGIServer | None:
    """Serve `/metrics` there, in a thread; an empty port serves nothing."""
    if not port:
        return None
    registry = CollectorRegistry()
    registry.register(KeeperCollector(counts))
    return start_http_server(int(port), addr=host, registry=registry)[0]
