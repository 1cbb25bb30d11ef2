"""What CEL tells of a PBX's channels: when each was in which bridge with whom, and how it ended.

Read from the records alone, without the reducer: it is one account of several, to be held against the others.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct, field

from calls.file_events import ChannelLogged

# Channels that Asterisk makes for itself: whoever is in a bridge with one talks to nobody.
NOBODY = ("CBAnn/", "CBRec/", "Announcer/", "Surrogate/", "Recorder/")
FOREVER = 1 << 62


class Stay(NamedTuple):
    """A channel's time in one bridge, in ms; FOREVER where the file does not tell its end."""

    bridge: str
    since: int
    until: int


class Life(Struct):
    """One channel. `linkedids` are those it had, in order; times in ms."""

    uniqueid: str
    name: str
    start: int
    linkedids: list[str]
    end: int | None = None
    cause: int | None = None
    stays: list[Stay] = field(default_factory=list)
    parked: list[int] = field(default_factory=list)

    @property
    def linkedid(self) -> str:
        """The last one: the call that it was part of in the end."""
        return self.linkedids[-1]

    @property
    def phone(self) -> str:
        """`1001` for `PJSIP/1001-0000000a`."""
        return self.name.partition("/")[2].rpartition("-")[0]


class Lives(Struct, frozen=True):
    """Every channel of a person: by Uniqueid, by the call that it ended in, by each that it was part of, by bridge."""

    channels: dict[str, Life]
    calls: dict[str, list[Life]]
    parts: dict[str, list[Life]]
    bridges: dict[str, list[tuple[str, Stay]]]

    def together(
        self, life: Life, start: int = 0, end: int = FOREVER, other: Life | None = None
    ) -> list[tuple[int, int]]:
        """The spans between `start` and `end` in which it shared a bridge with another, one where they meet.

        `other`: with that one only.
        """
        spans = sorted(
            (max(mine.since, stay.since, start), min(mine.until, stay.until, end))
            for mine in life.stays
            for uniqueid, stay in self.bridges[mine.bridge]
            if uniqueid != life.uniqueid and (other is None or uniqueid == other.uniqueid) and _meet(mine, stay)
        )
        merged: list[tuple[int, int]] = []
        for since, until in spans:
            if until < since:
                continue
            if merged and since <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(until, merged[-1][1])
            else:
                merged.append((since, until))
        return merged


def _meet(one: Stay, other: Stay) -> bool:
    """Whether two stays in one bridge overlap; one shorter than a millisecond does where the other has it inside."""
    if one.since == one.until or other.since == other.until:
        return one.since <= other.until and other.since <= one.until
    return one.since < other.until and other.since < one.until


def length(spans: Iterable[tuple[int, int]]) -> int:
    """How long spans are together, in ms."""
    return sum(until - since for since, until in spans)


def lives(records: Iterable[ChannelLogged]) -> Lives:
    """The channels that these records tell of, in the order of the file."""
    channels: dict[str, Life] = {}
    inside: dict[str, tuple[str, int]] = {}
    for record in records:
        told = record.channel
        if told.name.startswith(NOBODY):
            continue
        life = channels.get(told.uniqueid)
        if life is None:
            life = channels[told.uniqueid] = Life(told.uniqueid, told.name, record.at, [told.linkedid])
        if told.linkedid != life.linkedid:
            life.linkedids.append(told.linkedid)
        _tell(life, record, inside)
    for uniqueid, (bridge, since) in inside.items():
        channels[uniqueid].stays.append(Stay(bridge, since, FOREVER))
    calls: dict[str, list[Life]] = defaultdict(list)
    parts: dict[str, list[Life]] = defaultdict(list)
    bridges: dict[str, list[tuple[str, Stay]]] = defaultdict(list)
    for life in channels.values():
        calls[life.linkedid].append(life)
        for linkedid in set(life.linkedids):
            parts[linkedid].append(life)
        for stay in life.stays:
            bridges[stay.bridge].append((life.uniqueid, stay))
    return Lives(channels, calls, parts, bridges)


def _tell(life: Life, record: ChannelLogged, inside: dict[str, tuple[str, int]]) -> None:
    if record.kind == "BRIDGE_ENTER" and record.extra.get("bridge_technology") != "holding_bridge":
        inside[life.uniqueid] = str(record.extra.get("bridge_id", "")), record.at
    elif record.kind == "BRIDGE_EXIT" and life.uniqueid in inside:
        life.stays.append(Stay(*inside.pop(life.uniqueid), record.at))
    elif record.kind == "PARK_START":
        life.parked.append(record.at)
    elif record.kind == "HANGUP":
        cause = record.extra.get("hangupcause")
        life.end, life.cause = record.at, cause if isinstance(cause, int) else None
