"""What a reader asked to see. It lives in the address, so a page can be kept, sent and gone back to.

Pure; nothing else holds a choice. Anything in an address that is not understood falls back to the default: an address
is typed by people, and is no error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TypeVar
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo, available_timezones

from calls.metric import Metric
from calls.metrics import SERVICE_LEVEL
from calls.ranges import Preset, preset_days
from dashboard import formats, intervals
from dashboard.definitions import VARIANTS
from dashboard.intervals import By

PRESET_WORDS = {
    Preset.TODAY: "Today",
    Preset.YESTERDAY: "Yesterday",
    Preset.LAST_7_DAYS: "Last 7 days",
    Preset.LAST_30_DAYS: "Last 30 days",
    Preset.THIS_MONTH: "This month",
    Preset.LAST_MONTH: "Last month",
    Preset.THIS_YEAR: "This year",
}
DEFAULT_PRESET = Preset.TODAY


class Compare(StrEnum):
    """Earlier periods of the same length, which figures are shown beside."""

    PREVIOUS = "previous"
    WEEK = "week"
    YEAR = "year"


COMPARE_WORDS = {
    Compare.PREVIOUS: "the days before",
    Compare.WEEK: "same weekdays before",
    Compare.YEAR: "same weekdays a year ago",
}
_WEEK = 7
# So many days back it is the same weekday, and nearly the same date.
_YEAR = 364


# No call centre is older, and the ends of the calendar have no day before or after them.
_YEARS = (1980, 2100)

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True)
class Filters:
    """One choice. `first` and `last` are days of `clock`, both in the range; no queues or agents means all of them."""

    preset: Preset | None
    first: date
    last: date
    queues: tuple[str, ...]
    chosen_by: By | None
    variant: str
    clock: ZoneInfo
    default_clock: ZoneInfo
    agents: tuple[str, ...] = ()
    compare: Compare | None = None
    # What one page alone asks about, by name; the others pass it over.
    own: tuple[tuple[str, str], ...] = ()

    @property
    def by(self) -> By:
        """The length of an interval: the reader's if it suits the range, else the usual one."""
        fits = self.chosen_by in intervals.choices(self.first, self.last)
        return self.chosen_by if self.chosen_by and fits else intervals.usual(self.first, self.last)

    @property
    def metric(self) -> Metric:
        """The service level in the variant chosen."""
        return VARIANTS[self.variant][0]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """[start, end) as instants."""
        return (
            intervals.midnight(self.first, self.clock),
            intervals.midnight(self.last + timedelta(days=1), self.clock),
        )

    @property
    def days_back(self) -> int:
        """How many days before it the period lies that this one is compared with; 0 if with none."""
        days = (self.last - self.first).days + 1
        if self.compare is Compare.YEAR:
            return _YEAR
        if self.compare is Compare.WEEK:
            return -(-days // _WEEK) * _WEEK
        return days if self.compare else 0

    def earlier(self) -> "Filters":
        """The same choice over the period that this one is compared with; with its own days, and compared with none."""
        back = timedelta(days=self.days_back)
        return replace(self, preset=None, first=self.first - back, last=self.last - back, compare=None)

    def earlier_span(self, now: datetime) -> tuple[datetime, datetime]:
        """[start, end) of that period: up to the same time of day if this one is not over at `now`."""
        earlier = self.earlier()
        start, end = earlier.span
        if not self.span[0] < now < self.span[1]:
            return start, end
        wall = now.astimezone(self.clock).replace(tzinfo=None) - timedelta(days=self.days_back)
        return start, min(wall.replace(tzinfo=self.clock).astimezone(UTC), end)

    def range_words(self) -> str:
        """The range as a button shows it."""
        if self.preset in (Preset.TODAY, Preset.YESTERDAY):
            return f"{PRESET_WORDS[self.preset]}, {formats.day(self.first)}"
        return formats.days(self.first, self.last)

    def address(self) -> str:
        """The query string that `parse` reads back, `?range=7d`."""
        return "?" + urlencode(self.query())

    def query(self) -> list[tuple[str, str]]:
        """The names and values of the address; what is at its default is left out."""
        query: list[tuple[str, str]] = []
        if self.preset is None:
            query += [("from", self.first.isoformat()), ("to", self.last.isoformat())]
        elif self.preset is not DEFAULT_PRESET:
            query.append(("range", self.preset))
        query += [("queue", queue) for queue in self.queues]
        query += [("agent", agent) for agent in self.agents]
        if self.compare:
            query.append(("compare", self.compare))
        if self.chosen_by:
            query.append(("by", self.chosen_by))
        if self.variant != SERVICE_LEVEL.name:
            query.append(("variant", self.variant))
        if self.clock != self.default_clock:
            query.append(("clock", self.clock.key))
        return [*query, *self.own]

    def own_value(self, name: str) -> str:
        """What the address says of a page's own choice; empty if nothing."""
        return dict(self.own).get(name, "")

    def with_own(self, **values: str) -> "Filters":
        """The same choice with other values of the page's own; an empty one is left out."""
        own = dict(self.own) | values
        return replace(self, own=tuple(sorted((name, value) for name, value in own.items() if value)))

    def in_range(self, preset: Preset, today: date) -> "Filters":
        """The same choice over a range that moves with the calendar."""
        first, last = preset_days(preset, today)
        return replace(self, preset=preset, first=first, last=last)

    def toggled(self, queue: str) -> "Filters":
        """The same choice with one queue more or fewer."""
        without = tuple(each for each in self.queues if each != queue)
        return replace(self, queues=without if queue in self.queues else (*self.queues, queue))

    def toggled_agent(self, agent: str) -> "Filters":
        """The same choice with one agent more or fewer."""
        without = tuple(each for each in self.agents if each != agent)
        return replace(self, agents=without if agent in self.agents else (*self.agents, agent))

    def on_days(self, first: date, last: date) -> "Filters":
        """The same choice over other days."""
        return replace(self, preset=None, first=first, last=last)


def parse(search: str, now: datetime, default_clock: ZoneInfo, own: Sequence[str] = ()) -> Filters:
    """The choice that a query string names, `?range=7d&queue=billing`. `now` must be aware.

    `own` are the names of what one page alone asks about.
    """
    query = {name: values for name, values in parse_qs(search.removeprefix("?")).items() if values}
    clock = _clock(query.get("clock", [""])[0]) or default_clock
    preset, first, last = _range(query, now.astimezone(clock).date())
    variant = query.get("variant", [""])[0]
    return Filters(
        preset=preset,
        first=first,
        last=last,
        queues=tuple(dict.fromkeys(query.get("queue", []))),
        chosen_by=_member(By, query.get("by", [""])[0]),
        variant=variant if variant in VARIANTS else SERVICE_LEVEL.name,
        clock=clock,
        default_clock=default_clock,
        agents=tuple(dict.fromkeys(query.get("agent", []))),
        compare=_member(Compare, query.get("compare", [""])[0]),
        own=tuple((name, query[name][0]) for name in sorted(own) if name in query),
    )


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones there are, sorted."""
    return tuple(sorted(available_timezones()))


def _range(query: dict[str, list[str]], today: date) -> tuple[Preset | None, date, date]:
    first, last = _day(query.get("from", [""])[0]), _day(query.get("to", [""])[0])
    if first and last:
        return None, min(first, last), max(first, last)
    preset = _member(Preset, query.get("range", [""])[0]) or DEFAULT_PRESET
    return preset, *preset_days(preset, today)


def _day(text: str) -> date | None:
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return found if _YEARS[0] <= found.year <= _YEARS[1] else None


def _clock(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in zones() else None


def _member(kind: type[_E], value: str) -> _E | None:
    return kind(value) if value in set(kind) else None
