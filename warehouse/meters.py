"""What Prometheus is told of the warehouse."""

from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from warehouse.refresh import Refreshed


class Meters:
    """Counts of refreshes and how fresh the marts are, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._refreshes = Counter("trunkline_warehouse_refreshes", "Refreshes by result", ["result"], registry=registry)
        self._calls = Counter("trunkline_warehouse_calls", "Rows of calls written to the lake", registry=registry)
        self._seconds = Gauge("trunkline_warehouse_refresh_seconds", "How long the last one took", registry=registry)
        self._watermark = Gauge(
            "trunkline_warehouse_watermark_seconds",
            "The marts hold all up to then (Unix time)",
            registry=registry,
        )

    def refreshed(self, done: Refreshed) -> None:
        """A refresh went well."""
        self._refreshes.labels("done").inc()
        self._calls.inc(done.loaded.calls)
        self._seconds.set(done.seconds)
        self._watermark.set(done.loaded.watermark.timestamp())

    def failed(self) -> None:
        """A refresh failed."""
        self._refreshes.labels("failed").inc()


def serve_metrics(host: str, port: str, registry: CollectorRegistry) -> WSGIServer | None:
    """Serve `/metrics` there, in a thread; an empty port serves nothing."""
    return start_http_server(int(port), addr=host, registry=registry)[0] if port else None
