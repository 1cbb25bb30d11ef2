"""Recordings as records of Kafka: filtered and packed as the ingester does, and as many copies as a test wants."""

import re
from collections.abc import Iterator
from pathlib import Path

from asterisk.noise import is_ignored
from asterisk.recording import read_records
from calls.codec import RECORD_VERSION, Entry, Record

SCENARIOS = Path(__file__).parents[1] / "scenarios"
# Channel ids and times of the recordings: seconds since the epoch, before a dot.
SECONDS = re.compile(rb"(?<!\d)179\d{7}(?=\.)")
HOUR_S = 3600
# As many as the ingester packs in 15 ms at 3,000 packets a second.
PACKED = 50


def recorded(scenario: str, copies: int = 1, pbx: str = "lab1", packed: int = PACKED) -> list[Record]:
    """The records of one login in which the scenario happens `copies` times, an hour apart, as different calls."""
    entries = list(_entries(SCENARIOS / scenario / "session.ami.gz"))
    shifted = (_shifted(entry, copy * HOUR_S) for copy in range(copies) for entry in entries)
    numbered = [Entry(seq, received, raw) for seq, (received, raw) in enumerate(shifted, 1)]
    return [Record(RECORD_VERSION, pbx, "ami", "a", 1, pack) for pack in _packs(numbered, packed)]


def _entries(path: Path) -> Iterator[Entry]:
    for record in read_records(path):
        yield from (entry for entry in record.entries if not is_ignored(entry.raw))


def _shifted(entry: Entry, seconds: int) -> tuple[int, bytes]:
    raw = SECONDS.sub(lambda found: b"%d" % (int(found[0]) + seconds), entry.raw) if seconds else entry.raw
    return entry.received + seconds * 1000, raw


def _packs(entries: list[Entry], size: int) -> Iterator[list[Entry]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
