"""Lengths of intervals that suit a range, and their names, also on the days when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import intervals
from dashboard.intervals import By

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "by"),
    [(1, By.QUARTER), (2, By.HOUR), (7, By.DAY), (30, By.DAY), (92, By.DAY), (325, By.WEEK), (1500, By.MONTH)],
)
def test_the_usual_length_shows_the_shape(days: int, by: By) -> None:
    first = date(2026, 1, 1)
    assert intervals.usual(first, first + timedelta(days=days - 1)) is by


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(0, 40_000))
def test_the_usual_length_is_always_among_the_choices(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    assert intervals.usual(first, last) in intervals.choices(first, last)


def test_a_year_is_not_cut_into_quarters_of_an_hour() -> None:
    assert intervals.choices(date(2026, 1, 1), date(2026, 12, 31)) == [By.DAY, By.WEEK, By.MONTH]


def test_a_day_is_not_one_week() -> None:
    assert intervals.choices(date(2026, 1, 1), date(2026, 1, 1)) == [By.QUARTER, By.HOUR]


@pytest.mark.parametrize(
    ("by", "label", "tick"),
    [
        (By.QUARTER, "Sun 22 Nov 12:15", "12:15"),
        (By.HOUR, "Sun 22 Nov 12:15", "12:15"),
        (By.DAY, "Sun 22 Nov 2026", "12:15"),
        (By.WEEK, "22 Nov 2026", "12:15"),
        (By.MONTH, "Nov 2026", "Nov 2026"),
    ],
)
def test_intervals_have_names(by: By, label: str, tick: str) -> None:
    assert intervals.label(NOON, by, BERLIN) == label
    assert intervals.tick(NOON, by, BERLIN, one_day=True) == tick


def test_over_several_days_the_day_stands_below_the_chart() -> None:
    assert intervals.tick(NOON, By.HOUR, BERLIN, one_day=False) == "22 Nov"


def test_the_two_hours_of_autumn_have_two_names() -> None:
    first = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    names = [intervals.label(first + timedelta(hours=n), By.QUARTER, BERLIN) for n in range(3)]
    assert names == ["Sun 25 Oct 02:15 CEST", "Sun 25 Oct 02:15 CET", "Sun 25 Oct 03:15"]


@pytest.mark.parametrize(
    ("day", "by", "note"),
    [
        (date(2026, 10, 25), By.DAY, "25 h"),
        (date(2026, 3, 29), By.DAY, "23 h"),
        (date(2026, 10, 19), By.WEEK, "25 h on Sunday"),
        (date(2026, 11, 22), By.DAY, ""),
        (date(2026, 11, 16), By.WEEK, ""),
        (date(2026, 10, 25), By.HOUR, ""),
    ],
)
def test_odd_days_are_said_to_be_odd(day: date, by: By, note: str) -> None:
    assert intervals.note(intervals.midnight(day, BERLIN), by, BERLIN) == note


def test_a_day_begins_at_its_own_midnight() -> None:
    assert intervals.midnight(date(2026, 7, 1), BERLIN) == datetime(2026, 6, 30, 22, tzinfo=UTC)
