"""A number as somebody writes it, and what it is: how it is written everywhere, whose country's, what kind. Pure.

What numbering plans there are is known by the library `phonenumbers`. Several countries share a code (+1, +7, +44):
whose a number is, is never told by its code alone.
"""

import re
from collections.abc import Sequence

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from api.dialling.rules import Kind

# The one form in which anything gets near a dialplan: no letter, no space, no separator of channels or arguments.
DIAL_STRING = re.compile(r"\+?[0-9*#]{1,20}")
# What carriers and people put between the digits of a caller's or a contact's number.
_WRITTEN = re.compile(r"[+0-9 ()./-]{1,40}")
_BETWEEN = re.compile(r"[ ()./-]")
# Inmarsat, Iridium, Globalstar, Thuraya.
SATELLITE = frozenset({870, 881})
# Belongs to no country.
NOWHERE = "001"

_KINDS = {
    PhoneNumberType.FIXED_LINE: frozenset({Kind.FIXED_LINE}),
    PhoneNumberType.MOBILE: frozenset({Kind.MOBILE}),
    # Where the plan does not tell them apart, as in North America, either word means both.
    PhoneNumberType.FIXED_LINE_OR_MOBILE: frozenset({Kind.FIXED_LINE, Kind.MOBILE}),
    PhoneNumberType.TOLL_FREE: frozenset({Kind.TOLL_FREE}),
    PhoneNumberType.PREMIUM_RATE: frozenset({Kind.PREMIUM_RATE}),
    PhoneNumberType.SHARED_COST: frozenset({Kind.SHARED_COST}),
    PhoneNumberType.VOIP: frozenset({Kind.VOIP}),
    PhoneNumberType.PERSONAL_NUMBER: frozenset({Kind.PERSONAL}),
    PhoneNumberType.PAGER: frozenset({Kind.PAGER}),
    PhoneNumberType.UAN: frozenset({Kind.COMPANY}),
    PhoneNumberType.VOICEMAIL: frozenset({Kind.VOICEMAIL}),
}


class Number(Struct, frozen=True):
    """A number. `e164` as +4930123456, `national` as dialled inside its country, digits alone.

    `kinds` is empty where the plan has no such number; `country` is then only what its code says, if it says it.
    """

    e164: str
    national: str
    country: str
    code: int
    kinds: frozenset[Kind]

    @property
    def is_satellite(self) -> bool:
        """Whether a satellite carries it, which no country's price list has."""
        return self.code in SATELLITE


def read_number(text: str, country: str, countries: Sequence[str] = ()) -> Number | None:
    """The number that somebody in `country` means by this dial string; None when it is no number.

    Of what several countries have, such as +1 800, it is that of `country` or of the first of `countries` that has it.
    """
    if not DIAL_STRING.fullmatch(text) or "*" in text or "#" in text:
        return None
    try:
        parsed = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    owner = _owner(parsed, (country, *countries))
    kind = phonenumbers.number_type(parsed)
    return Number(
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        national=re.sub(r"\D", "", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)),
        country=owner,
        code=parsed.country_code or 0,
        kinds=_KINDS.get(kind, frozenset()),
    )


def e164_of(text: str, country: str) -> str | None:
    """A number as a caller's line or a person writes it, in E.164; None when it is none."""
    if not _WRITTEN.fullmatch(text):
        return None
    number = read_number(_BETWEEN.sub("", text), country)
    return None if number is None else number.e164


def is_emergency(text: str, country: str) -> bool:
    """Whether this very number calls for help in a country."""
    return phonenumbers.is_emergency_number(text, country)


def code_of(country: str) -> int:
    """A country's code, 0 where it has none."""
    return phonenumbers.country_code_for_region(country)


def is_country(name: str) -> bool:
    """Whether a country of this name has a numbering plan."""
    return name in phonenumbers.SUPPORTED_REGIONS


def _owner(parsed: PhoneNumber, wanted: Sequence[str]) -> str:
    for country in wanted:
        if phonenumbers.is_valid_number_for_region(parsed, country):
            return country
    region: str | None = phonenumbers.region_code_for_number(parsed)
    if region is not None:
        return region
    # In no plan of those who share the code, so nobody else's either.
    home = wanted[0]
    return home if parsed.country_code == code_of(home) else NOWHERE
