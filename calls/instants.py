"""Dates and times as people write them, in the zone they live in. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.errors import BadTime


def instant(text: str, timezone: str) -> datetime:
    """`2026-11-22`, `2026-11-22T14:30` (both in the zone) or `2026-11-22T13:30Z` as a UTC instant.

    A time that the zone skips means the same wall time an hour on; one that comes twice, its first. Raises BadTime.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime(f"{text!r} is no date or time: write 2026-11-22 or 2026-11-22T14:30.") from error
    return moment.astimezone(UTC) if moment.tzinfo is not None else from_wall(moment, timezone)


def from_wall(moment: datetime, timezone: str) -> datetime:
    """A naive wall time of a zone as a UTC instant. Raises BadTime for a zone that there is not."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadTime(f"No time zone {timezone!r}: write it like Europe/Berlin or UTC.") from error
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise BadTime(f"{moment.isoformat()} is beyond what a clock can say.") from error
