"""What a range is made of for histograms, which rules and intervals there are, and times in a zone."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.spans import Rule
from warehouse.errors import BadRange
from warehouse.mart_reports import Asked, asked_spine, in_zone, known_rule, whole_days

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 400 * 96).map(lambda n: FIRST + n * timedelta(minutes=15))


@given(moments, moments)
def test_edges_days_and_months_are_the_range_and_each_instant_is_in_one(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    if start == end:
        return
    parts = whole_days(start, end)
    assert start <= parts["days_start"] <= parts["days_end"] <= end  # type: ignore[operator]
    assert (
        parts["first_day"] <= parts["first_month"] <= parts["last_month"] or parts["first_month"] == parts["last_month"]
    )  # type: ignore[operator]
    if parts["first_day"] < parts["last_day"]:  # type: ignore[operator]
        assert parts["days_start"] - start < timedelta(days=1)  # type: ignore[operator]
        assert end - parts["days_end"] < timedelta(days=1)  # type: ignore[operator]
    if parts["first_month"] < parts["last_month"]:  # type: ignore[operator]
        assert parts["first_month"].day == parts["last_month"].day == 1  # type: ignore[union-attr]
        assert parts["first_day"] <= parts["first_month"] and parts["last_month"] <= parts["last_day"]  # type: ignore[operator]


def test_a_whole_month_is_read_as_a_month() -> None:
    parts = whole_days(datetime(2026, 1, 30, 23, 45, tzinfo=UTC), datetime(2026, 3, 2, 0, 15, tzinfo=UTC))
    assert [str(parts[name]) for name in ("first_day", "first_month", "last_month", "last_day")] == [
        "2026-01-31", "2026-02-01", "2026-03-01", "2026-03-02",
    ]  # fmt: skip


def test_without_an_interval_the_range_is_one() -> None:
    spine = asked_spine(FIRST, FIRST + timedelta(hours=2), Asked(FIRST, FIRST, timezone="Europe/Berlin"))
    assert set(spine["interval_start"]) == {FIRST}
    assert spine["hour"].to_list() == [1] * 4 + [2] * 4
    halves = asked_spine(FIRST, FIRST + timedelta(hours=2), Asked(FIRST, FIRST, interval="30m"))
    assert halves["interval_start"].n_unique() == 4


def test_only_rules_that_whole_stints_have_can_be_asked_for() -> None:
    assert known_rule("by_event") is Rule.BY_EVENT
    for name in ("split", "by_the_moon"):
        with pytest.raises(BadRange, match="by_arrival, by_event, by_disconnect"):
            known_rule(name)


def test_every_instant_is_shown_in_the_zone() -> None:
    frame = pl.DataFrame({"a": [FIRST], "b": [1]})
    assert in_zone(frame, "Europe/Berlin")["a"].dt.hour().to_list() == [1]
