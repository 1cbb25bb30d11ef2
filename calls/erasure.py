"""Who is to be forgotten, as a text is searched for them: their number however it is written, and what stands in.

The stand-in is of the same kind: of the same length, in the same country where the number tells one, and no number that
anybody can have, because none begins with these zeros. It is made with a key that is thrown away, so nobody can go
back. What comes before a number within its country (`+49`, `0049`, `0`, the 9 for a line outside) stays.
Pure.
"""

import hashlib
import hmac
import re

from msgspec import Struct

# What a person is called where a name stood.
NAME = "Erased"
# Shorter ones are extensions, and found by chance in anything.
SHORTEST = 6
# As many zeros before the digits of a stand-in, and at least as many digits behind them.
ZEROS, FREE = 3, 4


class Person(Struct, frozen=True):
    """`pattern` finds the number, for Python and PostgreSQL alike; its one group is what stays. `national` digits."""

    national: str
    stand_in: str
    pattern: str
    names: tuple[str, ...] = ()


def pattern_of(code: int, national: str) -> str:
    """Where a number stands in a text: alone, or behind what is dialled before it. `code` is its country's, 0: none.

    Never inside a longer run of digits, and not the seconds of a time with fractions, as Uniqueids are.
    """
    before = ["9?0", "91?"]
    if code:
        before += [rf"\+?{code}", f"9?00{code}", f"9?011{code}"]
    return rf"(?<![0-9.])({'|'.join(before)})?{national}(?!\.?[0-9])"


def stand_in(national: str, key: bytes, attempt: int = 0) -> str:
    """As many digits instead. Another `attempt` gives another one, where the first is somebody's already."""
    zeros = min(ZEROS, max(1, len(national) - FREE))
    digits = len(national) - zeros
    drawn = int.from_bytes(hmac.digest(key, f"{attempt}:{national}".encode(), hashlib.sha256)[:16])
    return "0" * zeros + f"{drawn % 10**digits:0{digits}}"


def word_for(national: str, key: bytes) -> str:
    """How a person is called in logs and certificates: says nothing to whoever has not the key."""
    return hmac.digest(key, national.encode(), hashlib.sha256).hex()[:16]


class Eraser:
    """Takes people out of packets and lines of a PBX, as bytes. Whoever reads them next finds the stand-ins."""

    def __init__(self, person: Person) -> None:
        self._number = re.compile(person.pattern.encode())
        self._digits, self._instead = person.national.encode(), rb"\g<1>" + person.stand_in.encode()
        names = sorted((name.encode() for name in person.names), key=len, reverse=True)
        self._names = re.compile(_IN_NAMES % b"|".join(map(re.escape, names))) if names else None

    def touches(self, plain: bytes) -> bool:
        """Whether there may be something in it: quickly."""
        return self._digits in plain

    def cleaned(self, raw: bytes) -> bytes:
        """The packet or line without the person; the same object where they are not in it."""
        if self._digits not in raw:
            return raw
        found = self._number.sub(self._instead, raw)
        if found == raw:
            return raw
        # A name alone is anybody's: only beside the number is it this person's.
        return found if self._names is None else self._names.sub(rb"\g<1>" + NAME.encode(), found)


# A name is a whole value of a packet's field about a caller, or a whole part of a line's between quotes.
_IN_NAMES = (
    rb"((?:^|\n)\w*(?:CallerIDName|ConnectedLineName|ConnectedName|CallerName|Value|CallerID): \"?|[\"'])(?:%s)"
    rb"(?=\"|'|\r|\n| <|$)"
)
