"""What Prometheus may know of a worker. Counts since its start; `lag` is in records of Kafka."""

from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server


class Meters:
    """The worker's numbers, registered in `registry`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str) -> Counter:
            return Counter(f"trunkline_streams_{name}", text, registry=registry)

        self.events = counter("events", "Packets and lines applied")
        self.records = counter("records", "Records of Kafka applied")
        self.rejects = counter("rejects", "Packets and lines put among the rejects")
        self.corrections = counter("corrections", "Calls that the files of a PBX put right")
        self.transactions = counter("transactions", "Transactions committed")
        self.duplicates = counter("duplicates", "Records delivered again and skipped")
        self.healed = counter("healed_ranges", "Ranges that were read directly because nobody delivered them")
        self.lost = counter("lost_records", "Records that the log no longer held when they were needed")
        self.fenced = counter("fenced", "Transactions refused because another worker was further")
        self.published = counter("published", "Messages written to the live topics")
        self.lag = Gauge("trunkline_streams_lag", "Records of Kafka not applied yet", ["partition"], registry=registry)


def serve_metrics(host: str, port: str, registry: CollectorRegistry) -> WSGIServer | None:
    """Serve `/metrics` there, in a thread; an empty port serves nothing."""
    return start_http_server(int(port), addr=host, registry=registry)[0] if port else None
