"""Histograms of waits: equal to Python's bins for any stints, and months are the sums of their days."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from made_calls import many_calls, part_frame

from calls.call import Call, StintOutcome
from calls.tally import let_in
from calls.waits import BINS, EDGES_MS, bin_value_s, wait_bin
from warehouse.wait_rollups import WAIT_KEY, add_up, roll_waits, wait_bins

STINTS: dict[str, Any] = {
    "tenant": pl.String, "pbx": pl.String, "queue": pl.String, "entered_at": "time", "outcome": pl.String,
    "wait_s": pl.Float64,
}  # fmt: skip
KEPT = (StintOutcome.ANSWERED, StintOutcome.ABANDONED)


def counted(calls: list[Call]) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            call.tenant, call.pbx, stint.queue, datetime.fromtimestamp(stint.entered_at / 1000, UTC).date(),
            stint.outcome.value if stint.outcome in KEPT else "flow_out", wait_bin(stint.wait_ms),
        )
        for call in calls
        for stint in call.stints
        if let_in(stint) and stint.outcome is not None and stint.wait_ms is not None
    )  # fmt: skip


@settings(max_examples=30)
@given(many_calls())
def test_the_histogram_of_any_stints_is_the_count_of_their_bins(calls: list[Call]) -> None:
    days = roll_waits(part_frame(calls, "stints", STINTS))
    assert {row[: len(WAIT_KEY)]: row[len(WAIT_KEY)] for row in days.iter_rows()} == counted(calls)
    months = add_up(days)
    assert months["n"].sum() == days["n"].sum()
    assert set(months["month"]) == {day.replace(day=1) for day in days["day"]}


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
