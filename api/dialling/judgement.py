"""Whether a number may be dialled at all by a tenant's rules, and what is dialled then. Pure: the moment is given.

Limits, which need to be counted, are those of `api/dialling/permits.py`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.dialling.numbers import DIAL_STRING, Number, code_of, is_emergency, read_number
from api.dialling.rules import Hours, Kind, Rules, price_of, zone_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CALLED = {Kind.COMPANY: "company-wide", Kind.UNKNOWN: "unassigned"}


class Reason(StrEnum):
    """Why a number is refused, for counting."""

    NUMBER = "number"
    DESTINATION = "destination"
    HOURS = "hours"
    LIMIT = "limit"


class Allowed(Struct, frozen=True):
    """What is dialled: `dial` as the trunk takes it, `e164`, a minute's `price`. `is_emergency`: no limit holds it."""

    dial: str
    e164: str
    price: float
    is_emergency: bool = False


class Refused(Exception):
    """It may not be dialled; the text says why to whoever wanted to."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def judge(rules: Rules, text: str, now: datetime, country: str, zone: ZoneInfo) -> Allowed:
    """What to dial for this text. `country` and `zone` are the installation's. Raises Refused."""
    if not DIAL_STRING.fullmatch(text):
        raise Refused(Reason.NUMBER, "phoneNumber: write digits, with + before a country's code, and nothing else.")
    home = rules.country or country
    if _calls_for_help(rules, text, home):
        return Allowed(text, text, 0.0, is_emergency=True)
    number = read_number(text, home, rules.countries)
    if number is None:
        raise Refused(Reason.NUMBER, f"phoneNumber: {text} is not a phone number, read from {home}.")
    _refuse_destination(rules, number, home)
    _refuse_hour(rules, now.astimezone(zone_of(rules, zone)))
    return Allowed(_dialled(rules, number, home), number.e164, price_of(rules, number.e164))


def is_within(hours: Hours, local: datetime) -> bool:
    """Whether a local moment is in these hours; those beyond midnight belong to the day on which they began."""
    time = f"{local:%H:%M}"
    if hours.start < hours.end:
        return local.isoweekday() in hours.days and hours.start <= time < hours.end
    if time >= hours.start:
        return local.isoweekday() in hours.days
    return time < hours.end and (local - timedelta(days=1)).isoweekday() in hours.days


def _calls_for_help(rules: Rules, text: str, home: str) -> bool:
    if rules.emergency_numbers is not None:
        return text in rules.emergency_numbers
    return is_emergency(text, home)


def _refuse_destination(rules: Rules, number: Number, home: str) -> None:
    if any(number.e164.startswith(prefix) for prefix in rules.blocked_prefixes):
        raise _destination(number, "is blocked")
    if any(number.e164.startswith(prefix) for prefix in rules.prefixes):
        return
    if number.is_satellite:
        raise _destination(number, "is a satellite's, and such numbers are not allowed")
    if number.country not in (home, *rules.countries):
        raise _destination(number, f"is outside of {', '.join((home, *rules.countries))}, where calls may go")
    kinds = number.kinds or {Kind.UNKNOWN}
    if not kinds & set(rules.kinds):
        words = " or ".join(sorted(_CALLED.get(kind, kind.value.replace("_", "-")) for kind in kinds))
        raise _destination(number, f"is {words}, and such numbers are not allowed")


def _destination(number: Number, why: str) -> Refused:
    detail = f"{number.e164} {why}. An administrator may allow it in the rules of dialling."
    return Refused(Reason.DESTINATION, detail)


def _refuse_hour(rules: Rules, local: datetime) -> None:
    hours = rules.hours
    if hours is None or is_within(hours, local):
        return
    days = ", ".join(_DAYS[day - 1] for day in sorted(set(hours.days)))
    raise Refused(Reason.HOURS, f"Calls to the outside go from {hours.start} to {hours.end} ({local:%Z}) on {days}.")


def _dialled(rules: Rules, number: Number, home: str) -> str:
    if rules.dial_form == "plus":
        return number.e164
    if rules.dial_form == "national" and number.code == code_of(home):
        return number.national
    return number.e164.removeprefix("+")
