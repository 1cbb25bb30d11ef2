"""Ranges of days that move with the calendar, and the times at which something is due again and again. Pure.

A time is one of a zone's clock. One that the clock skips is due when it has been put forward, at the wall time as much
later; one that comes twice is due the first time.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

# The longest way to a month's 31st is that of 31 Jan to 28 Feb; to a week's day 7.
_DAYS_AHEAD = 64
_WEEK = 7


class Preset(StrEnum):
    """Ranges that move with the calendar."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "7d"
    LAST_30_DAYS = "30d"
    THIS_MONTH = "month"
    LAST_MONTH = "last-month"
    THIS_YEAR = "year"


def preset_days(preset: Preset, today: date) -> tuple[date, date]:
    """First and last day of a preset, as of `today`."""
    month = today.replace(day=1)
    ranges = {
        Preset.TODAY: (today, today),
        Preset.YESTERDAY: (today - timedelta(days=1), today - timedelta(days=1)),
        Preset.LAST_7_DAYS: (today - timedelta(days=6), today),
        Preset.LAST_30_DAYS: (today - timedelta(days=29), today),
        Preset.THIS_MONTH: (month, today),
        Preset.LAST_MONTH: ((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
        Preset.THIS_YEAR: (today.replace(month=1, day=1), today),
    }
    return ranges[preset]


class Every(StrEnum):
    """How often something is due."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Timing(Struct, frozen=True):
    """At `at` of `zone`'s clock: each day; on `days` of each week (1 is Monday); or on a day of each month.

    A month that is too short has it on its last day.
    """

    every: Every
    at: time
    zone: ZoneInfo
    days: tuple[int, ...] = ()
    day_of_month: int = 1

    def is_on(self, day: date) -> bool:
        """Whether it is due on this day."""
        if self.every is Every.WEEK:
            return day.isoweekday() in self.days
        if self.every is Every.MONTH:
            is_last = (day + timedelta(days=1)).day == 1
            return day.day == self.day_of_month or (is_last and day.day < self.day_of_month)
        return True

    def after(self, moment: datetime) -> datetime:
        """The first time after `moment`, which is aware; in UTC. Raises ValueError where no day is any."""
        # A day before: where a clock is put forward over midnight, a day's time is the next day's.
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        for _ in range(_DAYS_AHEAD):
            if self.is_on(day):
                due = datetime.combine(day, self.at, self.zone).astimezone(UTC)
                if due > moment:
                    return due
            day += timedelta(days=1)
        raise ValueError("days: name at least one day of the week, 1 to 7.")
