"""What Prometheus reads at /metrics: requests, sockets, the feed. Labels are routes and outcomes, never people."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

# From a health check to the slowest query that is allowed, in seconds.
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Reading(Collector):
    """Numbers that others count, read at the moment they are asked for. A name that ends in `_total` only grows."""

    def __init__(self, read: Callable[[], dict[str, tuple[str, float]]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """One metric per name, its help text beside the value."""
        for name, (text, value) in self._read().items():
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(name, text, value=value)


class Telemetry:
    """This process's registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "trunkline_api_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "trunkline_api_request_seconds", "Time to the whole answer", ["route"], buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip

    def read(self, read: Callable[[], dict[str, tuple[str, float]]]) -> None:
        """Let these numbers be read too."""
        self.registry.register(Reading(read))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)
