"""A phone number as a PBX or a person writes it: its country's code, and its digits behind that. Pure.

Nothing of numbering plans is known here but the codes of countries: enough to tell that `+49 30 123456`, `030123456`
and `9004930123456` are one number, not whether anybody has it.
"""

import re
from typing import NamedTuple

# Countries' codes begin with none of another's. Those of one and two digits; all others have three.
_ONE = frozenset({1, 7})
_TWO = frozenset(
    {20, 27, *range(30, 35), 36, 39, 40, 41, *range(43, 50), *range(51, 59), *range(60, 67), 81, 82, 84, 86,
     *range(90, 96), 98}
)  # fmt: skip
# With fewer digits behind it, a country's code at the beginning is chance.
_BEHIND_CODE = 8
_NORTH_AMERICA, _PLAN = 1, 10
_WRITTEN = re.compile(r"\+?[0-9]+")
_BETWEEN = re.compile(r"[ ()./-]")


class Read(NamedTuple):
    """`code` is 0 where no country is known. `national` has no 0 before it, unless the number stands in for another."""

    code: int
    national: str


def read(number: str, home: int) -> Read | None:
    """What a number is in the country with the code `home` (0: none is known); None when it is no number."""
    bare = _BETWEEN.sub("", number)
    if not _WRITTEN.fullmatch(bare):
        return None
    if bare.startswith("+"):
        return _abroad(bare[1:])
    bare = _without_line(bare, home)
    abroad = "011" if home == _NORTH_AMERICA else "00"
    behind = bare.removeprefix(abroad)
    if behind != bare and behind[:1] not in {"", "0"} and len(behind) > _BEHIND_CODE:
        return _abroad(behind)
    own = str(home)
    if home and bare.startswith(own) and len(bare) - len(own) >= (_PLAN if home == _NORTH_AMERICA else _BEHIND_CODE):
        return Read(home, _bare(bare[len(own) :]))
    return Read(home, _bare(bare))


def _without_line(bare: str, home: int) -> str:
    """Without the 9 for a line outside, where that is certain."""
    if home == _NORTH_AMERICA:
        is_behind = bare.startswith("9011") or (bare.startswith("91") and len(bare) == len("91") + _PLAN)
    else:
        is_behind = bare.startswith("90") and len(bare) > _BEHIND_CODE
    return bare[1:] if is_behind else bare


def _abroad(digits: str) -> Read:
    length = 1 if int(digits[:1] or 0) in _ONE else 2 if int(digits[:2] or 0) in _TWO else 3
    return Read(int(digits[:length] or 0), _bare(digits[length:]))


def _bare(national: str) -> str:
    """Without the 0 that is dialled within a country."""
    return national.removeprefix("0")
