"""When an alert's rule fires and when it is over, to the millisecond: folded over readings of a live metric. Pure.

Between two readings a value stands still or grows with the clock, as the longest wait does. So the instants at which
it passes a limit are worked out, never polled for: live and past give the same firings however often one looks.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

DAY_MINUTES = 24 * 60
Minute = Annotated[int, Meta(ge=0, le=DAY_MINUTES)]
# No hold-off and no quiet is longer than a day.
Span = Annotated[int, Meta(ge=0, le=86_400)]
Weekday = Annotated[int, Meta(ge=0, le=6)]
# Printable on one line, and nothing that turns a text's direction.
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+(?![\s\S])"
AlertName = Annotated[str, Meta(min_length=1, max_length=60, pattern=_LINE)]
QueueRef = Annotated[str, Meta(max_length=200, pattern=_LINE, description="PBX:QUEUE")]


class AlertMetric(StrEnum):
    """What a rule watches. Seconds, ratios of 0-1, or counts."""

    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    AVAILABLE = "available"
    SERVICE_LEVEL = "service_level"
    SERVICE_LEVEL_RECENT = "service_level_recent"
    ABANDON_RATE = "abandon_rate"
    ABANDONED = "abandoned"


# A share of callers, 0-1.
RATIOS = frozenset({AlertMetric.SERVICE_LEVEL, AlertMetric.SERVICE_LEVEL_RECENT, AlertMetric.ABANDON_RATE})


class Side(StrEnum):
    """On which side of its limit a value is trouble: the limit itself is trouble from above only."""

    AT_LEAST = "at_least"
    BELOW = "below"


class AlertRule(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A rule of `queues` (`pbx:queue_id`; none: all the tenant's), taken together.

    It fires after `for_s` of trouble without a break, is over when the value is back by more than `slack`, and does not
    fire again within `quiet_s` of its last firing. It is awake on `weekdays` (Monday is 0) from minute `awake_from` of
    the local day to `awake_until`.
    """

    name: AlertName
    metric: AlertMetric
    side: Side
    limit: Annotated[float, Meta(ge=0, le=1_000_000)]
    queues: Annotated[list[QueueRef], Meta(max_length=500)] = []
    for_s: Span = 0
    slack: Annotated[float, Meta(ge=0, le=1_000_000)] = 0.0
    quiet_s: Span = 0
    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = field(default_factory=lambda: list(range(7)))
    awake_from: Minute = 0
    awake_until: Minute = DAY_MINUTES

    def troubled(self, value: float | None) -> bool:
        """Whether the value is past the limit. Where nothing happened yet there is no trouble."""
        if value is None:
            return False
        return value >= self.limit if self.side is Side.AT_LEAST else value < self.limit

    def worse(self, value: float, than: float) -> bool:
        """Whether a value is nearer to trouble, or deeper in it, than another one."""
        return value > than if self.side is Side.AT_LEAST else value < than

    def calm(self, value: float | None) -> bool:
        """Whether a firing is over at this value."""
        if value is None:
            return True
        return value < self.limit - self.slack if self.side is Side.AT_LEAST else value >= self.limit + self.slack


def contradiction(rule: AlertRule) -> str:
    """What about a rule makes no sense, beginning with the field's name; empty where it does."""
    if rule.limit <= 0:
        return "limit: every value is at 0 or above, so give more than 0."
    if rule.metric in RATIOS and rule.limit > 1:
        return "limit: of this metric a share, 0 to 1."
    if rule.side is Side.AT_LEAST and rule.slack >= rule.limit:
        return "slack: no value is that far below the limit, so it would never be over."
    if rule.side is Side.BELOW and rule.metric in RATIOS and rule.limit + rule.slack > 1:
        return "slack: no share is that far above the limit, so it would never be over."
    if rule.awake_from >= rule.awake_until:
        return "awakeUntil: it comes after awakeFrom."
    return ""


