"""api/past/instants.py: an instant in words to ms."""

from zoneinfo import ZoneInfo

import pytest

from api.errors import BadRequest
from api.past.instants import past_instant

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1_795_345_200_000


@pytest.mark.parametrize("text", ["2026-11-22T12:00:00", "2026-11-22T11:00:00Z", "2026-11-22T12:00+01:00"])
def test_without_an_offset_it_is_local(text: str) -> None:
    assert past_instant("at", text, BERLIN, NOON) == NOON


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("noon", "at: an instant"),
        ("2026-11-22T12:00:01", "at: it is not in"),
        ("1969-01-01", "not in the past"),
    ],
)
def test_what_is_none_is_named(text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        past_instant("at", text, BERLIN, NOON)
