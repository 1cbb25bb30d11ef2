"""Histograms of waits: the longest is exact, and the bins are Python's; tests/properties have it of any stints."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from calls.waits import BINS, EDGES_MS, bin_value_s, wait_bin
from warehouse.wait_rollups import roll_waits, wait_bins


def test_the_longest_wait_is_exact() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    waits = [0.0, 3.2, 3.21, 1e9]
    stints = pl.DataFrame(
        {
            "tenant": "default", "pbx": "pbx1", "queue": "support", "outcome": "answered", "wait_s": waits,
            "entered_at": [day + timedelta(hours=n) for n in range(4)],
        }
    )  # fmt: skip
    rolled = roll_waits(stints)
    assert rolled["bin"].to_list() == [0, wait_bin(3200), BINS]
    assert rolled["longest_s"].to_list() == [0.0, 3.21, 1e9]
    assert rolled["day"].to_list() == [date(2026, 11, 22)] * 3


def test_bins_are_published_as_python_has_them() -> None:
    frame = wait_bins()
    assert frame["up_to_s"].to_list() == [edge / 1000 for edge in EDGES_MS]
    assert frame["value_s"].to_list() == [bin_value_s(number) for number in range(BINS + 1)]
    assert (frame["above_s"] < frame["value_s"]).all() and (frame["value_s"] <= frame["up_to_s"]).all()
