"""Recordings together with the files that Asterisk wrote meanwhile, in the order in which an ingester has them."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from asterisk.decode import Link, events_of
from asterisk.recording import mark, read_lines
from calls.codec import Entry, Record
from calls.file_events import CEL, QUEUE_LOG
from calls.state import Rejected

SOURCES = (QUEUE_LOG, CEL)
FILES = {QUEUE_LOG: "queue_log", CEL: "cel.csv"}
MARK_MS = 1000
# Long enough for a call of which nothing tells the end any more.
AFTER_MS = 70_000
# queue_log has whole seconds.
NEAR_S = 1.6
# Asterisk writes into which lot a caller was parked, and not into which space.
LOT = "default"
# What the files do not know, or say in their own words: sound, recordings, the dialplan's word for the direction.
UNKNOWN = {
    "certainty",
    "mos",
    "mos_method",
    "recordings",
    "direction",
    "position",
    "from_number",
    "from_name",
    "to_number",
}


Lag = Callable[[str], int]
"""How long (ms) after its own time the next packet or line of a source is read."""


def promptly(source: str) -> int:
    """A file is read a moment after AMI."""
    return 250 if source in SOURCES else 0


def interleaved(heard: Iterable[Record], folder: Path, lag: Lag = promptly) -> Iterator[Record]:
    """Every packet and line by when it is read, with a mark each second."""
    packets = list(_packets(heard, lag))
    lines = [it for name in SOURCES for it in _lines(folder, name, packets[0][1].pbx, lag)]
    pbx, order = packets[0][1].pbx, sorted([*packets, *lines], key=lambda it: it[0])
    number, until = 1, order[0][0]
    yield mark(pbx, SOURCES, number, until)
    for at, it, entry in order:
        while at >= until + MARK_MS:
            number, until = number + 1, until + MARK_MS
            yield mark(pbx, SOURCES, number, until)
        yield replace(it, entries=[entry])
    for at in range(until + MARK_MS, order[-1][0] + AFTER_MS, MARK_MS):
        number += 1
        yield mark(pbx, SOURCES, number, at)


def _packets(heard: Iterable[Record], lag: Lag) -> Iterator[tuple[int, Record, Entry]]:
    read = 0
    for it in heard:
        for entry in it.entries:
            read = max(read, entry.received + lag(it.source))
            yield read, it, entry


def _lines(folder: Path, source: str, pbx: str, lag: Lag) -> Iterator[tuple[int, Record, Entry]]:
    """Each line by when it was read: by its own time, but not before the line in front of it."""
    read = 0
    for it in read_lines(folder / FILES[source], source, pbx):
        for entry in it.entries:
            (event,) = events_of(replace(it, entries=[entry]))
            assert not isinstance(event, Rejected)
            read = max(read, event.at + lag(source))
            yield read, it, entry


def cut(heard: Iterable[Record], chosen: random.Random) -> list[Record]:
    """The same session, deaf for a span in its midst: what was said then is lost, and nobody asks afterwards."""
    packets = [(it, entry) for it in heard for entry in it.entries]
    first = chosen.randrange(1, len(packets))
    last = chosen.randrange(first, len(packets) + 1)
    session = packets[0][0]
    lost, back = packets[first - 1][1].received, packets[min(last, len(packets) - 1)][1].received
    before, after = [it for _, it in packets[:first]], [it for _, it in packets[last:]]
    return [
        replace(session, entries=before),
        _note(session, 1, Link("ami", lost, "cut")),
        _note(session, 2, Link("ami", back)),
        *([replace(session, epoch=session.epoch + 1, entries=after)] if after else []),
    ]


def _note(session: Record, number: int, link: Link) -> Record:
    return replace(session, source="link", epoch=number, entries=[Entry(0, link.at, msgspec.json.encode(link))])


def far_apart(whole: Any, healed: Any, path: str = "") -> list[str]:
    """Where a healed call says another thing than the same call heard whole, with times of whole seconds let pass."""
    if isinstance(whole, dict) and isinstance(healed, dict):
        names = [name for name in whole if name not in UNKNOWN]
        return [it for name in names for it in far_apart(whole[name], healed[name], f"{path}.{name}")]
    if isinstance(whole, list) and isinstance(healed, list):
        # Nothing is written of those who were not let in.
        pair = [[it for it in some if it.get("outcome") not in ("join_empty", "full")] for some in (whole, healed)]
        if len(pair[0]) != len(pair[1]):
            return [f"{path}: {len(pair[0])} and not {len(pair[1])}"]
        each = zip(*pair, strict=True)
        return [it for index, both in enumerate(each) for it in far_apart(*both, f"{path}[{index}]")]
    return [] if whole == healed or healed == LOT or _near(whole, healed) else [f"{path}: {whole!r} and not {healed!r}"]


def _near(whole: Any, healed: Any) -> bool:
    if isinstance(whole, int | float) and isinstance(healed, int | float):
        return abs(whole - healed) <= NEAR_S
    if isinstance(whole, str) and isinstance(healed, str) and whole.endswith("Z") and healed.endswith("Z"):
        return abs((datetime.fromisoformat(whole) - datetime.fromisoformat(healed)).total_seconds()) <= NEAR_S
    return False
