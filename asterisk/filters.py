"""The ignore list as filters that Asterisk itself applies: three of four packets need not cross the network. Pure.

Regular expressions over a whole packet, which every Asterisk knows, excluding because they begin with `!`; a newer
version's cheaper criteria would be taken for something else by an older one. They are POSIX ones, without look-ahead:
that a value is none of those that are kept is spelled out letter by letter. What gets through all the same, from
a PBX that refuses filters, is dropped and counted here.
"""

from collections.abc import Sequence
from typing import Final

from asterisk.actions import Filter
from asterisk.noise import IGNORED, KEPT

# Lines end with CR and LF, which cannot stand in an action's header.
_END = "[[:cntrl:]]"


def _any_other(values: Sequence[str]) -> str:
    """An expression for every beginning that is none of these values'."""
    following: dict[str, set[str]] = {}
    for value in values:
        for length, letter in enumerate(value):
            following.setdefault(value[:length], set()).add(letter)
        following.setdefault(value, set()).add("[:cntrl:]")
    return "(" + "|".join(f"{start}[^{''.join(sorted(more))}]" for start, more in sorted(following.items())) + ")"


def _types(names: list[str]) -> str:
    return f"!^Event: ({'|'.join(names)}){_END}"


def _others(name: str, header: str, kept: Sequence[str]) -> str:
    return f"!^Event: {name}{_END}.*{_END}{header}: {_any_other(kept)}"


FILTERS: Final[tuple[Filter, ...]] = (
    Filter(filter=_types(sorted(name.decode() for name in IGNORED))),
    *(
        Filter(filter=_others(name.decode(), key.decode(), [value.decode() for value in values]))
        for name, (key, values) in KEPT.items()
    ),
)
