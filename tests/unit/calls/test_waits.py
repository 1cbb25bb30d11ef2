"""Waits by bin: each wait in one bin, percentiles as near as promised, and sums of histograms."""

from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from calls.waits import BINS, EDGES_MS, ERROR, PERCENTILES, bin_value_s, percentile_s, wait_bin

waits = st.lists(st.one_of(st.integers(0, 600), st.integers(0, 86_400_000)), min_size=1, max_size=50)


@given(st.integers(0, EDGES_MS[-1]))
def test_a_wait_lies_in_its_bin(ms: int) -> None:
    number = wait_bin(ms)
    assert ms <= EDGES_MS[number]
    assert number == 0 or ms > EDGES_MS[number - 1]


def test_who_waits_longer_than_all_bins_is_in_the_last() -> None:
    assert wait_bin(EDGES_MS[-1] * 2) == BINS
    assert [wait_bin(ms) for ms in (0, 500, 501)] == [0, 0, 1]


@given(waits)
def test_a_percentile_is_as_near_as_promised(many: list[int]) -> None:
    counts = Counter(map(wait_bin, many))
    for percent in PERCENTILES:
        exact = sorted(many)[ceil(len(many) * percent / 100) - 1] / 1000
        found = percentile_s(counts, percent)
        assert found is not None
        assert abs(found - exact) <= max(0.25, ERROR * exact)


@given(waits, waits)
def test_a_sum_of_histograms_is_the_histogram_of_all(some: list[int], others: list[int]) -> None:
    both = Counter(map(wait_bin, some)) + Counter(map(wait_bin, others))
    assert percentile_s(both, 90) == percentile_s(Counter(map(wait_bin, [*some, *others])), 90)


def test_of_nobody_there_is_none() -> None:
    assert percentile_s({}, 50) is None
    assert bin_value_s(0) == 0.25
