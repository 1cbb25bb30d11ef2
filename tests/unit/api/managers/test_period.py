"""api/managers/period.py: the range of time that a request names."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import BadRequest
from api.managers.period import read_period

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        ("2026-11-22", "2026-11-22", "2026-11-21T23:00", "2026-11-22T23:00"),
        ("2026-11-01", "2026-11-30", "2026-10-31T23:00", "2026-11-30T23:00"),
        # Days of 25 and 23 hours.
        ("2026-10-25", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("2026-03-29", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T09:00", "2026-11-22T10:00"),
        ("2026-11-22T09:00:00+02:00", "2026-11-22T09:30", "2026-11-22T07:00", "2026-11-22T08:30"),
    ],
)
def test_dates_are_local_days_and_times_are_instants(start: str, end: str, begins: str, ends: str) -> None:
    period = read_period(start, end, BERLIN)
    assert (period.start, period.end) == (utc(begins), utc(ends))


@pytest.mark.parametrize(
    ("start", "end", "named"),
    [
        ("", "2026-11-22", "startDate"),
        ("yesterday", "2026-11-22", "startDate"),
        ("2026-02-30", "2026-11-22", "startDate"),
        ("2026-11-22", "2026-11-22T25:00", "endDate"),
        ("2026-11-22", "9999-12-31", "endDate"),
        ("2026-11-23", "2026-11-22", "endDate"),
        ("2026-11-22T09:00Z", "2026-11-22T09:00Z", "endDate"),
        ("2026-11-22'; DROP TABLE users; --", "2026-11-22", "startDate"),
    ],
)
def test_what_is_no_range_is_named(start: str, end: str, named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        read_period(start, end, BERLIN)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_does_harm(start: str, end: str) -> None:
    try:
        period = read_period(start, end, BERLIN)
    except BadRequest:
        return
    assert period.start < period.end
