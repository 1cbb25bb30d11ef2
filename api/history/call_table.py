"""A list of calls as a table to be taken away: its columns, a row's cells, and what says what is listed. Pure.

A cell is a text, a number, nothing, a `Lasting` or a `Moment`; the dashboard, which writes Excel and PDF, takes them as
they are (dashboard/export_given.py). Words and digits are those of the calls page.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.history.forms import CallRow
from api.history.search import Search
from api.history.shows import Unit, show_of
from calls import csv_text

# What a row came to, as assets/calls/words.js has it.
OUTCOMES = {
    "answered": "Answered",
    "abandoned": "Abandoned",
    "timeout": "Waited too long",
    "exit_empty": "Queue ran empty",
    "exit_key": "Left by a key",
    "join_empty": "Nobody there",
    "full": "Queue full",
    "withdrawn": "Taken out",
    "system": "Ended by the PBX",
    "missed": "Missed ring",
    "no_answer": "No answer",
    "busy": "Busy",
    "failed": "Failed",
    "unanswered": "Not answered",
}
STATES = {"QUEUED": "Waiting", "RINGING": "Ringing", "CONNECTED": "On call", "ON_HOLD": "On hold", "ENDED": "Over"}
_OUTBOUND = "outbound"


class Lasting(Struct, frozen=True):
    """Whole seconds."""

    seconds: int


class Moment(Struct, frozen=True):
    """A moment on the clock of the list, without its zone."""

    at: datetime


Cell = str | int | float | Lasting | Moment | None


class Column(Struct, frozen=True):
    """A heading, and what stands below it. `printed`: also on paper, where there is less room."""

    heading: str
    cell: Callable[[CallRow, ZoneInfo, Unit], Cell]
    printed: bool = True


class Head(Struct, frozen=True):
    """What stands above the rows: `about` are names and values; `name` is the file's, without an ending."""

    name: str
    title: str
    about: list[tuple[str, str]]
    figures: list[tuple[str, str, str]]
    headings: list[str]


def _party(row: CallRow) -> str | None:
    return row.contact or (None if row.direction == _OUTBOUND else row.from_name)


def _number(row: CallRow) -> str | None:
    return row.to_number if row.direction == _OUTBOUND else row.from_number


def _came_to(row: CallRow) -> str:
    if not row.is_known:
        return "Not heard"
    plain = (row.outcome or "").replace("_", " ").capitalize()
    return OUTCOMES.get(row.outcome or "", plain) or STATES.get(row.status or "", "Not known")


def _lasted(seconds: float | None) -> Lasting | None:
    return None if seconds is None else Lasting(max(floor(seconds), 0))


COLUMNS = (
    Column("When", lambda row, zone, _: Moment(row.at.astimezone(zone).replace(tzinfo=None, microsecond=0))),
    Column("Caller", lambda row, _zone, _: _party(row)),
    Column("Number", lambda row, _zone, _: _number(row)),
    Column("Number called", lambda row, _zone, _: row.to_number, printed=False),
    Column("Direction", lambda row, _zone, _: row.direction, printed=False),
    Column("Queue", lambda row, _zone, _: ", ".join(row.queues) or None),
    Column("Agent", lambda row, _zone, _: ", ".join(row.agents) or None),
    Column("Came to", lambda row, _zone, _: _came_to(row)),
    Column("Wait", lambda row, _zone, _: _lasted(row.wait_s)),
    Column("Talk", lambda row, _zone, unit: None if unit is Unit.RING else _lasted(row.talk_s)),
    Column("Hold", lambda row, _zone, _: _lasted(row.hold_s or None)),
    Column("Sound", lambda row, _zone, _: None if row.mos is None else round(row.mos, 1)),
    Column("Result", lambda row, _zone, _: row.disposition_title or row.disposition),
    Column("Missed rings", lambda row, _zone, _: row.rings, printed=False),
    Column("Sent on to", lambda row, _zone, _: row.transfer_to, printed=False),
    Column("Recordings", lambda row, _zone, _: row.recordings, printed=False),
    Column("Certainty", lambda row, _zone, _: row.certainty, printed=False),
    Column("Against the files", lambda row, _zone, _: row.verdict, printed=False),
    Column("Call", lambda row, _zone, _: row.call_id, printed=False),
)


def columns(kind: str) -> Sequence[Column]:
    """The columns of a kind of file."""
    return [each for each in COLUMNS if each.printed or kind != "pdf"]


def cells(row: CallRow, search: Search, kind: str) -> list[Cell]:
    """A row."""
    unit = show_of(search.show, of_agents=search.of_agents).unit
    return [each.cell(row, search.zone, unit) for each in columns(kind)]


def head(search: Search, tenant: str, total: int, now: datetime, kind: str) -> Head:
    """What is listed, whose, and when that was."""
    shown = "Calls" if search.show == "calls" else search.show.replace("_", " ").capitalize()
    first, last = _days(search)
    narrower = {
        "Number has": search.number,
        "Filed as": ", ".join(search.dispositions),
        "PBX": search.pbx,
        "Hour": search.hour,
        "Minute": search.minute,
        "Weekday": search.weekday,
        "Seconds, at least": search.min_seconds,
        "Seconds, at most": search.max_seconds,
    }
    about = [
        ("Centre", tenant),
        ("Range", first if first == last else f"{first} – {last}"),
        ("Time zone", search.zone.key),
        ("Listed", shown),
        ("Queues", ", ".join(search.queues) or "all"),
        ("Agents", ", ".join(search.agents) or "all"),
        *((name, str(value)) for name, value in narrower.items() if value not in (None, "")),
        ("Made", f"{_moment(now, search.zone)} {search.zone.key}"),
    ]
    name = f"trunkline-calls-{_local(search.period.start, search):%Y-%m-%d}-{_last(search):%Y-%m-%d}"
    figures = [(shown, f"{total:,}", _UNITS[show_of(search.show, of_agents=search.of_agents).unit])]
    return Head(name, "Calls", about, figures, [each.heading for each in columns(kind)])


_UNITS = {
    Unit.CALL: "calls",
    Unit.STAY: "stays in queues",
    Unit.RING: "rings",
    Unit.PART: "agents' parts",
    Unit.LEDGER: "calls held against the files",
}


def csv_of(values: Sequence[Cell]) -> str:
    """A line of CSV: durations as `h:mm:ss`, moments as `2026-11-22 13:03:22`."""
    return csv_text.csv_line([_plain(value) for value in values])


def _plain(value: Cell) -> csv_text.Value:
    match value:
        case Lasting(seconds):
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case Moment(at):
            return f"{at:%Y-%m-%d %H:%M:%S}"
    return value


def _days(search: Search) -> tuple[str, str]:
    """The range's ends: days, where it begins and ends with them, else moments."""
    start, end = (_local(at, search) for at in (search.period.start, search.period.end))
    if (start.hour, start.minute, start.second, end.hour, end.minute, end.second) == (0,) * 6:
        return _day(start), _day(_last(search))
    return _moment(start, search.zone), _moment(end, search.zone)


def _last(search: Search) -> datetime:
    """A moment of the last day in it."""
    return _local(search.period.end - timedelta(microseconds=1), search)


def _local(at: datetime, search: Search) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(search.zone)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{_day(local)} {local:%H:%M:%S}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"
