"""The metrics of contacts: that they are made of contacts' columns, and of nothing."""

from calls.contact_metrics import CONTACT_METRICS
from calls.contacts import CONTACT_COLUMNS, ContactTally


def test_of_nothing_a_count_is_0_and_everything_else_is_undefined() -> None:
    for metric in CONTACT_METRICS.values():
        assert {name.removeprefix("-") for name in metric.numerator + metric.denominator} <= set(CONTACT_COLUMNS)
        assert metric.value(ContactTally()) == (None if metric.denominator else 0)
