"""api/recordings/ranges.py: which bytes are asked for."""

import pytest

from api.errors import RangeRefused
from api.recordings.ranges import Span, span_of

WHOLE = Span(0, 99, 100, False)


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=90-1000", 90, 99),
        ("bytes=-5", 95, 99),
        ("bytes=-1000", 0, 99),
        (" bytes=1-2 ", 1, 2),
    ],
)
def test_a_range_is_a_part(header: str, first: int, last: int) -> None:
    span = span_of(header, 100)
    assert (span.first, span.last, span.length, span.partial) == (first, last, last - first + 1, True)
    assert span.content_range == f"bytes {first}-{last}/100"


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes=", "bytes=-", "bytes=5-2", "bytes=1-2,4-5", "items=1-2", "bytes=a-b", "bytes=" + "9" * 40],
)
def test_what_is_no_range_asks_for_all(header: str | None) -> None:
    assert span_of(header, 100) == WHOLE


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeRefused) as refused:
        span_of(header, 100)
    assert refused.value.headers == {"content-range": "bytes */100"}


def test_nothing_has_no_range() -> None:
    assert span_of(None, 0).length == 0
    with pytest.raises(RangeRefused):
        span_of("bytes=0-", 0)
