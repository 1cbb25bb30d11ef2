"""Who is to be forgotten, as a text is searched for them: their number however it is written, and what stands in.

The stand-in is of the same kind: of the same length, in the same country where the number tells one, and no number that
anybody can have, because none begins with these zeros. It is made with a key that is thrown away, so nobody can go
back. What comes before a number within its country (`+49`, `0049`, `0`, the 9 for a line outside) stays.
Pure.
"""

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from msgspec import Struct

from calls.errors import NoCaller
from calls.numbers import read

# What a person is called where a name stood.
NAME = "Erased"
# Shorter ones are extensions, and found by chance in anything.
SHORTEST = 6
# As many zeros before the digits of a stand-in, and at least as many digits behind them.
ZEROS, FREE = 3, 4
# So often another stand-in is drawn. Of six digits there are ten thousand.
ATTEMPTS = 10_000


class Person(Struct, frozen=True):
    """`pattern` finds the number, for Python and PostgreSQL alike; its one group is what stays. `national` digits.

    `word` is what the person is called in logs and certificates: it says nothing to whoever has not the key.
    """

    national: str
    stand_in: str
    pattern: str
    names: tuple[str, ...] = ()
    word: str = ""


def person_of(number: str, home: int, key: bytes, taken: Callable[[str], bool]) -> Person:
    """The person of a number as it stands in the tables, read in the country with the code `home` (0: none is known).

    `taken` says whether a stand-in is somebody's already: two callers would become one. Raises NoCaller.
    """
    code, national = national_of(number, home)
    for attempt in range(ATTEMPTS):
        instead = stand_in(national, key, attempt)
        if not taken(instead):
            pattern = pattern_of(code, national, is_home=home in {0, code})
            return Person(national, instead, pattern, word=word_for(f"{code} {national}", key))
    raise NoCaller("There is no stand-in left for numbers of this length.")


def national_of(number: str, home: int) -> tuple[int, str]:
    """Whom a number is of: its country's code, 0 where none is known, and its digits there. Raises NoCaller."""
    found = read(number, home)
    if found is None:
        raise NoCaller("That is no phone number: write digits, with + before a country's code.")
    if found.national.startswith("0"):
        raise NoCaller("That number stands in for somebody who was erased.")
    if len(found.national) < SHORTEST:
        raise NoCaller(
            f"That number has fewer than {SHORTEST} digits: it is an extension, or is found by chance in others."
        )
    return found.code, found.national


def pattern_of(code: int, national: str, *, is_home: bool = True) -> str:
    """Where a number stands in a text: behind what is dialled before it, at home also alone. `code`: see `national_of`.

    Never inside a longer run of digits, and not the seconds of a time with fractions, as Uniqueids are.
    """
    before = [rf"\+?{code}0?", f"9?00{code}0?", f"9?011{code}"] if code else []
    if is_home:
        before += ["9?0", "91?"]
    return rf"(?<![0-9.])({'|'.join(before)}){'?' if is_home else ''}{national}(?!\.?[0-9])"


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
    """Takes people out of packets and lines of a PBX, as bytes. Whoever reads them next finds the stand-ins.

    Runs of digits are looked up by how they end, so that many people cost hardly more than one.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_tail: dict[bytes, list[Person]] = defaultdict(list)
        for person in people:
            self._by_tail[person.national[-SHORTEST:].encode()].append(person)
        self._tails = frozenset(self._by_tail)
        self._made: dict[str, _One] = {}
        self._alone = next(iter(self._tails)) if len(self._tails) == 1 else None

    def touches(self, plain: bytes) -> bool:
        """Whether there may be something in it: quickly."""
        if self._alone is not None:
            return self._alone in plain
        return not self._tails.isdisjoint([run[-SHORTEST:] for run in _RUN.findall(plain)])

    def cleaned(self, raw: bytes) -> bytes:
        """The packet or line without the people; the same object where none is in it."""
        if not self.touches(raw):
            return raw
        for tail in self._tails.intersection([run[-SHORTEST:] for run in _RUN.findall(raw)]):
            for person in self._by_tail[tail]:
                raw = self._one(person).cleaned(raw)
        return raw

    def _one(self, person: Person) -> "_One":
        """Made when they are met: few of many are in one log."""
        if person.stand_in not in self._made:
            self._made[person.stand_in] = _One(person)
        return self._made[person.stand_in]


class _One:
    """Takes one person out."""

    def __init__(self, person: Person) -> None:
        self._number = re.compile(person.pattern.encode())
        self._instead = rb"\g<1>" + person.stand_in.encode()
        names = sorted((name.encode() for name in person.names), key=len, reverse=True)
        self._names = re.compile(_IN_NAMES % b"|".join(map(re.escape, names))) if names else None

    def cleaned(self, raw: bytes) -> bytes:
        found = self._number.sub(self._instead, raw)
        if found == raw:
            return raw
        # A name alone is anybody's: only beside the number is it this person's.
        return found if self._names is None else self._names.sub(rb"\g<1>" + NAME.encode(), found)


_RUN = re.compile(rb"[0-9]{%d,}" % SHORTEST)
# A name is a whole value of a packet's field about a caller, or a whole part of a line's between quotes.
_IN_NAMES = (
    rb"((?:^|\n)\w*(?i:CallerIDName|ConnectedLineName|ConnectedName|CallerName|Value|CallerID): \"?|[\"'])(?:%s)"
    rb"(?=\"|'|\r|\n| <|$)"
)
