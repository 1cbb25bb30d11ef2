"""Numbers and times as text."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard import formats


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (9.99, "0:09"), (134, "2:14"), (3599, "59:59"), (3600, "1:00:00"), (45296, "12:34:56"), (None, "–")],
)
def test_durations_are_clocks(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999, "999"), (412806, "412,806"), (None, "–")])
def test_thousands_are_separated(value: float | None, text: str) -> None:
    assert formats.count(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0 calls"), (1, "1 call"), (412806, "412,806 calls")])
def test_one_is_not_many(value: float, text: str) -> None:
    assert formats.counted(value, "call") == text


def test_a_rate_has_one_decimal_and_a_thin_space() -> None:
    assert formats.percent(0.8164) == "81.6\u2009%"
    assert formats.percent(1, 0) == "100\u2009%"
    assert formats.percent(None) == "–"


def test_a_threshold_shows_halves_only_where_there_are_any() -> None:
    assert (formats.seconds(20.0), formats.seconds(7.5)) == ("20 s", "7.5 s")


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 21), date(2026, 11, 21), "21 Nov 2026"),
        (date(2026, 11, 1), date(2026, 11, 21), "1 – 21 Nov 2026"),
        (date(2026, 1, 1), date(2026, 11, 21), "1 Jan – 21 Nov 2026"),
        (date(2025, 12, 24), date(2026, 1, 2), "24 Dec 2025 – 2 Jan 2026"),
    ],
)
def test_a_range_says_nothing_twice(first: date, last: date, text: str) -> None:
    assert formats.days(first, last) == text


def test_a_moment_names_its_zone() -> None:
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert formats.instant(moment, ZoneInfo("Europe/Berlin")) == "23 Nov 2026 00:30:00 Europe/Berlin"


def test_hours_of_many_people_are_hours() -> None:
    assert formats.hours(360_000 - 1) == "99:59:59"
    assert formats.hours(1864.7 * 3600) == "1,865\u2009h".replace("\u2009", " ")
    assert formats.hours(None) == formats.NOTHING
