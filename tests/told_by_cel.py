"""A second independent check: what Asterisk's CEL and CDR say of each call, held against the calls that we rebuilt.

It covers what queue_log does not know: internal, outbound and merged calls, transfer targets, conferences, causes. It
shares no code with the reducer or the parsers: plain lines in, plain sentences out.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

# CEL takes its own time a moment before or after the manager event; a machine under load makes it a longer one.
TOLERANCE_S = 0.25
EVENT, TIME, NAME, UNIQUEID, LINKEDID, EXTRA = 0, 1, 9, 14, 15, 19
CDR_DISPOSITION, CDR_LINKEDID = 14, 19
# Channels that Asterisk makes for itself: whoever is in a bridge with one talks to nobody.
NOBODY = ("CBAnn/", "CBRec/", "Announcer/", "Surrogate/", "Recorder/")
DISPOSITIONS = {
    "answered": {"ANSWERED"},
    "busy": {"BUSY"},
    "no_answer": {"NO ANSWER"},
    "failed": {"FAILED", "CONGESTION"},
}


@dataclass
class Channel:
    """A channel's life: when it was in which bridge, and how it ended. Times in seconds."""

    name: str
    linkedid: str
    start: float
    end: float | None = None
    cause: int | None = None
    stays: list[tuple[str, float, float]] = field(default_factory=list)
    entered: tuple[str, float] | None = None

    @property
    def phone(self) -> str:
        """`1001` for `PJSIP/1001-0000000a`."""
        return self.name.partition("/")[2].rpartition("-")[0]


def told_by_cel(path: Path) -> dict[str, Channel]:
    """Every channel of a person by its uniqueid, with the Linkedid it had last."""
    channels: dict[str, Channel] = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.reader(file):
            if row[NAME].startswith(NOBODY):
                continue
            at = datetime.fromisoformat(row[TIME]).replace(tzinfo=UTC).timestamp()
            channel = channels.setdefault(row[UNIQUEID], Channel(row[NAME], row[LINKEDID], at))
            channel.linkedid = row[LINKEDID]
            _tell(channel, row[EVENT], at, json.loads(row[EXTRA] or "{}"))
    for channel in channels.values():
        if channel.entered:  # it is still there as the recording ends
            channel.stays.append((*channel.entered, inf))
    return channels


def _tell(channel: Channel, event: str, at: float, extra: dict[str, Any]) -> None:
    if event == "BRIDGE_ENTER" and extra["bridge_technology"] != "holding_bridge":
        channel.entered = extra["bridge_id"], at
    elif event == "BRIDGE_EXIT" and channel.entered:
        channel.stays.append((*channel.entered, at))
        channel.entered = None
    elif event == "HANGUP":
        channel.end, channel.cause = at, extra["hangupcause"]


def together(channel: Channel, others: Iterable[Channel], begun: float = 0.0) -> float:
    """Seconds that a channel was in a bridge with any other, from `begun` on."""
    spans = sorted(
        (max(since, start), min(until, end))
        for bridge, since, until in channel.stays
        for other in others
        for there, start, end in other.stays
        if other is not channel and there == bridge and start < until and since < end
    )
    spent, reached = 0.0, begun
    for start, end in spans:
        spent += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return spent


