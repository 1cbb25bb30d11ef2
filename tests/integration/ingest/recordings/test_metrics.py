"""ingest/recordings/metrics.py: what is served is what was counted."""

from served_metrics import serves_where_told

from ingest.recordings.keeper import Counts
from ingest.recordings.metrics import serve_metrics


def test_the_figures_are_served() -> None:
    counts = Counts()
    counts.stored = 7
    serves_where_told(lambda host, port: serve_metrics(host, port, counts), b"trunkline_recordings_stored_total 7.0")
