"""Whose number it is that somebody wrote: how it is read, and where it is looked for. Pure.

Refused are extensions, which are found by chance in anything, and stand-ins, behind which nobody is any more.
"""

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumberFormat

from api.dialling.numbers import code_of
from api.errors import BadRequest
from calls.erasure import national_of, pattern_of
from calls.errors import NoCaller


class Reading(Struct, frozen=True):
    """A number. `number`: with a plus, or digits where no country is known; `national`: its digits in its country.

    `home`: the code of the tenant's country, where numbers are written without one. `shown` is for people; `spellings`
    are those under which PBXs have it most often, `pattern` finds them all.
    """

    number: str
    code: int
    home: int
    national: str
    shown: str
    spellings: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """Where the number stands in a text, for PostgreSQL and Python alike."""
        return pattern_of(self.code, self.national, is_home=self.home in {0, self.code})


def read_person(text: str, country: str, field: str = "number") -> Reading:
    """The number that somebody in `country` means. Raises BadRequest, which says why it can be nobody's."""
    home = code_of(country)
    try:
        code, national = national_of(text, home)
    except NoCaller as error:
        raise BadRequest(f"{field}: {error}") from error
    number = f"+{code}{national}" if code else national
    return Reading(number, code, home, national, _shown(number), _spellings(code, national, home))


def _shown(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def _spellings(code: int, national: str, home: int) -> tuple[str, ...]:
    """The usual ones, beside the one with a plus: as dialled at home, with a line outside, from abroad."""
    far = (f"00{code}{national}", f"{code}{national}") if code else ()
    near = (f"0{national}", f"90{national}", national) if code == home else ()
    return (*near, *far)
