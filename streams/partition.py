"""What a worker holds of a partition, and what comes in and goes out of it. Values only."""

from dataclasses import dataclass, field
from typing import NamedTuple

from calls.live import GapLive
from calls.state import State


class Delivery(NamedTuple):
    """One record as Kafka gave it: where it stands, its key, its bytes (none in a record that somebody else wrote)."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Attempts(NamedTuple):
    """How often a record was tried in vain, and why it failed last."""

    times: int
    reason: str


class Advance(NamedTuple):
    """A partition's next offset as it must stand in the database, and as it shall stand after the transaction."""

    expected: int
    following: int


@dataclass
class Partition:
    """A partition as of the last commit. `moved_at` is when that was, in seconds of a monotonic clock.

    `attempts` are the records not before `next_offset` that failed, by offset; `gaps` those that loading it found.
    """

    number: int
    next_offset: int
    states: dict[str, State] = field(default_factory=dict)
    attempts: dict[int, Attempts] = field(default_factory=dict)
    gaps: list[GapLive] = field(default_factory=list)
    moved_at: float = 0.0
