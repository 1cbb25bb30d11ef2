"""What the calls page asks the API for, and how it says so: from the choice in the address. Pure.

The address of the page knows days that move with the calendar; the API's knows dates. Names of the query are those of
`GET /api/pbx/history`.
"""

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.filters import Filters
from dashboard.shell import PREFIX

# In place of a disposition's code, as the API has it.
NOT_FILED = "-"
PAGE = f"{PREFIX}calls"
# The API's own, which alone knows calls.
FILES = "/api/pbx/history/file"
# What this page alone asks about. `call` and `row` name one call and its place in the list.
OWN = ("call", "disposition", "hour", "max", "min", "number", "of", "pbx", "row", "show", "weekday")
_OF_ONE = ("call", "row")

# What can be listed, in the words of a menu, and of a count: `37 abandoned`.
SHOWS = {
    "": "every call",
    "offered": "offered",
    "answered": "answered",
    "in_time": "answered in time",
    "later": "answered later",
    "abandoned": "abandoned",
    "short_abandoned": "abandoned at once",
    "flow_out": "left the queue otherwise",
    "refused": "refused by the queue",
    "missed": "missed rings",
    "handled": "handled",
    "from_queue": "handled from a queue",
    "filed": "calls of agents, each once",
    "transferred": "transferred",
    "held": "held",
    "recorded": "recorded",
    "bad_quality": "with bad sound",
    "over": "calls that are over",
    "provisional": "provisional",
    "corrected": "corrected by the files",
    "appeared": "known from the files alone",
    "compared": "held against the files",
    "agree": "in agreement with the files",
    "explained": "different for a known reason",
    "unexplained": "different for no known reason",
}
# Those that the menu offers at any time; the others come from a number.
OFFERED = (
    *("", "offered", "answered", "in_time", "later", "abandoned", "flow_out", "refused", "missed", "handled"),
    *("transferred", "held", "recorded", "bad_quality"),
)
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_HOUR = re.compile(r"([01]?\d|2[0-3])(?::(00|15|30|45))?")
_SECONDS = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class Chip:
    """A narrower choice that came with a link, and the choice without it."""

    words: str
    without: Filters


def show_of(filters: Filters) -> str:
    """What is listed; empty for every call."""
    show = filters.own_value("show")
    return show if show in SHOWS else ""


def asked(filters: Filters) -> str:
    """What assets/calls.js asks for and says, as JSON.

    `query`: of the list; `call` and `row`: the one call, if one is asked for; `list`: the address of the list; `words`
    and `range`: what is listed; `zone`: whose times are shown.
    """
    return json.dumps(
        {
            "query": urlencode(_query(filters)),
            "call": filters.own_value("call"),
            "row": filters.own_value("row"),
            "list": PAGE + without_one(filters).address().removesuffix("?"),
            "show": show_of(filters),
            "words": SHOWS[show_of(filters)],
            "range": filters.range_words(),
            "zone": filters.clock.key,
        }
    )


def address_of_file(filters: Filters, kind: str) -> str:
    """The address of all that the list has, as a file."""
    return f"{FILES}?{urlencode([*_query(filters), ('kind', kind)])}"


def address_of(filters: Filters, show: str, **narrower: str) -> str:
    """The address of the calls behind a number that a report on the same range has."""
    kept = replace(filters, compare=None, chosen_by=None, own=())
    return PAGE + kept.with_own(show=show, **narrower).address()


def address_of_call(filters: Filters, call_id: str) -> str:
    """The address of one call, in the list of all calls of that range."""
    return PAGE + replace(filters, compare=None, chosen_by=None, own=()).with_own(call=call_id).address()


def without_one(filters: Filters) -> Filters:
    """The same choice as a list."""
    return filters.with_own(**dict.fromkeys(_OF_ONE, ""))


def chips(filters: Filters) -> list[Chip]:
    """The narrower choices, each with a way to drop it."""
    shown = without_one(filters)
    words = {
        "number": f"number has {filters.own_value('number')}",
        "disposition": _filed_words(filters.own_value("disposition")),
        "pbx": f"on {filters.own_value('pbx')}",
        "min": f"{filters.own_value('min')} s or longer",
        "max": f"{filters.own_value('max')} s or shorter",
        "weekday": _weekday_words(filters.own_value("weekday")),
        "hour": _hour_words(filters.own_value("hour")),
        "of": "as agents count",
    }
    return [Chip(text, shown.with_own(**{name: ""})) for name, text in words.items() if text and _says(filters, name)]


def _says(filters: Filters, name: str) -> bool:
    value = filters.own_value(name)
    good = {
        "weekday": value in tuple("1234567"),
        "hour": _HOUR.fullmatch(value) is not None,
        "min": _SECONDS.fullmatch(value) is not None,
        "max": _SECONDS.fullmatch(value) is not None,
        "of": value == "agents",
    }
    return bool(value) and good.get(name, True)


def _query(filters: Filters) -> list[tuple[str, str]]:
    own = {name: filters.own_value(name) for name in OWN if _says(filters, name)}
    query = [("startDate", filters.first.isoformat()), ("endDate", filters.last.isoformat())]
    query += [("clock", filters.clock.key)]
    if show := show_of(filters):
        query.append(("show", show))
    query += [("queue", queue) for queue in filters.queues] + [("agentId", agent) for agent in filters.agents]
    query += [(name, own[name]) for name in ("number", "disposition", "pbx", "weekday", "of") if name in own]
    if found := _HOUR.fullmatch(own.get("hour", "")):
        query.append(("hour", str(int(found[1]))))
        query += [("minute", str(int(found[2])))] if found[2] else []
    query += [(f"{name}Seconds", own[name]) for name in ("min", "max") if name in own]
    return query


def _filed_words(code: str) -> str:
    return "not filed" if code == NOT_FILED else f"filed as {code}"


def _weekday_words(value: str) -> str:
    return WEEKDAYS[int(value) - 1] if value in tuple("1234567") else ""


def _hour_words(value: str) -> str:
    found = _HOUR.fullmatch(value)
    if not found:
        return ""
    hour, minute = int(found[1]), found[2]
    if minute is None:
        return f"{hour:02}:00 to {(hour + 1) % 24:02}:00"
    end = hour * 60 + int(minute) + 15
    return f"{hour:02}:{minute} to {end // 60 % 24:02}:{end % 60:02}"
