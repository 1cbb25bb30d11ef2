"""api/post/forms.py: what may be asked for, and what is wrong with what may not."""

from datetime import time
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from api.errors import BadRequest
from api.post.forms import NewSchedule, Page, recipients_of, timing_of
from calls.ranges import Every, Timing
from dashboard.exports import SOURCES

DOMAINS = frozenset({"example.com"})
UTC = ZoneInfo("UTC")
GOOD = {
    "page": "queues",
    "kind": "csv",
    "recipients": ["ann@example.com"],
    "every": "week",
    "at": "07:00",
    "days": [5, 1],
}
FORM = msgspec.convert(GOOD, NewSchedule)


def test_the_pages_are_those_that_have_files() -> None:
    assert set(get_args(Page)) == {*SOURCES, "calls"}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"at": value} for value in ("24:00", "7:00", "07:60", "07:00\n", "07:00:00")),
        *({"days": value} for value in ([0], [8], ["1"], list(range(1, 9)))),
        *({"query": value} for value in ("a b", "a\r\n", "ä", "x" * 2001)),
        *({"recipients": value} for value in ([], ["a@b.c"] * 21, ["a" * 255])),
        *({"page": "live"}, {"kind": "exe"}, {"every": "hour"}, {"dayOfMonth": 32}, {"owner": "x"}, {"timeZone": ""}),
    ],
)
def test_what_the_form_itself_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(GOOD | wrong, NewSchedule)


def test_when_it_is_due() -> None:
    assert timing_of(FORM, UTC) == Timing(Every.WEEK, time(7), UTC, (1, 5), 1)
    assert timing_of(replace(FORM, time_zone="Europe/Berlin"), UTC).zone.key == "Europe/Berlin"
    with pytest.raises(BadRequest, match="days"):
        timing_of(replace(FORM, days=[]), UTC)
    for zone in ("Europe/Atlantis", "../../etc/passwd", "a\0b"):
        with pytest.raises(BadRequest, match="timeZone"):
            timing_of(replace(FORM, time_zone=zone), UTC)


def test_whom_it_may_go_to() -> None:
    asked = replace(FORM, recipients=[" ann@Example.com", "ann@example.com", "bob@example.com"])
    assert recipients_of(asked, DOMAINS) == ["ann@example.com", "bob@example.com"]
    with pytest.raises(BadRequest, match=r"eve@evil\.example: e-mail goes to @example\.com only"):
        recipients_of(replace(FORM, recipients=["ann@example.com", "eve@evil.example"]), DOMAINS)
    with pytest.raises(BadRequest, match="is no address"):
        recipients_of(replace(FORM, recipients=["ann@example.com\r\nBcc: eve@evil.example"]), DOMAINS)
