"""The answers of the routes on calls that were, field by field, made of rows. Pure. Durations are seconds."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from api.history.search import Cursor


class CallRow(Struct, frozen=True, rename="camel"):
    """A row of a list: a call, or what a number counts of one. `cursor` is its place; `at` the moment that counts.

    `call_id` of a ledger may be a call that only the PBX's files know: then `is_known` is false, and most is null.
    """

    cursor: str
    call_id: str
    at: datetime
    is_known: bool
    direction: str | None
    from_number: str | None
    from_name: str | None
    to_number: str | None
    contact: str | None
    status: str | None
    outcome: str | None
    certainty: str | None
    started_at: datetime | None
    ended_at: datetime | None
    duration: float | None
    queues: list[str]
    agents: list[str]
    stays: int
    wait_s: float | None
    talk_s: float | None
    hold_s: float | None
    rings: int
    ring_s: float | None
    mos: float | None
    transfers: int
    transfer_to: str | None
    recordings: int
    disposition: str | None
    disposition_title: str | None
    has_notes: bool
    merged_into: str | None
    verdict: str | None


class CallRows(Struct, frozen=True):
    """A page of a list. `unit`: what a row is. `next`: what to ask for `after` to go on; null at the end."""

    unit: str
    items: list[CallRow]
    next: str | None


class Counted(Struct, frozen=True):
    """How many rows a list has in all."""

    total: int


class ContactOfCall(Struct, frozen=True):
    """Who called, if known."""

    id: str
    name: str
    company: str | None
    number: str


class Stay(Struct, frozen=True, rename="camel"):
    """One stay in one queue. `in_time`: within the queue's threshold; null while the caller waits."""

    queue: str
    name: str
    entered_at: datetime
    left_at: datetime | None
    position: int | None
    outcome: str | None
    wait_s: float | None
    agent: str | None
    service_level_s: float | None


class Part(Struct, frozen=True, rename="camel"):
    """One agent's part. `stint`: the stay that brought it, counted from 0. Loss and the like: as a page heard it."""

    stint: int | None
    agent: str
    interface: str
    rang_at: datetime | None
    answered_at: datetime
    ended_at: datetime | None
    talk_s: float | None
    hold_s: float
    holds: int
    ended_by: str | None
    transfer_kind: str | None
    transfer_to: str | None
    mos: float | None
    mos_method: str | None
    loss_ratio: float | None
    jitter_ms: float | None
    rtt_ms: float | None


class Ring(Struct, frozen=True, rename="camel"):
    """A ring in vain."""

    stint: int | None
    agent: str
    interface: str
    rang_at: datetime
    ring_s: float


class OnHold(Struct, frozen=True, rename="camel"):
    """A time on hold of one of the parts."""

    part: int
    began_at: datetime
    ended_at: datetime


class Correction(Struct, frozen=True):
    """What the PBX's files put right: by field the old and the new value."""

    at: datetime
    cause: str
    appeared: bool
    fields: Any


class Ledger(Struct, frozen=True, rename="camel"):
    """What AMI, queue_log, CEL and CDR each say of the call, fact by fact."""

    verdict: str
    agreed: int
    explained: int
    unexplained: int
    facts: Any
    changed_at: datetime


class Whole(Struct, frozen=True, rename="camel"):
    """One call with all that is known of it but its events. `merged`: calls that became part of this one."""

    id: str
    call_id: str
    pbx: str
    direction: str
    from_number: str | None
    from_name: str | None
    to_number: str | None
    status: str
    certainty: str
    merged_into: str | None
    merged: list[str]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    hangup_cause: int | None
    outcome: str | None
    duration: float | None
    disposition: str | None
    disposition_title: str | None
    notes: str | None
    contact: ContactOfCall | None
    stays: list[Stay]
    parts: list[Part]
    rings: list[Ring]
    holds: list[OnHold]
    corrections: list[Correction]
    ledger: Ledger | None
    events: int


class Event(Struct, frozen=True):
    """One event that changed the call. `source … seq` are its place; `proved` has the new values by their paths."""

    version: int
    at: datetime
    event: str
    source: str
    ingester: str
    epoch: int
    seq: int
    proved: Any


class Events(Struct, frozen=True, rename="camel"):
    """All events that made a call what it is, in their order."""

    call_id: str
    items: list[Event]


class Rejects(Struct, frozen=True, rename="camel"):
    """How much of what one source of a PBX said was refused."""

    pbx: str
    source: str
    rejects: int
    last_at: datetime


class AllRejects(Struct, frozen=True):
    """Those of each source that has any."""

    items: list[Rejects]


def call_row(row: dict[str, Any]) -> CallRow:
    """A row of a list. Counts of nothing are 0, sums of nothing null."""
    told = dict(row)
    key = Cursor(told["at"], told.pop("ordinal"), told["call_id"])
    for name in ("queues", "agents"):
        told[name] = sorted(told[name] or [])
    for name in ("stays", "rings", "transfers"):
        told[name] = told[name] or 0
    for name in ("wait_s", "talk_s", "hold_s", "ring_s", "duration"):
        told[name] = None if told[name] is None else round(told[name], 3)
    told["has_notes"] = bool(told["has_notes"])
    return CallRow(cursor=key.text(), **told)