class Reading(Struct, frozen=True):
    """The metric from `at` (ms since the epoch) on, until the next reading. `grows`: by a second each second."""

    at: int
    value: float | None
    grows: bool = False

    def value_at(self, at: int) -> float | None:
        """The value at a later instant."""
        # Rounded to the millisecond that it is: sums of fractions miss a limit by a last bit.
        return round(self.value + (at - self.at) / 1000, 3) if self.grows and self.value is not None else self.value

    def reaches(self, value: float) -> int | None:
        """The first instant at which a growing value is there, None for one that stands still."""
        if not self.grows or self.value is None:
            return None
        return self.at + ceil(round(value * 1000, 6)) - round(self.value * 1000)


class Firing(Struct, frozen=True, rename="camel"):
    """A rule fired at `raised_at` at this value. `cleared_at` is None as long as it is not over. Ms since the epoch."""

    raised_at: int
    value: float
    cleared_at: int | None = None


class Watch(Struct, frozen=True):
    """A rule's memory: since when there is trouble, the firing that is not over, when it fired last."""

    since: int | None = None
    firing: Firing | None = None
    last: int | None = None


def firings(rule: AlertRule, readings: Iterable[Reading], until: int, zone: ZoneInfo) -> list[Firing]:
    """All firings of a rule over these readings, in order; one that is not over at `until` comes last."""
    found: dict[int, Firing] = {}
    watch = Watch()
    previous: Reading | None = None
    for reading in [*readings, None]:
        if previous is not None:
            told, watch = advance(rule, watch, previous, until if reading is None else min(reading.at, until), zone)
            found |= {it.raised_at: it for it in told}
        previous = reading
    return list(found.values())


def advance(rule: AlertRule, watch: Watch, reading: Reading, until: int, zone: ZoneInfo) -> tuple[list[Firing], Watch]:
    """What fired or was over within [reading.at, until), each as it is then, and the memory at its end."""
    told: list[Firing] = []
    at: int | None = reading.at
    while at is not None and at < until:
        watch, news = _look(rule, watch, at, reading.value_at(at), awake(rule, at, zone))
        told += news
        at = due(rule, watch, reading, at, zone)
    return told, watch


def due(rule: AlertRule, watch: Watch, reading: Reading, at: int, zone: ZoneInfo) -> int | None:
    """The next instant after `at` at which, with no further reading, the rule has to be looked at again."""
    marks = [reading.reaches(rule.limit), reading.reaches(rule.limit + rule.slack), _turn(rule, at, zone)]
    if watch.firing is None and watch.since is not None:
        marks.append(max(watch.since + rule.for_s * 1000, (watch.last or 0) + rule.quiet_s * 1000))
    return min((mark for mark in marks if mark is not None and mark > at), default=None)


def awake(rule: AlertRule, at: int, zone: ZoneInfo) -> bool:
    """Whether the rule is awake at an instant."""
    local = datetime.fromtimestamp(at / 1000, zone)
    return local.weekday() in rule.weekdays and rule.awake_from <= local.hour * 60 + local.minute < rule.awake_until


def _look(rule: AlertRule, watch: Watch, at: int, value: float | None, is_awake: bool) -> tuple[Watch, list[Firing]]:
    if watch.firing is not None:
        if is_awake and not rule.calm(value):
            return watch, []
        over = Firing(watch.firing.raised_at, watch.firing.value, at)
        return Watch(last=watch.last), [over]
    if value is None or not is_awake or not rule.troubled(value):
        return Watch(last=watch.last), []
    since = at if watch.since is None else watch.since
    is_quiet = watch.last is not None and at < watch.last + rule.quiet_s * 1000
    if at < since + rule.for_s * 1000 or is_quiet:
        return Watch(since, None, watch.last), []
    raised = Firing(at, value)
    return Watch(since, raised, at), [raised]


def _turn(rule: AlertRule, at: int, zone: ZoneInfo) -> int:
    """The next instant at which the rule may fall asleep or wake up."""
    today = datetime.fromtimestamp(at / 1000, zone).date()
    minutes = ((today, rule.awake_from), (today, rule.awake_until), (today, DAY_MINUTES))
    marks = [_instant(day, minute, zone) for day, minute in minutes]
    return min(mark for mark in marks if mark > at)


def _instant(day: date, minute: int, zone: ZoneInfo) -> int:
    days, rest = divmod(minute, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return int(local.timestamp() * 1000)
