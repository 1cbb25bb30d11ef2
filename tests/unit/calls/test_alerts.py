"""calls/alerts.py: the instants at which a rule fires and is over."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from calls.alerts import AlertMetric, AlertRule, Firing, Reading, Side, Watch, advance, contradiction, due, firings

UTC = ZoneInfo("UTC")
# A Saturday.
NOON = 1_763_812_800_000
END = NOON + 3_600_000


def rule(**said: Any) -> AlertRule:
    plain: dict[str, Any] = {"name": "Many wait", "metric": AlertMetric.WAITING, "side": Side.AT_LEAST, "limit": 3}
    return AlertRule(**(plain | said))


def fired(which: AlertRule, *values: tuple[int, float | None], end: int = END) -> list[tuple[int, int | None]]:
    """Raised and cleared, in seconds after noon, over values from a second after noon on."""
    found = firings(which, [Reading(NOON + at * 1000, value) for at, value in values], end, UTC)
    return [((it.raised_at - NOON) // 1000, it.cleared_at and (it.cleared_at - NOON) // 1000) for it in found]


def test_it_fires_at_the_limit_and_is_over_below_it() -> None:
    assert fired(rule(), (0, 2), (10, 3), (20, 4), (30, 2)) == [(10, 30)]
    assert fired(rule(), (0, 3)) == [(0, None)]


def test_below_fires_under_the_limit_alone() -> None:
    assert fired(rule(side=Side.BELOW), (0, 3), (10, 2), (20, 3)) == [(10, 20)]


def test_nothing_counted_is_no_trouble() -> None:
    assert fired(rule(side=Side.BELOW), (0, None), (10, 1), (20, None)) == [(10, 20)]


def test_trouble_that_ends_within_the_hold_off_is_none() -> None:
    held = rule(for_s=10)
    assert fired(held, (0, 3), (10, 2), (20, 3), (29, 4), (31, 0)) == [(30, 31)]


def test_slack_keeps_a_firing_from_flapping() -> None:
    assert fired(rule(slack=1), (0, 3), (10, 2), (20, 3), (30, 1)) == [(0, 30)]


def test_it_is_quiet_for_a_while_and_then_fires_if_trouble_lasts() -> None:
    assert fired(rule(quiet_s=60), (0, 3), (10, 2), (20, 3)) == [(0, 10), (60, None)]


def test_a_wait_that_grows_fires_at_the_very_millisecond() -> None:
    long = rule(metric=AlertMetric.LONGEST_WAIT, limit=30.0, for_s=5)
    readings = [Reading(NOON + 7, 0.25, grows=True), Reading(NOON + 60_000, 0.0)]
    assert firings(long, readings, END, UTC) == [Firing(NOON + 7 + 34_750, 35.0, NOON + 60_000)]


def test_looking_oftener_changes_nothing() -> None:
    long = rule(metric=AlertMetric.LONGEST_WAIT, limit=30.0, for_s=5)
    often = [Reading(NOON + at * 700, at * 0.7, grows=True) for at in range(80)]
    assert [it.raised_at for it in firings(long, often, END, UTC)] == [NOON + 35_000]


@pytest.mark.parametrize(("weekdays", "expected"), [([5], [(1800, 2700)]), ([0, 1], [])])
def test_it_is_awake_in_its_hours_of_its_days(weekdays: list[int], expected: list[Any]) -> None:
    hours = rule(weekdays=weekdays, awake_from=12 * 60 + 30, awake_until=12 * 60 + 45)
    assert fired(hours, (0, 3)) == expected


def test_the_last_minute_of_the_day_is_the_days() -> None:
    friday_too = rule(weekdays=[5], awake_from=23 * 60)
    assert fired(friday_too, (0, 3), end=NOON + 86_400_000) == [(11 * 3600, 12 * 3600)]


def test_the_memory_says_when_to_look_again() -> None:
    held, reading = rule(for_s=10), Reading(NOON, 3)
    told, watch = advance(held, Watch(), reading, NOON + 1, UTC)
    assert (told, due(held, watch, reading, NOON, UTC)) == ([], NOON + 10_000)
    told, watch = advance(held, watch, Reading(NOON + 10_000, 3), NOON + 10_001, UTC)
    assert told == [Firing(NOON + 10_000, 3)]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({}, ""),
        ({"limit": 0}, "limit"),
        ({"metric": AlertMetric.ABANDON_RATE, "limit": 10}, "limit"),
        ({"slack": 3}, "slack"),
        ({"metric": AlertMetric.SERVICE_LEVEL, "side": Side.BELOW, "limit": 0.9, "slack": 0.2}, "slack"),
        ({"awake_from": 600, "awake_until": 600}, "awakeUntil"),
    ],
)
def test_what_makes_no_sense_is_named(said: dict[str, Any], named: str) -> None:
    assert contradiction(rule(**said)).partition(":")[0] == named


@pytest.mark.parametrize("name", ["", "a\x00b", "two\nlines", "x" * 61, "end\n"])
def test_a_name_is_a_line(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name, "metric": "waiting", "side": "below", "limit": 1}, AlertRule)
