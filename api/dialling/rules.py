"""A tenant's rules of dialling to the outside. Pure: values with their limits, and their defaults, which are cautious.

Without a word of an administrator: numbers of the own country that cost what an ordinary call costs, and toll-free
ones. Everything else is allowed by name: countries, kinds of numbers, prefixes.
"""

from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct, field

from api.errors import BadRequest


class Kind(StrEnum):
    """What sort of number it is, as the numbering plans have it. `unknown`: as long as one, but in no plan."""

    FIXED_LINE = "fixed_line"
    MOBILE = "mobile"
    TOLL_FREE = "toll_free"
    VOIP = "voip"
    SHARED_COST = "shared_cost"
    PREMIUM_RATE = "premium_rate"
    PERSONAL = "personal"
    COMPANY = "company"
    PAGER = "pager"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


# What costs as much as an ordinary call, or nothing.
PLAIN_KINDS = (Kind.FIXED_LINE, Kind.MOBILE, Kind.TOLL_FREE, Kind.VOIP)

# `$` would let the end of a line follow.
_END = r"(?![\s\S])"
Country = Annotated[str, Meta(pattern=f"^[A-Z]{{2}}{_END}", description="ISO 3166, as US or DE")]
Prefix = Annotated[str, Meta(pattern=rf"^\+[1-9][0-9]{{0,14}}{_END}", description="international, as +4930")]
ShortNumber = Annotated[str, Meta(pattern=f"^[0-9]{{2,6}}{_END}", description="as it is dialled: 112")]
TimeOfDay = Annotated[str, Meta(pattern=f"^([01][0-9]|2[0-3]):[0-5][0-9]{_END}", description="local time, as 08:00")]
Day = Annotated[int, Meta(ge=1, le=7, description="1 is Monday")]
Zone = Annotated[str, Meta(min_length=1, max_length=64, pattern=rf"^[A-Za-z0-9_+/-]+{_END}", description="IANA name")]
Most = Annotated[int, Meta(ge=1, le=100_000)]
Units = Annotated[float, Meta(ge=0, le=1_000_000)]
Minutes = Annotated[float, Meta(gt=0, le=1_440)]
DialForm = Literal["digits", "plus", "national"]

# As many as anybody keeps by hand, and few enough to be gone through for each number.
Countries = Annotated[list[Country], Meta(max_length=250)]
Kinds = Annotated[list[Kind], Meta(max_length=len(Kind))]
Prefixes = Annotated[list[Prefix], Meta(max_length=200)]
ShortNumbers = Annotated[list[ShortNumber], Meta(max_length=50)]


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """When may be dialled: on these days from `start` to `end`, beyond midnight where `end` is not after `start`."""

    days: Annotated[list[Day], Meta(min_length=1, max_length=7)]
    start: TimeOfDay
    end: TimeOfDay


class Price(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What a minute to these numbers is reckoned to cost, in units of one's own."""

    prefix: Prefix
    per_minute: Units


Prices = Annotated[list[Price], Meta(max_length=500)]


class Rules(Struct, frozen=True, rename="camel"):
    """The rules. `country` null is the installation's, `emergency_numbers` null those of the country.

    `prefixes` are allowed whatever they are, `blocked_prefixes` are not, whatever else is said. Limits are counted over
    the last minute and the last hour. `spend_per_hour` holds what the calls of the last hour are reckoned to cost.
    """

    country: Country | None = None
    countries: Countries = []
    kinds: Kinds = field(default_factory=lambda: list(PLAIN_KINDS))
    prefixes: Prefixes = []
    blocked_prefixes: Prefixes = []
    emergency_numbers: ShortNumbers | None = None
    dial_form: DialForm = "digits"
    hours: Hours | None = None
    time_zone: Zone | None = None
    agent_per_minute: Most = 10
    agent_per_hour: Most = 120
    agent_at_once: Most = 5
    tenant_per_minute: Most = 60
    tenant_per_hour: Most = 1_200
    tenant_at_once: Most = 30
    default_price: Units = 1.0
    prices: Prices = []
    assumed_minutes: Minutes = 5.0
    spend_per_hour: Units = 6_000.0


def price_of(rules: Rules, e164: str) -> float:
    """A minute's price: that of the longest prefix that fits."""
    fitting = [each for each in rules.prices if e164.startswith(each.prefix)]
    return max(fitting, key=lambda each: len(each.prefix)).per_minute if fitting else rules.default_price


def zone_of(rules: Rules, default: ZoneInfo) -> ZoneInfo:
    """The zone of the tenant's hours. Raises BadRequest for a name that is none."""
    if rules.time_zone is None:
        return default
    try:
        return ZoneInfo(rules.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest("timeZone: there is no such zone; write an IANA name, such as Europe/Berlin.") from None
