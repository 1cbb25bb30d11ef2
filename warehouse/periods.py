"""Ranges and intervals in local time: which quarter of an hour belongs to which hour, day, week or month of a zone.

Facts are kept by the UTC quarter; every zone's offset is a multiple of it. So local time is a matter of putting
quarters together: a day on which the clocks change has 92 or 100, and an hour that comes twice is two hours. Pure.
"""

from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from calls import instants
from calls.errors import BadTime
from warehouse.errors import BadRange

# What may be asked for, and the length in Polars' words.
INTERVALS = {"15m": "15m", "30m": "30m", "1h": "1h", "1d": "1d", "1w": "1w", "1M": "1mo"}
QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def quarters(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The range widened to whole quarters of an hour, in UTC. Raises BadRange for an empty one, or naive times."""
    if start.tzinfo is None or end.tzinfo is None:
        raise BadRange("The times of a range need a zone.")
    first = start - (start - _EPOCH) % QUARTER
    last = end + (_EPOCH - end) % QUARTER
    if first >= last:
        raise BadRange(f"The range from {start.isoformat()} to {end.isoformat()} is empty: `to` is exclusive.")
    return first.astimezone(UTC), last.astimezone(UTC)


def spine(start: datetime, end: datetime, interval: str, timezone: str) -> pl.DataFrame:
    """Every quarter of the range (as from `quarters`) with the interval it belongs to: quarter, interval_start, UTC.

    An interval starts where its first quarter within the range does. Raises BadRange for an unknown interval or zone.
    """
    if interval not in INTERVALS:
        raise BadRange(f"No interval {interval!r}: choose one of {', '.join(INTERVALS)}.")
    quarter = pl.datetime_range(start, end, "15m", closed="left", time_zone="UTC", eager=True).alias("quarter")
    wall = wall_time(quarter, timezone)
    length = wall.dt.truncate(INTERVALS[interval])
    # The hour that comes twice differs by its offset. Days, weeks and months go on across a change of the clocks, also
    # where that falls back into the day before.
    is_short = interval in ("15m", "30m", "1h")
    offset = wall - quarter.dt.replace_time_zone(None) if is_short else None
    frame = pl.DataFrame({"quarter": quarter, "wall": length if is_short else length.cum_max(), "offset": offset})
    return frame.select("quarter", interval_start=pl.col("quarter").min().over("wall", "offset"))


def instant(text: str, timezone: str) -> datetime:
    """`2026-11-22`, `2026-11-22T14:30` or `2026-11-22T13:30Z` as `calls.instants` reads it. Raises BadRange."""
    try:
        return instants.instant(text, timezone)
    except BadTime as error:
        raise BadRange(str(error)) from error


def day_start(day: date, timezone: str) -> datetime:
    """The first instant of a local day, in UTC. Raises BadRange for an unknown zone."""
    try:
        return instants.from_wall(datetime.combine(day, time()), timezone)
    except BadTime as error:
        raise BadRange(str(error)) from error


def local_iso(moments: pl.Series, timezone: str) -> pl.Series:
    """UTC instants as `2026-10-25T02:00:00+02:00`, local to the zone. Raises BadRange for an unknown zone."""
    try:
        return moments.dt.convert_time_zone(timezone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    except pl.exceptions.ComputeError as error:
        raise _no_zone(timezone) from error


def wall_time(moments: pl.Series, timezone: str) -> pl.Series:
    """UTC instants as what the clocks of a zone show then, without a zone. Raises BadRange for an unknown one."""
    try:
        return moments.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    except pl.exceptions.ComputeError as error:
        raise _no_zone(timezone) from error


def _no_zone(timezone: str) -> BadRange:
    return BadRange(f"No time zone {timezone!r}: write it like Europe/Berlin or UTC.")
