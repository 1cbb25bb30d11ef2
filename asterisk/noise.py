"""Which packets nothing of ours reads, told by their first bytes, without a parse. Pure.

`IGNORED` are the types that the ingester need not even store. Three of four packets of a real PBX end here, so each
call of a method counts: one costs as much as a tenth of cutting a packet off the stream.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")

# Types that no reader of ours needs. VarSet and Newexten are most of the traffic; of them only `KEPT` are read.
IGNORED: Final = frozenset(
    {
        b"AuthDetail",  # holds an endpoint's password in clear text
        b"BridgeCreate",
        b"BridgeDestroy",
        b"BridgeInfoChannel",
        b"CEL",  # the CEL file is the better copy
        b"Cdr",
        b"ChallengeSent",
        b"ContactStatus",  # phones and trunks that register again, day and night, also where nobody calls
        b"DTMFBegin",  # digits may be a card's number
        b"DTMFEnd",
        b"DeviceStateChange",
        b"DialState",
        b"ExtensionStatus",
        b"InvalidPassword",
        b"MusicOnHoldStart",
        b"MusicOnHoldStop",
        b"NewCallerid",
        b"NewConnectedLine",
        b"PeerStatus",
        b"Registry",
        b"RequestBadFormat",
        b"SuccessfulAuth",
        b"TestEvent",
    }
)
# The header and its values that save a packet of a noisy type from being ignored.
KEPT: Final = {
    b"VarSet": (b"Variable", (b"MIXMONITOR_FILENAME", b"QUEUESTATUS")),
    b"Newexten": (b"Application", (b"Queue",)),
}

# This many bytes hold the longest type with its line end; looking them up is quicker than finding where the line ends.
HEAD: Final = 40
# What follows the type is the same for all packets of it, up to the time in some short ones: a PBX has some fifty.
_REMEMBERED: Final = 4096
_EVENT: Final = b"Event: "


class Heads(dict[bytes, T]):
    """`heads[raw[:HEAD]]` is what `of_type` gives for the packet's type, b"" where it does not begin with one.

    Asterisk begins each event with its type; a response has none.
    """

    def __init__(self, of_type: Callable[[bytes], T]) -> None:
        super().__init__()
        self._of_type = of_type

    def __missing__(self, head: bytes) -> T:
        line, complete, _ = head.partition(b"\r\n")
        found = self._of_type(line.removeprefix(_EVENT) if complete and line.startswith(_EVENT) else b"")
        if len(self) < _REMEMBERED:
            self[head] = found
        return found


class _Rule(NamedTuple):
    """A type that is ignored, unless the last line with `header` has one of the `values`."""

    name: str
    header: bytes
    values: tuple[bytes, ...]


def _rule(name: bytes) -> _Rule | None:
    if name in KEPT:
        header, values = KEPT[name]
        return _Rule(name.decode(), b"\r\n" + header + b": ", tuple(value + b"\r\n" for value in values))
    return _Rule(name.decode(), b"", ()) if name in IGNORED else None


_rules: Final = Heads(_rule)


def is_ignored(raw: bytes) -> bool:
    """Whether nothing of ours reads this packet."""
    rule = _rules[raw[:HEAD]]
    return rule is not None and not (rule.header and raw.rpartition(rule.header)[2].startswith(rule.values))


def sift(packets: Iterable[bytes], ignored: Counter[str]) -> list[tuple[int, bytes]]:
    """The packets that are not ignored, each with its place; the others are counted by type in `ignored`."""
    kept, names = [], []
    for place, raw in enumerate(packets):
        rule = _rules[raw[:HEAD]]
        if rule is None:
            kept.append((place, raw))
            continue
        name, header, values = rule
        if header and raw.rpartition(header)[2].startswith(values):
            kept.append((place, raw))
        else:
            names.append(name)
    ignored.update(names)
    return kept
