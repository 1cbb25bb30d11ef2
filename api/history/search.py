"""What is asked of the calls that were, read from an address and held against what can be asked. Pure.

A place in the list is a cursor: the moment, the call and the number of the row that stands there.
"""

import re
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from api.admin.acting import is_plain
from api.errors import BadRequest
from api.history.shows import SHOWS
from api.managers.period import Period

# Fewer digits are in so many numbers that nobody looks through what is found.
FEWEST_DIGITS = 3
MOST_NAMES = 200
# In place of a code: nobody filed the call.
NOT_FILED = "-"
NO_ZONE = "clock: that is no time zone; write one like Europe/Berlin."
_DIGITS = re.compile(r"[^0-9+*#A-Za-z]")
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2}T[0-9:.]{8,15}Z)~(\d{1,9})~(.{1,200})")


class Cursor(Struct, frozen=True):
    """The row at this place: when, which of the call's, which call."""

    at: datetime
    ordinal: int
    call_id: str

    def text(self) -> str:
        """As an address has it."""
        return f"{self.at.strftime('%Y-%m-%dT%H:%M:%S.%f')}Z~{self.ordinal}~{self.call_id}"


class Search(Struct, frozen=True):
    """One search. `queues` and `agents`: ids, or `pbx:id`; empty means all. `hour` and `weekday` are `zone`'s.

    `minute`: of the hour, the quarter that begins with it.

    `of_agents`: counted as the agents' page counts, where both have a number of that name. Seconds are talk and hold.
    """

    period: Period
    zone: ZoneInfo
    show: str = "calls"
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    of_agents: bool = False
    number: str = ""
    dispositions: tuple[str, ...] = ()
    pbx: str | None = None
    hour: int | None = None
    minute: int | None = None
    weekday: int | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None


def read_show(name: str) -> str:
    """The name of something that can be listed. Raises BadRequest."""
    if name not in SHOWS:
        raise BadRequest(f"show: choose one of {', '.join(SHOWS)}.")
    return name


def read_zone(name: str | None, usual: ZoneInfo) -> ZoneInfo:
    """The zone of weekdays and hours. Raises BadRequest."""
    if name is None:
        return usual
    if name not in _zones():
        raise BadRequest(NO_ZONE)
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    """The names of all zones; looking them up goes through a hundred folders."""
    return frozenset(available_timezones())


def read_number(text: str | None) -> str:
    """The part of a number that is looked for, without what people write between digits. Raises BadRequest."""
    if text is None or not text.strip():
        return ""
    if not text.isprintable():
        raise BadRequest("number: a control character is in it.")
    digits = _DIGITS.sub("", text)
    if len(digits) < FEWEST_DIGITS:
        raise BadRequest(f"number: write at least {FEWEST_DIGITS} digits of it.")
    return digits


def read_names(name: str, values: list[str] | None) -> tuple[str, ...]:
    """Ids, each once. Raises BadRequest."""
    found = tuple(dict.fromkeys(values or ()))
    if len(found) > MOST_NAMES or not all(map(is_plain, found)):
        raise BadRequest(f"{name}: at most {MOST_NAMES} names, without control characters.")
    return found


def read_cursor(name: str, text: str | None) -> Cursor | None:
    """A place in the list. Raises BadRequest for what no list has given."""
    if text is None:
        return None
    found = _CURSOR.fullmatch(text)
    try:
        if found and is_plain(text):
            return Cursor(datetime.fromisoformat(found[1]), int(found[2]), found[3])
    except ValueError:
        pass
    raise BadRequest(f"{name}: that is no place in a list; take `next` or a row's `cursor`.")


def plain_ids(names: tuple[str, ...]) -> list[str]:
    """The ids that these names may mean: each may be an id that has a colon in it, or a PBX and an id."""
    return sorted({part for name in names for part in (name, name.partition(":")[2]) if part})


def values_of(search: Search) -> dict[str, Any]:
    """The values of the statements that are the search's own."""
    return {
        "start": search.period.start,
        "end": search.period.end,
        "zone": search.zone.key,
        "queues": list(search.queues),
        "queue_ids": plain_ids(search.queues),
        "number": search.number,
        "dispositions": list(search.dispositions),
        "unfiled": NOT_FILED in search.dispositions,
        "pbx": search.pbx,
        "hour": search.hour,
        "minute": search.minute,
        "weekday": search.weekday,
        "min_seconds": search.min_seconds,
        "max_seconds": search.max_seconds,
    }
