"""Calls, agents, queues and what else is written, as rows: structs whose fields are the columns they go to.

How they are made: call_rows.py and live_rows.py; how they are written: statements.py. Times are ISO 8601 text, which
PostgreSQL reads itself; durations are seconds. No logic here.
"""

from typing import Any
from uuid import UUID

from msgspec import Raw, Struct

from calls.timeline import Step


class CallRow(Struct, frozen=True):
    """call_sessions."""

    id: UUID
    call_id: str
    pbx: str
    tenant_id: str
    direction: str
    from_number: str | None
    from_name: str | None
    to_number: str | None
    status: str
    certainty: str
    merged_into: str | None
    started_at: str
    answered_at: str | None
    ended_at: str | None
    hangup_cause: int | None
    outcome: str | None
    agent_id: str | None
    duration: float | None
    created_at: str
    version: int


class StintRow(Struct, frozen=True):
    """stints."""

    call_id: str
    ordinal: int
    tenant_id: str
    uniqueid: str
    queue: str
    entered_at: str
    left_at: str | None
    position: int | None
    outcome: str | None
    wait_s: float | None
    agent: str | None


class LegRow(Struct, frozen=True):
    """legs."""

    call_id: str
    ordinal: int
    tenant_id: str
    stint: int | None
    agent: str
    interface: str
    rang_at: str | None
    answered_at: str
    ended_at: str | None
    talk_s: float | None
    hold_s: float
    holds: int
    ended_by: str | None
    transfer_kind: str | None
    transfer_to: str | None
    mos: float | None
    mos_method: str | None


class MissedRow(Struct, frozen=True):
    """missed_rings."""

    call_id: str
    ordinal: int
    tenant_id: str
    stint: int | None
    agent: str
    interface: str
    rang_at: str
    ring_s: float


class RecordingRow(Struct, frozen=True):
    """recordings."""

    call_id: str
    ordinal: int
    tenant_id: str
    file: str
    started_at: str
    ended_at: str | None


class TimelineRow(Struct, frozen=True):
    """call_timelines: what one transaction adds to a call's timeline. `version` is the call's after it."""

    call_id: str
    version: int
    steps: list[Step]


class CorrectionRow(Struct, frozen=True):
    """corrections: what the files put right of a call that AMI had not heard whole. `version` is the call's after it.

    `fields` has the old and the new value of each field by its path in the call's form; a call that AMI had not told of
    at all is `appeared`.
    """

    call_id: str
    version: int
    at: str
    cause: str
    appeared: bool
    fields: dict[str, tuple[Any, Any]]


class AgentRow(Struct, frozen=True):
    """agent_extensions. `live` is the message that is published, too."""

    pbx: str
    agent_id: str
    tenant_id: str
    name: str
    interface: str
    extension: str
    status: str
    state: str
    reason: str
    since: str
    until: str | None
    call_id: str | None
    live: Raw
    version: int


class QueueRow(Struct, frozen=True):
    """queues. `live` is the message that is published, too."""

    pbx: str
    queue_id: str
    tenant_id: str
    name: str
    service_level_s: float
    short_abandon_s: float
    wrapup_s: float
    target: float
    live: Raw
    version: int


class IntervalRow(Struct, frozen=True):
    """presence_intervals."""

    pbx: str
    agent_id: str
    tenant_id: str
    state: str
    reason: str
    started_at: str
    ended_at: str


class RejectRow(Struct, frozen=True):
    """rejects."""

    pbx: str
    source: str
    ingester: str
    epoch: int
    seq: int
    reason: str
    raw: bytes


class GapRow(Struct, frozen=True):
    """gaps, one row for each start of a source's. Without a start: from when the PBX was last heard until now.

    `pbx` is empty where no PBX is known yet. `ended_at` is null while the gap lasts.
    """

    pbx: str
    source: str
    cause: str
    started_at: str | None = None
    ended_at: str | None = None
    detail: dict[str, int | str] = {}


class HealthRow(Struct, frozen=True):
    """pbx_health. `last_event_at` is when the ingester received the last applied event."""

    pbx: str
    last_event_at: str
    version: int


class PartRow(Struct, frozen=True):
    """pbx_state."""

    pbx: str
    kind: str
    key: str
    body: bytes


class PartKey(Struct, frozen=True):
    """A row of pbx_state that is gone."""

    pbx: str
    kind: str
    key: str


class Kept(Struct, frozen=True):
    """How many stints, legs … a call has now: rows with a higher ordinal are gone."""

    call_id: str
    kept: int
