"""Shapes of the day: they spread calls, and add or lose none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from asterisk.simulator.arrivals import FLAT, OFFICE, SHAPES, Shape

MIDNIGHT_US = 1_795_305_600_000_000
HOUR_US = 3_600_000_000


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_over_a_day_the_mean_is_one(shape: Shape) -> None:
    factors = [shape.factor(MIDNIGHT_US + minute * 60_000_000) for minute in range(1440)]
    assert sum(factors) / 1440 == pytest.approx(1, abs=1e-3)
    assert min(factors) > 0 and max(factors) <= shape.peak + 1e-9


def test_the_office_is_busy_at_half_past_ten_and_quiet_at_night() -> None:
    assert OFFICE.factor(MIDNIGHT_US + 10 * HOUR_US + HOUR_US // 2) == pytest.approx(OFFICE.peak)
    assert OFFICE.factor(MIDNIGHT_US + 3 * HOUR_US) < 0.1
    assert FLAT.factor(MIDNIGHT_US) == FLAT.factor(MIDNIGHT_US + 10 * HOUR_US) == 1


def test_the_day_is_the_local_one() -> None:
    half_past_ten = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("America/New_York"))
    at_us = int(half_past_ten.timestamp()) * 1_000_000
    assert OFFICE.factor(at_us, ZoneInfo("America/New_York")) == pytest.approx(OFFICE.peak)
    assert OFFICE.factor(at_us, UTC) < OFFICE.peak


def test_a_begin_is_found_for_as_many_calls_as_are_wanted() -> None:
    end_us = MIDNIGHT_US + 4 * HOUR_US
    assert FLAT.begin_us(end_us, 7200) == end_us - 2 * HOUR_US
    # An hour's worth of calls at the mean rate takes more than four hours of the night.
    assert end_us - OFFICE.begin_us(end_us, 3600) > 4 * HOUR_US


def test_a_begin_may_lie_many_days_back() -> None:
    assert OFFICE.begin_us(MIDNIGHT_US, 30 * 86_400) == MIDNIGHT_US - 30 * 24 * HOUR_US