def contradictions(cel: Path, cdr: Path, calls: Iterable[dict[str, Any]], agents: Iterable[str]) -> list[str]:
    """Everything that CEL or CDR say otherwise of calls in their public form; `agents` are the agents' interfaces.

    How a call ended that is open is left out, and how one that became part of another: it has no end of its own.
    """
    phones = {_extension(interface) for interface in agents}
    channels = told_by_cel(cel)
    ours = {call["call_id"].partition(":")[2]: call for call in calls}
    theirs: dict[str, list[Channel]] = defaultdict(list)
    for channel in channels.values():
        theirs[channel.linkedid].append(channel)
    found = [f"{it}: in CEL only" for it in theirs.keys() - ours.keys()]
    for linkedid, call in ours.items():
        found += _of_start(linkedid, call, channels)
        if call["merged_into"] is not None:
            continue
        if linkedid not in theirs:
            found.append(f"{linkedid}: rebuilt only")
        elif not call["ended_at"]:
            found += _of_talk(linkedid, ours, channels, phones)
        elif all(it.end for it in theirs[linkedid]):
            found += _of_end(linkedid, call, theirs[linkedid], channels)
            found += _of_talk(linkedid, ours, channels, phones)
    dispositions = told_by_cdr(cdr)
    for linkedid, call in ours.items():
        wanted = DISPOSITIONS.get(call["outcome"]) if not call["stints"] else None
        if wanted and linkedid in dispositions and not wanted & dispositions[linkedid]:
            found.append(f"{linkedid}: outcome {call['outcome']}, CDR says {dispositions[linkedid]}")
    return sorted(found)


def told_by_cdr(path: Path) -> dict[str, set[str]]:
    """The dispositions of each Linkedid's records."""
    found: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.reader(file):
            found[row[CDR_LINKEDID]].add(row[CDR_DISPOSITION])
    return found


def _of_start(linkedid: str, call: dict[str, Any], channels: dict[str, Channel]) -> Iterator[str]:
    first = channels.get(linkedid)
    if first is not None and not _near(_seconds(call["started_at"]), first.start):
        yield f"{linkedid}: started at {call['started_at']}, CEL says {first.start}"


def _of_end(linkedid: str, call: dict[str, Any], mine: list[Channel], channels: dict[str, Channel]) -> Iterator[str]:
    first = channels.get(linkedid)
    if first is not None and first.cause != call["hangup_cause"]:
        yield f"{linkedid}: cause {call['hangup_cause']}, CEL says {first.cause}"
    last = max(it.end or 0.0 for it in mine)
    if not _near(_seconds(call["ended_at"]), last):
        yield f"{linkedid}: ended at {call['ended_at']}, CEL says {last}"
    talked = any(together(it, channels.values()) > 0 for it in mine)
    if talked != (call["answered_at"] is not None):
        yield f"{linkedid}: answered at {call['answered_at']}, CEL says {'a conversation' if talked else 'none'}"


def _of_talk(
    linkedid: str, ours: dict[str, dict[str, Any]], channels: dict[str, Channel], phones: set[str]
) -> Iterator[str]:
    """Each agent's phone: its legs in this call and in those that became part of it, against its time in bridges."""
    mine = [channel for channel in channels.values() if _ends_in(ours, channel.linkedid) == linkedid]
    parts = [call for name, call in ours.items() if _ends_in(ours, name) == linkedid]
    legs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for leg in (leg for call in parts for leg in call["legs"]):
        legs[_extension(leg["interface"])].append(leg)
    for phone in legs.keys() | phones:
        its = [channel for channel in mine if channel.phone == phone]
        still = next((_seconds(leg["answered_at"]) for leg in legs[phone] if leg["ended_at"] is None), None)
        if still is None:
            talked = sum(leg["talk_s"] + leg["hold_s"] for leg in legs[phone])
            spent = sum(together(it, channels.values()) for it in its)
            if not _near(talked, spent):
                yield f"{linkedid}: {phone} talked {talked:.3f} s, CEL says {spent:.3f} s"
        elif not any(together(it, channels.values(), still) > TOLERANCE_S for it in its):
            yield f"{linkedid}: {phone} is said to talk since {still}, CEL says to nobody"


def _extension(interface: str) -> str:
    return interface.partition("/")[2].partition("@")[0]


def _ends_in(ours: dict[str, dict[str, Any]], name: str) -> str:
    into = ours[name]["merged_into"] if name in ours else None
    return name if into is None else _ends_in(ours, into.partition(":")[2])


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE_S


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()
