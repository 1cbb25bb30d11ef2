"""api/post/due.py: at most one is sent, the last; and a range means the days that it meant when it was due."""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.post.due import LATE, TOO_LATE, Due, due_of, fixed_query, late_words, skipped_words
from calls.ranges import Every, Timing

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = Timing(Every.DAY, time(7, 0), BERLIN)
DUE = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_nothing_is_due_before_its_time() -> None:
    assert due_of(DAILY, DUE, DUE - timedelta(microseconds=1)) == Due(None, (), DUE)


def test_what_was_missed_is_sent_once() -> None:
    assert due_of(DAILY, DUE, DUE) == Due(DUE, (), DUE + DAY)
    late = DUE + 3 * DAY + timedelta(hours=5)
    assert due_of(DAILY, DUE, late) == Due(DUE + 3 * DAY, (DUE, DUE + DAY, DUE + 2 * DAY), DUE + 4 * DAY)


def test_what_is_older_than_a_day_is_not_sent() -> None:
    weekly = Timing(Every.WEEK, time(7, 0), BERLIN, days=(5,))
    assert due_of(weekly, DUE, DUE + TOO_LATE).send == DUE
    assert due_of(weekly, DUE, DUE + TOO_LATE + timedelta(seconds=1)) == Due(None, (DUE,), DUE + 7 * DAY)


@given(st.integers(0, 40 * 86_400), st.integers(0, 40 * 86_400))
def test_looking_twice_finds_each_time_once(first: int, second: int) -> None:
    early, late = (DUE + timedelta(seconds=each) for each in sorted((first, second)))
    one = due_of(DAILY, DUE, early)
    two = due_of(DAILY, one.next_at, late)
    whole = due_of(DAILY, DUE, late)
    seen = [*one.skipped, one.send, *two.skipped, two.send]
    found = [each for each in seen if each is not None]
    assert found == [each for each in [*whole.skipped, whole.send] if each is not None]
    assert two.next_at == whole.next_at


def test_what_is_said_of_it() -> None:
    assert late_words(DUE, DUE + LATE, BERLIN) == ""
    assert "due at 27 Nov 2026, 07:00 Europe/Berlin" in late_words(DUE, DUE + 2 * LATE, BERLIN)
    alone = skipped_words(Due(None, (DUE,), DUE + DAY), BERLIN)
    assert "27 Nov 2026, 07:00 Europe/Berlin)" in alone and "more than a day late" in alone
    two = skipped_words(Due(DUE + 2 * DAY, (DUE, DUE + DAY), DUE + 3 * DAY), BERLIN)
    assert "to 28 Nov 2026, 07:00 Europe/Berlin: 2 times" in two and "a later one is sent" in two


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", ("2026-11-27", "2026-11-27")),
        ("range=yesterday&queue=a%26b&queue=c", ("2026-11-26", "2026-11-26")),
        ("range=last-month", ("2026-10-01", "2026-10-31")),
        ("range=nonsense", ("2026-11-27", "2026-11-27")),
        ("from=2026-01-01&to=2026-01-31&range=today", ("2026-01-01", "2026-01-31")),
        ("from=2026-01-01&to=yesterday", ("2026-11-27", "2026-11-27")),
        # There it is the evening before.
        ("range=today&clock=America/Los_Angeles", ("2026-11-26", "2026-11-26")),
        ("range=today&clock=../etc/passwd", ("2026-11-27", "2026-11-27")),
    ],
)
def test_a_range_means_the_days_that_it_meant_when_it_was_due(query: str, days: tuple[str, str]) -> None:
    asked, before = parse_qs(fixed_query(query, DUE, BERLIN)), parse_qs(query)
    assert (asked["from"], asked["to"]) == ([days[0]], [days[1]])
    assert asked.get("queue") == before.get("queue") and asked.get("clock") == before.get("clock")
