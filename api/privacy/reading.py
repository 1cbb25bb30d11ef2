"""Whose number it is that somebody wrote: how it is read, and where it is looked for. Pure.

Refused are extensions, which are found by chance in anything, and stand-ins, behind which nobody is any more.
"""

import re

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumberFormat

from api.dialling.numbers import code_of, e164_of
from api.errors import BadRequest
from calls.erasure import SHORTEST, ZEROS, pattern_of

_NOT_DIGITS = re.compile(r"[^0-9]")
_STAND_IN = "0" * ZEROS


class Reading(Struct, frozen=True):
    """A number. `number`: in E.164, or the digits of one that no plan has; `national`: its digits in its country.

    `shown` is for people; `spellings` are those under which PBXs have it most often, `pattern` finds them all.
    """

    number: str
    code: int
    national: str
    shown: str
    spellings: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """Where the number stands in a text, for PostgreSQL and Python alike."""
        return pattern_of(self.code, self.national)


def read_person(text: str, country: str, field: str = "number") -> Reading:
    """The number that somebody in `country` means. Raises BadRequest, which says why it can be nobody's."""
    digits, home = _NOT_DIGITS.sub("", text), code_of(country)
    if len(digits) < SHORTEST:
        raise BadRequest(
            f"{field}: it has {len(digits)} digits, as an extension has; a person's number has at least {SHORTEST}."
        )
    if _stands_in(digits, home):
        raise BadRequest(f"{field}: it stands in for somebody who was erased; there is no way back to who that was.")
    e164 = e164_of(text, country)
    code, national = (home, digits.lstrip("0")) if e164 is None else _parts(e164)
    if len(national) < SHORTEST:
        raise BadRequest(f"{field}: that is no phone number, read from {country}; write it as +49 30 123456.")
    number = e164 or national
    return Reading(number, code, national, _shown(number), _spellings(code, national, home))


def _stands_in(digits: str, home: int) -> bool:
    """Whether zeros come first, where no number has as many: behind the code of a country, or behind nothing."""
    codes = {digits[:length] for length in (1, 2, 3) if int(digits[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
    return any(digits.removeprefix(before).startswith(_STAND_IN) for before in ("", f"00{home}", *codes))


def _parts(e164: str) -> tuple[int, str]:
    parsed = phonenumbers.parse(e164)
    code = parsed.country_code or 0
    return code, e164[1 + len(str(code)) :]


def _shown(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def _spellings(code: int, national: str, home: int) -> tuple[str, ...]:
    """The usual ones, beside the one with a plus: as dialled at home, with a line outside, from abroad."""
    far = (f"00{code}{national}", f"{code}{national}") if code else ()
    near = (f"0{national}", f"90{national}") if code == home else ()
    return (*near, *far, national)
