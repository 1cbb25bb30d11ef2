"""Times as people write them: what the clocks skip, what they say twice, and what is no time at all."""

import pytest

from calls.errors import BadTime
from calls.instants import instant

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "zone", "wanted"),
    [
        ("2026-11-22", "UTC", "2026-11-22T00:00:00+00:00"),
        ("2026-11-22", BERLIN, "2026-11-21T23:00:00+00:00"),
        ("2026-11-22T14:30", BERLIN, "2026-11-22T13:30:00+00:00"),
        ("2026-11-22T14:30Z", BERLIN, "2026-11-22T14:30:00+00:00"),
        # The clocks go from 2 to 3: what they skip is the same wall time an hour on.
        ("2026-03-29T02:30", BERLIN, "2026-03-29T01:30:00+00:00"),
        # They go back from 3 to 2: the first of the two.
        ("2026-10-25T02:30", BERLIN, "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_time_is_an_instant(text: str, zone: str, wanted: str) -> None:
    assert instant(text, zone).isoformat() == wanted


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("yesterday", "UTC", "no date or time"),
        ("2026-11-22", "Europe/Atlantis", "No time zone"),
        ("2026-11-22", "../etc", "No time zone"),
        ("0001-01-01", "Asia/Tokyo", "beyond"),
    ],
)
def test_what_is_none_is_said(text: str, zone: str, said: str) -> None:
    with pytest.raises(BadTime, match=said):
        instant(text, zone)
