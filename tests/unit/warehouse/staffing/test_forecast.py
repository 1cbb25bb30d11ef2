"""warehouse/staffing/forecast.py: means without outliers, local time on both days of DST, and what the error is of."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from warehouse.staffing.forecast import Error, back_test, back_tested, error_of, forecast, slots

BERLIN = "Europe/Berlin"
MONDAY = date(2026, 11, 2)


def quarters(first: date, days: int, offered: Callable[[datetime], int], zone: str = BERLIN) -> pl.DataFrame:
    """What came by the quarter of an hour, from the midnight of a day for so many days of the zone's own length."""
    begin, end = (datetime(*day.timetuple()[:3], tzinfo=ZoneInfo(zone)) for day in (first, first + timedelta(days)))
    starts = pl.datetime_range(begin, end, "15m", closed="left", eager=True).alias("interval_start")
    return pl.DataFrame({"interval_start": starts, "offered": [offered(start) for start in starts]})


def weeks_of(calls: list[int], zone: str = BERLIN) -> pl.DataFrame:
    """Weeks from MONDAY on, in each quarter of an hour of which so many came."""

    def came(start: datetime) -> int:
        return calls[(start.date() - MONDAY).days // 7]

    return quarters(MONDAY, 7 * len(calls), came, zone)


def predicted(history: pl.DataFrame, day: date, interval: str = "1h", weeks: int = 6) -> list[float | None]:
    targets = slots(quarters(day, 1, lambda _: 0), interval)
    return forecast(slots(history, interval), targets, weeks, day)["calls"].to_list()


def test_it_is_the_mean_of_the_same_weekdays() -> None:
    assert predicted(weeks_of([1, 2]), MONDAY + timedelta(14)) == [6.0] * 24
    assert predicted(weeks_of([1, 2]), MONDAY + timedelta(15), "15m") == [1.5] * 96


@pytest.mark.parametrize("outlier", [0, 900])
def test_one_outlier_moves_nothing(outlier: int) -> None:
    assert predicted(weeks_of([2, 2, outlier, 2]), MONDAY + timedelta(28), "30m") == [4.0] * 48


def test_only_the_last_weeks_count() -> None:
    assert predicted(weeks_of([9, 9, 1, 1]), MONDAY + timedelta(28), weeks=2) == [4.0] * 24


def test_where_nothing_came_before_nothing_is_said() -> None:
    tuesday_only = quarters(MONDAY + timedelta(1), 1, lambda _: 1)
    assert predicted(tuesday_only, MONDAY + timedelta(7)) == [None] * 24


def test_an_hour_that_comes_twice_is_forecast_twice_and_counts_as_one() -> None:
    long_day = date(2026, 10, 25)
    ordinary = quarters(long_day - timedelta(7), 1, lambda start: start.hour)
    assert predicted(ordinary, long_day)[:5] == [0.0, 4.0, 8.0, 8.0, 12.0]
    assert predicted(quarters(long_day, 1, lambda start: start.hour), long_day + timedelta(7))[:4] == [0, 4, 8, 12]


def test_an_hour_that_does_not_come_is_not_there() -> None:
    short_day = date(2026, 3, 29)
    ordinary = quarters(short_day - timedelta(7), 1, lambda start: start.hour)
    assert predicted(ordinary, short_day)[:4] == [0.0, 4.0, 12.0, 16.0]
    # The Sunday after it has that hour again; of the short one nothing is known.
    both = pl.concat([ordinary, quarters(short_day, 1, lambda start: start.hour)])
    assert predicted(both, short_day + timedelta(7))[:4] == [0, 4, 8, 12]


def test_half_an_hour_of_an_interval_has_half_of_its_calls() -> None:
    """On Lord Howe Island the clocks change by half an hour."""
    change = date(2026, 4, 5)
    ordinary = quarters(change - timedelta(7), 1, lambda _: 1, "Australia/Lord_Howe")
    targets = slots(quarters(change, 1, lambda _: 0, "Australia/Lord_Howe"), "1h")
    assert forecast(slots(ordinary, "1h"), targets, 6, change)["calls"].to_list()[:4] == [4.0, 4.0, 2.0, 4.0]


def test_a_week_is_forecast_from_those_before_it_alone() -> None:
    history = slots(weeks_of([1, 1, 3, 1]), "1h")
    errors = back_test(history, 6, 2, MONDAY + timedelta(28))
    assert list(errors) == [MONDAY + timedelta(14), MONDAY + timedelta(21)]
    first, second = errors.values()
    # One was forecast by both, and three came; then one came: the mean without outliers says so, the naive one three.
    assert first == Error(3 * 96 * 7, 2 / 3, -2 / 3, 2 / 3, -2 / 3)
    assert second == Error(96 * 7, 0.0, 0.0, 2.0, 2.0)
    together = back_tested(history, 6, 2, MONDAY + timedelta(28))
    assert together == Error(4 * 96 * 7, 0.5, -0.5, 1.0, 0.0)


def test_weeks_without_a_past_are_left_out_and_no_calls_have_no_error() -> None:
    assert back_test(slots(weeks_of([1]), "1h"), 6, 3, MONDAY + timedelta(7)) == {}
    nothing = pl.DataFrame({"offered": [0.0], "calls": [1.0], "naive": [0.0]})
    assert error_of(nothing) == Error(0.0, None, None, None, None)
