"""Spans of time as a reader's calendar has them, quarters of an hour to months, with 23- and 25-hour days.

Pure. Instants are aware UTC datetimes; a day is a `date` of the clock given.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class By(StrEnum):
    """How long an interval is; the value is what the address and the marts call it."""

    QUARTER = "15m"
    HOUR = "1h"
    DAY = "1d"
    WEEK = "1w"
    MONTH = "1M"


WORDS = {
    By.QUARTER: "15 minutes",
    By.HOUR: "hour",
    By.DAY: "day",
    By.WEEK: "week",
    By.MONTH: "month",
}
_MINUTES = {By.QUARTER: 15, By.HOUR: 60}
_DAYS = {By.DAY: 1, By.WEEK: 7, By.MONTH: 28}
# A bar must stay wide enough to be seen and a table short enough to be read.
MOST_INTERVALS = 800


def midnight(day: date, clock: ZoneInfo) -> datetime:
    """The instant at which a day begins on that clock."""
    return datetime.combine(day, time(), clock).astimezone(UTC)


def choices(first: date, last: date) -> list[By]:
    """The lengths that give neither too many intervals nor, but for the shortest, only one; months are never many."""
    days = (last - first).days + 1
    return [by for by in By if _suits(by, days)]


def usual(first: date, last: date) -> By:
    """The length that shows the shape of that many days."""
    days = (last - first).days + 1
    if days == 1:
        return By.QUARTER
    if days <= 3:
        return By.HOUR
    if days <= 92:
        return By.DAY
    return By.WEEK if days <= 800 else By.MONTH


def label(start: datetime, by: By, clock: ZoneInfo) -> str:
    """An interval's name in a table: `14:15`, `Sat 21 Nov`, `Week of 16 Nov`, `Nov 2026`."""
    local = start.astimezone(clock)
    if by is By.MONTH:
        return f"{local:%b %Y}"
    if by is By.WEEK:
        return f"{local.day} {local:%b %Y}"
    if by is By.DAY:
        return f"{local:%a} {local.day} {local:%b %Y}"
    # Of the hour that autumn has twice, each says which it is.
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}" + (f" {local:%Z}" if twice else "")


def tick(start: datetime, by: By, clock: ZoneInfo, one_day: bool) -> str:
    """The same below a chart, where there is little room: the time within one day, the day, or the month."""
    local = start.astimezone(clock)
    if by is By.MONTH:
        return f"{local:%b %Y}"
    return f"{local:%H:%M}" if one_day else f"{local.day} {local:%b}"


def note(start: datetime, by: By, clock: ZoneInfo) -> str:
    """What is odd about the interval's length: `25 h on Sunday`, or nothing."""
    first = start.astimezone(clock).date()
    if by not in (By.DAY, By.WEEK):
        return ""
    for day in (first + timedelta(days=n) for n in range(_DAYS[by])):
        hours = (midnight(day + timedelta(days=1), clock) - midnight(day, clock)) / timedelta(hours=1)
        if hours != 24:
            return f"{hours:g} h" if by is By.DAY else f"{hours:g} h on {day:%A}"
    return ""


def _suits(by: By, days: int) -> bool:
    if by is By.MONTH:
        return days > _DAYS[by]
    return _count(by, days) <= MOST_INTERVALS and (by in _MINUTES or days > _DAYS[by])


def _count(by: By, days: int) -> float:
    return days * 24 * 60 / _MINUTES[by] if by in _MINUTES else days / _DAYS[by]
