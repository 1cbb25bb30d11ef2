"""What a metric is, in words; tests/properties hold its forms in Python and SQL equal."""

from calls.metrics import ALL_METRICS


def test_every_metric_says_what_it_is_and_no_two_of_a_table_have_one_name() -> None:
    assert len({(metric.of, metric.name) for metric in ALL_METRICS}) == len(ALL_METRICS)
    for metric in ALL_METRICS:
        assert all((metric.title, metric.unit, metric.meaning, metric.source, metric.formula(), metric.sql()))
