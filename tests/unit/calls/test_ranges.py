"""calls/ranges.py: what is due when, whatever the clock does. Presets are tested by what the pages make of them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.ranges import Every, Preset, Timing, preset_days

BERLIN = ZoneInfo("Europe/Berlin")
# With all that clocks do: half hours, a change at midnight, a day that was left out.
ZONES = [BERLIN, *map(ZoneInfo, ("UTC", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"))]
# Seconds of 2011 to 2030.
MOMENTS = st.integers(1_293_840_000, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
TIMINGS = st.builds(
    Timing,
    st.sampled_from(Every),
    TIMES,
    st.sampled_from(ZONES),
    st.sets(st.integers(1, 7), min_size=1).map(tuple),
    st.integers(1, 31),
)


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_at_the_same_time_of_the_clock_in_summer_and_in_winter() -> None:
    daily = Timing(Every.DAY, time(7, 0), BERLIN)
    assert daily.after(utc("2026-10-24T04:59:59")) == utc("2026-10-24T05:00")
    assert daily.after(utc("2026-10-24T05:00")) == utc("2026-10-25T06:00")


def test_a_time_that_is_skipped_comes_later_and_one_that_comes_twice_is_its_first() -> None:
    daily = Timing(Every.DAY, time(2, 30), BERLIN)
    assert daily.after(utc("2026-03-28T12:00")) == utc("2026-03-29T01:30")
    first = daily.after(utc("2026-10-24T12:00"))
    assert first == utc("2026-10-25T00:30")
    assert daily.after(first) == utc("2026-10-26T01:30")


def test_on_days_of_the_week_and_of_the_month() -> None:
    weekly = Timing(Every.WEEK, time(7, 0), BERLIN, days=(1, 5))
    assert weekly.after(utc("2026-11-27T06:00")) == utc("2026-11-30T06:00")
    monthly = Timing(Every.MONTH, time(7, 0), BERLIN, day_of_month=31)
    assert monthly.after(utc("2027-01-31T12:00")) == utc("2027-02-28T06:00")
    with pytest.raises(ValueError, match="days"):
        Timing(Every.WEEK, time(7, 0), BERLIN).after(utc("2026-11-27T06:00"))


@given(TIMINGS, MOMENTS)
def test_the_next_is_the_first_that_is_due(timing: Timing, moment: datetime) -> None:
    due = timing.after(moment)
    assert due > moment
    assert timing.after(due - timedelta(microseconds=1)) == due
    # A brute count over all minutes in between that the clock says, as the zone has them.
    day = moment.astimezone(timing.zone).date()
    while day < due.astimezone(timing.zone).date():
        if timing.is_on(day):
            assert datetime.combine(day, timing.at, timing.zone).astimezone(UTC) <= moment
        day += timedelta(days=1)


@given(TIMINGS, MOMENTS)
def test_each_day_has_it_once(timing: Timing, moment: datetime) -> None:
    dues = [timing.after(moment)]
    while len(dues) < 5:
        dues.append(timing.after(dues[-1]))
    assert dues == sorted(set(dues))
    least = {Every.DAY: 0, Every.WEEK: 0, Every.MONTH: 27}[timing.every]
    assert all(later - sooner >= timedelta(days=least, hours=22) for sooner, later in pairwise(dues))


def test_presets_move_with_the_calendar() -> None:
    assert preset_days(Preset.LAST_MONTH, date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert preset_days(Preset.YESTERDAY, date(2026, 1, 1)) == (date(2025, 12, 31), date(2025, 12, 31))
