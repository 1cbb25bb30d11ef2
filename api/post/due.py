"""What is due of a schedule, also after a time in which nobody looked; and the range that it is about. Pure."""

from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from calls.ranges import Preset, Timing, preset_days

# What comes later than this is told to be late; what would come later than that is not sent at all.
LATE = timedelta(minutes=15)
TOO_LATE = timedelta(days=1)


class Due(Struct, frozen=True):
    """What to do now: the time that is to be sent, those that are passed over, and when to look again."""

    send: datetime | None
    skipped: tuple[datetime, ...]
    next_at: datetime


def due_of(timing: Timing, next_at: datetime, now: datetime) -> Due:
    """What is due at `now` of what was next at `next_at`: at most one is sent, the last, if it is not too late."""
    times = []
    while next_at <= now:
        times.append(next_at)
        next_at = timing.after(next_at)
    send = times.pop() if times and now - times[-1] <= TOO_LATE else None
    return Due(send, tuple(times), next_at)


def skipped_words(due: Due, zone: ZoneInfo) -> str:
    """Why those that are passed over were not sent, in a sentence."""
    first, last = (_clock(each, zone) for each in (due.skipped[0], due.skipped[-1]))
    when = first if len(due.skipped) == 1 else f"{first} to {last}: {len(due.skipped)} times"
    why = "a later one is sent instead" if due.send else "it would have been more than a day late"
    return f"Not sent ({when}): Trunkline was not running, and {why}."


def late_words(due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """What a reader is told of a report that comes late; empty if it does not."""
    if now - due_at <= LATE:
        return ""
    return f"This report was due at {_clock(due_at, zone)} and is sent late, at {_clock(now, zone)}."


def fixed_query(query: str, due_at: datetime, default: ZoneInfo) -> str:
    """The query with the days that its range means on the day on which it is due, in the clock that it names.

    So a report that is late, or tried again after midnight, is about the same days.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = dict(reversed(pairs))
    if _is_day(asked.get("from", "")) and _is_day(asked.get("to", "")):
        return query
    ranges = set(Preset)
    preset = Preset(asked["range"]) if asked.get("range") in ranges else Preset.TODAY
    first, last = preset_days(preset, due_at.astimezone(_zone(asked.get("clock", "")) or default).date())
    rest = [(name, value) for name, value in pairs if name not in ("range", "from", "to")]
    return urlencode([("from", first.isoformat()), ("to", last.isoformat()), *rest])


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {zone.key}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
