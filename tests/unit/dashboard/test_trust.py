"""dashboard/trust.py: what is read of a range, by PBX and by day."""

import pytest
from dashboard_parts import PaperMarts, filters
from trust_parts import trusted

from dashboard.errors import ReportsUnavailable
from dashboard.intervals import By
from dashboard.trust import read_trust
from warehouse.marts import MartsMissing


def test_sums_by_pbx_and_by_day_and_what_each_pbx_said_last() -> None:
    marts = trusted()
    trust = read_trust(lambda _: marts, "default", filters("?range=7d"))
    assert [(row["pbx"], row["calls"], row["silent_since"] is None) for row in trust.pbxs] == [
        ("pbx-1", 1000, True), ("pbx-2", 200, False),
    ]  # fmt: skip
    assert (trust.total["calls"], trust.total["provisional"], trust.total["gap_s"]) == (1200, 42, 754.5)
    assert [row["calls"] for row in trust.days] == [1000, 200]
    assert [asked.interval for _, asked in marts.reports] == [None, By.DAY]
    assert trust.gaps.height == 2


def test_of_a_long_range_months_are_told() -> None:
    marts = trusted()
    assert read_trust(lambda _: marts, "default", filters("?range=year")).by is By.MONTH
    assert marts.reports[-1][1].interval == By.MONTH


def test_a_pbx_without_a_call_in_the_range_is_told_of() -> None:
    trust = read_trust(lambda _: trusted(rows={}), "default", filters())
    assert [(row["pbx"], row["calls"]) for row in trust.pbxs] == [("pbx-1", 0), ("pbx-2", 0)]


def test_nothing_published_is_nothing_known() -> None:
    trust = read_trust(lambda _: PaperMarts(published=False), "default", filters())
    assert (trust.pbxs, trust.days, trust.total) == ((), (), {})


def test_what_cannot_be_read_is_said() -> None:
    class Broken(PaperMarts):
        def ready(self) -> bool:
            raise MartsMissing("Nothing is published yet.")

    with pytest.raises(ReportsUnavailable, match="Nothing is published yet"):
        read_trust(lambda _: Broken(), "default", filters())
