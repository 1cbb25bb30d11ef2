"""Which bytes a request asks for: the header Range of RFC 9110, as far as players use it. Pure."""

import re

from msgspec import Struct

from api.errors import RangeRefused

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Span(Struct, frozen=True):
    """Bytes from `first` to `last`, both included, of `total`. `partial`: a range was asked for."""

    first: int
    last: int
    total: int
    partial: bool

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        """As the header says it."""
        return f"bytes {self.first}-{self.last}/{self.total}"


def span_of(header: str | None, total: int) -> Span:
    """What is to be sent of `total` bytes. Raises RangeRefused for a range that is beyond the end.

    Several ranges at once, other units and what is no range are passed over, as the RFC allows: all is sent.
    """
    whole = Span(0, total - 1, total, False)
    found = _ONE.fullmatch(header.strip()) if header is not None else None
    if found is None or found.group(1) == found.group(2) == "":
        return whole
    if not found[1]:
        count = min(int(found[2]), total)
        if count == 0:
            raise RangeRefused(total)
        return Span(total - count, total - 1, total, True)
    first = int(found[1])
    last = min(int(found[2]), total - 1) if found[2] else total - 1
    if found[2] and int(found[2]) < first:
        return whole
    if first >= total:
        raise RangeRefused(total)
    return Span(first, last, total, True)
