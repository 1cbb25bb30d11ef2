"""Local time: days of 23, 24 and 25 hours, hours that come twice or never, zones of all kinds."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import BadRange
from warehouse.periods import INTERVALS, QUARTER, day_start, instant, local_iso, quarters, spine

BERLIN = "Europe/Berlin"


def local_day(day: date, zone: str, interval: str) -> list[int]:
    """How many quarters each interval of a local day has."""
    start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    return spine(start, end, interval, zone).group_by("interval_start", maintain_order=True).len()["len"].to_list()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), [4] * 23),
        (BERLIN, date(2026, 10, 24), [4] * 24),
        (BERLIN, date(2026, 10, 25), [4] * 25),
        # The clocks go forward at midnight: this day begins at one o'clock.
        ("Africa/Cairo", date(2026, 4, 24), [4] * 23),
        # They go back by half an hour.
        ("Australia/Lord_Howe", date(2026, 4, 5), [4, 4, 2] + [4] * 22),
        ("Asia/Kathmandu", date(2026, 4, 5), [4] * 24),
        ("UTC", date(2026, 3, 29), [4] * 24),
    ],
)
def test_a_local_day_has_its_own_hours(zone: str, day: date, hours: list[int]) -> None:
    assert local_day(day, zone, "1h") == hours
    assert local_day(day, zone, "1d") == [sum(hours)]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    hours = spine(datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC), "1h", BERLIN)
    assert local_iso(hours["interval_start"].unique(maintain_order=True), BERLIN).to_list() == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]


def test_weeks_begin_on_monday_and_months_on_the_first_and_the_range_where_it_begins() -> None:
    start, end = day_start(date(2026, 10, 21), BERLIN), day_start(date(2026, 11, 3), BERLIN)

    def starts(interval: str) -> list[str]:
        frame = spine(start, end, interval, BERLIN)
        return local_iso(frame["interval_start"].unique(maintain_order=True), BERLIN).str.head(10).to_list()

    assert starts("1w") == ["2026-10-21", "2026-10-26", "2026-11-02"]
    assert starts("1M") == ["2026-10-21", "2026-11-01"]


moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from([BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC"])


@given(moments, st.integers(1, 400), st.sampled_from(list(INTERVALS)), zones)
def test_every_quarter_of_a_range_belongs_to_one_interval_that_began_before(
    start: datetime, count: int, interval: str, zone: str
) -> None:
    first, last = quarters(start, start + count * QUARTER)
    frame = spine(first, last, interval, zone)
    assert frame["quarter"].to_list() == [first + n * QUARTER for n in range((last - first) // QUARTER)]
    assert (frame["interval_start"] <= frame["quarter"]).all()
    assert frame["interval_start"].is_sorted()


@given(moments, moments)
def test_a_range_is_widened_to_quarters_and_no_further(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other + QUARTER))
    first, last = quarters(start, end)
    assert first <= start < first + QUARTER
    assert last - QUARTER < end <= last
    assert first.minute % 15 == last.minute % 15 == 0


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-11-22", "UTC", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22", BERLIN, "2026-11-21T23:00:00+00:00"),
        ("2026-11-22T14:30", BERLIN, "2026-11-22T13:30:00+00:00"),
        ("2026-11-22T14:30Z", BERLIN, "2026-11-22T14:30:00+00:00"),
        ("2026-11-22T14:30+05:45", BERLIN, "2026-11-22T08:45:00+00:00"),
        # Comes twice: the first. Never comes: an hour on.
        ("2026-10-25T02:30", BERLIN, "2026-10-25T00:30:00+00:00"),
        ("2026-03-29T02:30", BERLIN, "2026-03-29T01:30:00+00:00"),
    ],
)
def test_dates_and_times_are_read_in_the_zone(text: str, zone: str, expected: str) -> None:
    assert instant(text, zone).isoformat() == expected


def test_what_makes_no_sense_is_refused_with_what_would() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    naive = day.replace(tzinfo=None)
    for question, words in (
        (lambda: instant("yesterday", "UTC"), "write 2026-11-22"),
        (lambda: instant("2026-11-22", "Berlin"), "Europe/Berlin"),
        (lambda: quarters(day, day), "exclusive"),
        (lambda: quarters(naive, naive), "zone"),
        (lambda: spine(day, day + QUARTER, "1y", "UTC"), "15m, 30m, 1h, 1d, 1w, 1M"),
        (lambda: spine(day, day + QUARTER, "1d", "Mars/Olympus"), "Europe/Berlin"),
        (lambda: local_iso(pl.Series([day]), "Mars/Olympus"), "Europe/Berlin"),
    ):
        with pytest.raises(BadRange, match=words):
            question()
