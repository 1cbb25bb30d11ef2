"""Reports by e-mail as requests and answers have them, and what must hold of them. Pure."""

from collections.abc import Iterable
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from api.errors import BadRequest
from api.post.addresses import LONGEST, read_address, strangers
from calls.ranges import Every, Timing

MOST_RECIPIENTS = 20

# The pages with files: those of the dashboard, which a test compares, and the calls.
Page = Literal["service-level", "queues", "agents", "wait", "heat-map", "staffing", "data-quality", "calls"]
Kind = Literal["csv", "xlsx", "pdf"]
# As a browser writes it: ASCII, with everything else in per cent.
Query = Annotated[
    str,
    Meta(max_length=2_000, pattern=r"^[!-~]*(?![\s\S])", description="of the page's address, without its ?"),
]
Recipient = Annotated[str, Meta(min_length=3, max_length=LONGEST)]
Recipients = Annotated[list[Recipient], Meta(min_length=1, max_length=MOST_RECIPIENTS)]
Day = Annotated[int, Meta(ge=1, le=7, description="1 is Monday")]
DayOfMonth = Annotated[int, Meta(ge=1, le=31, description="the last day of a month that is shorter")]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?![\s\S])", description="07:00")]
Zone = Annotated[str, Meta(min_length=1, max_length=64, description="IANA name, such as Europe/Berlin")]


class Status(StrEnum):
    """How far a sending is. `unknown`: the mail server may have it; it is not sent again."""

    ACCEPTED = "accepted"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class NewSchedule(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A report, for whom and when. Without `timeZone` times are those of the installation's zone.

    A relative range of the query (`range=yesterday`) is that of the day on which it is due.
    """

    page: Page
    kind: Kind
    recipients: Recipients
    every: Every
    at: TimeOfDay
    query: Query = ""
    days: Annotated[list[Day], Meta(max_length=7)] = []
    day_of_month: DayOfMonth = 1
    time_zone: Zone | None = None
    is_active: bool = True


class Sending(Struct, frozen=True, rename="camel"):
    """One time that a report was to be sent. `refused`: recipients with the mail server's words."""

    id: str
    due_at: datetime
    status: Status
    detail: str
    file: str
    asked_at_once: bool
    waiting: list[str]
    taken: list[str]
    refused: dict[str, str]
    settled_at: datetime | None


class Schedule(Struct, frozen=True, rename="camel"):
    """A schedule as it is. `owner` is the user whose rights it has; `last` is what became of it last."""

    id: str
    page: str
    kind: str
    query: str
    recipients: list[str]
    every: Every
    days: list[int]
    day_of_month: int
    at: str
    time_zone: str
    is_active: bool
    paused_because: str
    next_at: datetime | None
    owner: str
    last: Sending | None


class MailState(Struct, frozen=True, rename="camel"):
    """Whether e-mail can be sent: as whom, and to which domains. Without a mail server `missing` says what to set."""

    is_set: bool
    sender: str
    domains: list[str]
    missing: list[str]
    time_zone: str


def timing_of(form: NewSchedule, default: ZoneInfo) -> Timing:
    """When it is due. Raises BadRequest that names the field."""
    if form.every is Every.WEEK and not form.days:
        raise BadRequest("days: name at least one day of the week, 1 (Monday) to 7.")
    days = tuple(sorted(set(form.days)))
    return Timing(form.every, time.fromisoformat(form.at), _zone(form.time_zone) or default, days, form.day_of_month)


def recipients_of(form: NewSchedule, domains: frozenset[str]) -> list[str]:
    """The addresses, each once. Raises BadRequest for what is none, and for one of a domain that is not allowed."""
    try:
        found = list(dict.fromkeys(read_address(each.strip()) for each in form.recipients))
    except ValueError as error:
        raise BadRequest(f"recipients: {error}") from None
    if others := strangers(found, domains):
        raise BadRequest(f"recipients: {', '.join(others)}: e-mail goes to {_listed(domains)} only.")
    return found


def _listed(domains: Iterable[str]) -> str:
    return ", ".join(f"@{each}" for each in sorted(domains))


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest("timeZone: there is no such zone; write an IANA name, such as Europe/Berlin.") from None
