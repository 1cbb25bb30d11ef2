"""The range of time that a request names. Pure.

`startDate` and `endDate` are dates or date-times in ISO 8601. A date alone is a local day: it starts the range at its
midnight and ends it at the midnight after it, so that the same date twice is that whole day. A date-time without an
offset is local. The range is [start, end).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.errors import BadRequest

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Period(Struct, frozen=True):
    """[start, end), both in UTC."""

    start: datetime
    end: datetime


def read_period(start: str, end: str, zone: ZoneInfo, names: tuple[str, str] = ("startDate", "endDate")) -> Period:
    """The range of these two texts. Raises BadRequest, naming the parameter (by `names`), for anything else."""
    period = Period(_instant(names[0], start, zone, days=0), _instant(names[1], end, zone, days=1))
    if period.end <= period.start:
        raise BadRequest(f"{names[1]} must be after {names[0]}.")
    return period


def _instant(name: str, text: str, zone: ZoneInfo, *, days: int) -> datetime:
    try:
        if _DATE.fullmatch(text):
            local = datetime.combine(date.fromisoformat(text) + timedelta(days=days), time.min, zone)
        else:
            local = datetime.fromisoformat(text)
        return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest(f"{name} is not a date: write 2026-11-22 or 2026-11-22T09:00:00Z.") from None
