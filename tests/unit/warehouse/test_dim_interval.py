"""Local time of quarters of an hour, on days on which clocks change too."""

from datetime import UTC, date, datetime

import duckdb
import polars as pl
import pytest

from warehouse.dim_interval import add_months, local_times
from warehouse.errors import BadRange
from warehouse.schema import later_statements

BERLIN = "Europe/Berlin"


def quarters(start: datetime, end: datetime) -> pl.Series:
    return pl.datetime_range(start, end, "15m", closed="left", time_zone="UTC", time_unit="us", eager=True)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)]
)
def test_a_day_has_as_many_hours_as_the_clocks_give_it(day: date, hours: int) -> None:
    whole = local_times(
        quarters(datetime(day.year, day.month, 1, tzinfo=UTC), datetime(day.year, day.month + 1, 1, tzinfo=UTC)), BERLIN
    )
    mine = whole.filter(pl.col("local_date") == day)
    assert len(mine) == hours * 4
    by_hour = dict(mine.group_by("hour").len().iter_rows())
    assert by_hour.get(2, 0) == {23: 0, 25: 8, 24: 4}[hours]
    assert set(mine["weekday"]) == {day.isoweekday()}


def test_zones_with_a_quarter_of_an_hour_have_their_own() -> None:
    frame = local_times(
        quarters(datetime(2026, 11, 22, 18, tzinfo=UTC), datetime(2026, 11, 22, 18, 15, tzinfo=UTC)), "Asia/Kathmandu"
    )
    assert frame.row(0)[2:] == (datetime(2026, 11, 22, 23, 45), date(2026, 11, 22), 7, 23)  # noqa: DTZ001
    with pytest.raises(BadRange, match="Mars"):
        local_times(frame["interval_start"], "Mars/Olympus")


def test_months_are_added_once_for_each_zone() -> None:
    with duckdb.connect() as lake:
        lake.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        lake.execute(later_statements())
        lake.execute("CREATE TEMP TABLE cells AS SELECT TIMESTAMPTZ '2026-10-25 11:15:00+00' AS interval_start")
        assert [add_months(lake, ["UTC", BERLIN], ["cells"]) for _ in range(2)] == [2 * 31 * 96, 0]
        assert add_months(lake, ["UTC", "Asia/Tokyo"], ["cells"]) == 31 * 96
        row = lake.execute(
            "SELECT count(*), count(DISTINCT (zone, interval_start)), min(interval_start) FROM lake.dim_interval"
        ).fetchone()
    assert row == (3 * 31 * 96, 3 * 31 * 96, datetime(2026, 10, 1, tzinfo=UTC))
