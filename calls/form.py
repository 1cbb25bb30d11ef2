"""A call as the outside reads it: JSON by `trunkline replay`, messages on the topic `calls`, rows in PostgreSQL.

ISO 8601 UTC times with milliseconds, durations in seconds, null where not applicable.
"""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

from calls.call import Call, Leg, MissedRing, Outcome, Recording, Status, Stint, StintOutcome, Transfer


class StintForm(Struct, frozen=True):
    """One stay in one queue. `wait_s` seconds from entering to leaving."""

    uniqueid: str
    queue: str
    entered_at: str
    left_at: str | None
    position: int | None
    outcome: str | None
    wait_s: float | None
    agent: str | None


class TransferForm(Struct, frozen=True):
    """Where an agent sent the caller."""

    kind: str
    to: str


class LegForm(Struct, frozen=True):
    """One agent's part. `talk_s` leaves out `hold_s`; `stint` is an index into the call's stints."""

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
    transfer: TransferForm | None
    mos: float | None
    mos_method: str | None


class MissedForm(Struct, frozen=True):
    """A ring that was not answered."""

    stint: int | None
    agent: str
    interface: str
    rang_at: str
    ring_s: float


class RecordingForm(Struct, frozen=True):
    """A recording."""

    file: str
    started_at: str
    ended_at: str | None


class CallForm(Struct, frozen=True):
    """One call, whole. The order of the fields is the order in the JSON."""

    call_id: str
    pbx: str
    tenant: str
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
    stints: list[StintForm]
    legs: list[LegForm]
    missed: list[MissedForm]
    recordings: list[RecordingForm]


def iso(ms: int) -> str:
    """`2026-11-22T14:03:22.418Z` for milliseconds since the epoch."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}Z"


def call_uuid(call_id: str) -> UUID:
    """The id of the call's row (`callSessionId`): UUIDv5 of its call id."""
    return uuid5(NAMESPACE_URL, call_id)


def call_form(call: Call) -> CallForm:
    """The public form of a call, open or ended."""
    return CallForm(
        call_id=call.call_id,
        pbx=call.pbx,
        tenant=call.tenant,
        direction=call.direction,
        from_number=call.from_number or None,
        from_name=call.from_name or None,
        to_number=call.to_number or None,
        status=call.status.value,
        certainty=call.certainty,
        merged_into=call.merged_into,
        started_at=iso(call.started_at),
        answered_at=_iso(call.answered_at),
        ended_at=_iso(call.ended_at),
        hangup_cause=call.hangup_cause,
        outcome=call.outcome.value if call.outcome else None,
        stints=[
            StintForm(
                uniqueid=stint.uniqueid,
                queue=stint.queue,
                entered_at=iso(stint.entered_at),
                left_at=_iso(stint.left_at),
                position=stint.position,
                outcome=stint.outcome.value if stint.outcome else None,
                wait_s=_seconds(stint.wait_ms),
                agent=stint.agent,
            )
            for stint in call.stints
        ],
        legs=[_leg(leg) for leg in call.legs],
        missed=[
            MissedForm(ring.stint, ring.agent, ring.interface, iso(ring.rang_at), ring.ring_ms / 1000)
            for ring in call.missed
        ],
        recordings=[RecordingForm(it.file, iso(it.started_at), _iso(it.ended_at)) for it in call.recordings],
    )


def call_of(form: CallForm) -> Call:
    """The call again, as far as its form tells: without channels, sound, and what is open of it."""
    return Call(
        linkedid=form.call_id.partition(":")[2],
        pbx=form.pbx,
        started_at=_ms(form.started_at),
        tenant=form.tenant,
        direction=form.direction,
        from_number=form.from_number or "",
        from_name=form.from_name or "",
        to_number=form.to_number or "",
        status=Status(form.status),
        certainty=form.certainty,
        merged_into=form.merged_into,
        answered_at=_ms_or_none(form.answered_at),
        ended_at=_ms_or_none(form.ended_at),
        hangup_cause=form.hangup_cause,
        outcome=Outcome(form.outcome) if form.outcome else None,
        stints=tuple(
            Stint(
                uniqueid=stint.uniqueid,
                queue=stint.queue,
                entered_at=_ms(stint.entered_at),
                position=stint.position,
                left_at=_ms_or_none(stint.left_at),
                outcome=StintOutcome(stint.outcome) if stint.outcome else None,
                agent=stint.agent,
            )
            for stint in form.stints
        ),
        legs=tuple(map(_leg_of, form.legs)),
        missed=tuple(
            MissedRing(ring.stint, ring.agent, ring.interface, _ms(ring.rang_at), round(ring.ring_s * 1000))
            for ring in form.missed
        ),
        recordings=tuple(
            Recording(it.file, "", _ms(it.started_at), _ms_or_none(it.ended_at)) for it in form.recordings
        ),
    )


def _leg_of(form: LegForm) -> Leg:
    """What its span has beyond talk and hold it spent alone."""
    answered, ended, hold = _ms(form.answered_at), _ms_or_none(form.ended_at), round(form.hold_s * 1000)
    apart = 0 if ended is None or form.talk_s is None else ended - answered - hold - round(form.talk_s * 1000)
    return Leg(
        stint=form.stint,
        agent=form.agent,
        interface=form.interface,
        uniqueid="",
        rang_at=_ms_or_none(form.rang_at),
        answered_at=answered,
        ended_at=ended,
        hold_ms=hold,
        holds=form.holds,
        apart_ms=max(0, apart),
        ended_by=form.ended_by,
        transfer=Transfer(form.transfer.kind, form.transfer.to) if form.transfer else None,
        mos=form.mos,
        mos_method=form.mos_method,
    )


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _ms_or_none(text: str | None) -> int | None:
    return None if text is None else _ms(text)


def _leg(leg: Leg) -> LegForm:
    return LegForm(
        stint=leg.stint,
        agent=leg.agent,
        interface=leg.interface,
        rang_at=_iso(leg.rang_at),
        answered_at=iso(leg.answered_at),
        ended_at=_iso(leg.ended_at),
        talk_s=_seconds(leg.talk_ms),
        hold_s=leg.hold_ms / 1000,
        holds=leg.holds,
        ended_by=leg.ended_by,
        transfer=TransferForm(leg.transfer.kind, leg.transfer.to) if leg.transfer else None,
        mos=leg.mos,
        mos_method=leg.mos_method,
    )


def _iso(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
