"""api/live/totals.py: today's figures, from local midnight on."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from api_parts import NOON, queue

from api.live.totals import day_start, tally_since, today, totals
from calls.live import Waiter
from calls.tally import INTERVAL_MS, Tally

ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Eucla", "America/St_Johns", "Pacific/Chatham"]


def ms(text: str) -> int:
    """An ISO time as ms since the epoch."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "zone", "midnight"),
    [
        ("2026-11-22T12:00:00+00:00", "UTC", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22T23:30:00+00:00", "Europe/Berlin", "2026-11-23T00:00:00+01:00"),
        ("2026-11-22T00:00:00+00:00", "UTC", "2026-11-22T00:00:00+00:00"),
        # A day of 25 hours and one of 23.
        ("2026-10-25T22:30:00+00:00", "Europe/Berlin", "2026-10-25T00:00:00+02:00"),
        ("2026-03-29T21:30:00+00:00", "Europe/Berlin", "2026-03-29T00:00:00+01:00"),
    ],
)
def test_a_day_begins_at_local_midnight(now: str, zone: str, midnight: str) -> None:
    assert day_start(ms(now), ZoneInfo(zone)) == ms(midnight)


@pytest.mark.parametrize("zone", ZONES)
def test_no_quarter_belongs_to_two_days(zone: str) -> None:
    first = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp() * 1000)
    starts = {day_start(first + day * 86_400_000, ZoneInfo(zone)) for day in range(365)}
    assert all(start % INTERVAL_MS == 0 for start in starts)


def test_yesterday_does_not_count() -> None:
    quarters = [(NOON - 2, Tally(offered=5)), (NOON, Tally(offered=1)), (NOON + 2, Tally(offered=2))]
    assert tally_since(quarters, NOON).offered == 3


def test_nothing_has_no_rate() -> None:
    assert today(Tally()) == today(tally_since([], 0))
    assert (today(Tally()).service_level, today(Tally()).asa, today(Tally()).aht) == (None, None, None)


def test_the_figures_are_those_of_the_definitions() -> None:
    tally = Tally(offered=10, answered=8, abandoned=2, short_abandoned=1, answered_in_sl=6, wait_answered_s=80.0,
                  handled=8, talk_s=800.0, hold_s=80.0, wrap_s=40.0)  # fmt: skip
    figures = today(tally)
    assert (figures.offered, figures.answered, figures.abandoned) == (10, 8, 2)
    assert (figures.service_level, figures.asa, figures.aht) == (6 / 9, 10.0, 115.0)


def test_all_queues_are_summed_before_they_are_divided() -> None:
    slow = queue(
        "sales", waiting=[Waiter("pbx:9", NOON - 90_000, None)], tallies=[(NOON, Tally(answered=2, offered=2))]
    )
    whole = totals([queue(), slow], NOON - 1_000_000)
    assert (whole.waiting, whole.longest_wait_since, whole.offered) == (2, NOON - 90_000, 12)
    assert whole.service_level == 6 / 12
    assert whole.occupancy is None


def test_no_queue_at_all() -> None:
    whole = totals([], NOON)
    assert (whole.waiting, whole.longest_wait_since, whole.service_level) == (0, None, None)
