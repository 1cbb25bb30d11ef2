"""Numbers and times as text, the same on every page: `m:ss`, a thin space before %, separated thousands. Pure.

None means that there is nothing to tell, and is a dash, never a zero or 100 %.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

THIN_SPACE = "\u2009"
NOTHING = "–"
_MANY_HOURS_S = 360_000


def count(value: float | None) -> str:
    """A number of things, `412,806`."""
    return NOTHING if value is None else f"{value:,.0f}"


def counted(value: float, noun: str) -> str:
    """So many things of a kind, `1 call`, `412,806 calls`."""
    return f"{count(value)} {noun}" + ("" if value == 1 else "s")


def percent(ratio: float | None, decimals: int = 1) -> str:
    """A ratio 0-1 as percent, `81.6 %`."""
    return NOTHING if ratio is None else f"{ratio * 100:.{decimals}f}{THIN_SPACE}%"


def duration(seconds: float | None) -> str:
    """Seconds as `m:ss`, past an hour `h:mm:ss`. Rounded down, as a clock shows them."""
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def hours(seconds: float | None) -> str:
    """The same of many days and people: from a hundred hours on `1,865 h`, as nobody reads their seconds."""
    if seconds is None or seconds < _MANY_HOURS_S:
        return duration(seconds)
    return f"{seconds / 3600:,.0f} h"


def seconds(value: float) -> str:
    """A threshold, `20 s`; halves only where there are any."""
    return f"{value:g} s"


def day(value: date) -> str:
    """`21 Nov 2026`."""
    return f"{value.day} {value:%b %Y}"


def days(first: date, last: date) -> str:
    """A range of days, both ends in it, without saying anything twice: `1 – 21 Nov 2026`."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%b} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def instant(value: datetime, clock: ZoneInfo) -> str:
    """A moment with its zone, `21 Nov 2026 14:03:22 Europe/Berlin`. `value` must be aware."""
    local = value.astimezone(clock)
    return f"{day(local.date())} {local:%H:%M:%S} {clock.key}"
