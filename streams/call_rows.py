"""A changed call as rows: itself, and those of its stints, legs, missed rings and recordings that differ from before.

Everything comes from the call's public form, so a row cannot say anything else than the JSON of the API and
of the replay. Pure.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from calls.call import Call
from calls.form import CallForm, LegForm, MissedForm, RecordingForm, StintForm, call_uuid, iso
from calls.settings import Settings
from calls.state import CallChanged
from calls.timeline import proved
from streams.rows import CallRow, CorrectionRow, Kept, LegRow, MissedRow, RecordingRow, StintRow

Rows = defaultdict[str, list[Struct]]
"""Rows by table; under `-TABLE` stands what is to be deleted from it."""


def call_agent(call: Call, settings: Settings) -> str | None:
    """The agent who is now on the call, else who was last; None when nobody was."""
    leg = next((leg for leg in reversed(call.legs) if leg.ended_at is None), call.legs[-1] if call.legs else None)
    return None if leg is None else settings.agent(leg.interface, leg.agent).agent_id


def call_duration(call: Call) -> float | None:
    """Seconds of talk and hold of all legs; None while one lasts, and when nobody answered."""
    spans = [leg.talk_ms + leg.hold_ms for leg in call.legs if leg.talk_ms is not None]
    return sum(spans) / 1000 if spans and len(spans) == len(call.legs) else None


def add_call(rows: Rows, old: Call | None, call: Call, form: CallForm, agent_id: str | None) -> None:
    """Add what must be written when `old`, as it is stored, becomes `call`. `form` is the public form of `call`."""
    rows["call_sessions"].append(call_row(call, form, agent_id))
    for field, (table, row) in CHILDREN.items():
        before = getattr(old, field) if old is not None else ()
        after = getattr(call, field)
        same_tenant = old is not None and old.tenant == call.tenant
        for ordinal, child in enumerate(getattr(form, field)):
            if not (same_tenant and ordinal < len(before) and before[ordinal] == after[ordinal]):
                rows[table].append(row(form, ordinal, child))
        if len(before) > len(after):
            rows["-" + table].append(Kept(form.call_id, len(after)))


def correction_row(change: CallChanged) -> CorrectionRow | None:
    """What the files put right in a call, None where they only confirmed it."""
    call, before = change.call, change.before
    new = proved(before, call)
    if not change.cause or new.keys() <= {"certainty"}:
        return None
    old = proved(call, before) if before is not None else {}
    fields = {path: (old.get(path), new.get(path)) for path in sorted(new.keys() | old.keys()) if path != "certainty"}
    return CorrectionRow(call.call_id, call.version, iso(change.event.at), change.cause, before is None, fields)


def call_row(call: Call, form: CallForm, agent_id: str | None) -> CallRow:
    """The row of a call itself."""
    return CallRow(
        id=call_uuid(form.call_id),
        call_id=form.call_id,
        pbx=form.pbx,
        tenant_id=form.tenant,
        direction=form.direction,
        from_number=form.from_number,
        from_name=form.from_name,
        to_number=form.to_number,
        status=form.status.upper(),
        certainty=form.certainty,
        merged_into=form.merged_into,
        started_at=form.started_at,
        answered_at=form.answered_at,
        ended_at=form.ended_at,
        hangup_cause=form.hangup_cause,
        outcome=form.outcome,
        agent_id=agent_id,
        duration=call_duration(call),
        created_at=form.started_at,
        version=call.version,
    )


def stint_row(call: CallForm, ordinal: int, stint: StintForm) -> StintRow:
    """The row of one stint."""
    return StintRow(
        call_id=call.call_id,
        ordinal=ordinal,
        tenant_id=call.tenant,
        uniqueid=stint.uniqueid,
        queue=stint.queue,
        entered_at=stint.entered_at,
        left_at=stint.left_at,
        position=stint.position,
        outcome=stint.outcome,
        wait_s=stint.wait_s,
        agent=stint.agent,
    )


def leg_row(call: CallForm, ordinal: int, leg: LegForm) -> LegRow:
    """The row of one leg."""
    return LegRow(
        call_id=call.call_id,
        ordinal=ordinal,
        tenant_id=call.tenant,
        stint=leg.stint,
        agent=leg.agent,
        interface=leg.interface,
        rang_at=leg.rang_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        talk_s=leg.talk_s,
        hold_s=leg.hold_s,
        holds=leg.holds,
        ended_by=leg.ended_by,
        transfer_kind=leg.transfer.kind if leg.transfer else None,
        transfer_to=leg.transfer.to if leg.transfer else None,
        mos=leg.mos,
        mos_method=leg.mos_method,
    )


def missed_row(call: CallForm, ordinal: int, ring: MissedForm) -> MissedRow:
    """The row of one missed ring."""
    return MissedRow(
        call_id=call.call_id,
        ordinal=ordinal,
        tenant_id=call.tenant,
        stint=ring.stint,
        agent=ring.agent,
        interface=ring.interface,
        rang_at=ring.rang_at,
        ring_s=ring.ring_s,
    )


def recording_row(call: CallForm, ordinal: int, recording: RecordingForm) -> RecordingRow:
    """The row of one recording."""
    return RecordingRow(
        call_id=call.call_id,
        ordinal=ordinal,
        tenant_id=call.tenant,
        file=recording.file,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
    )


# The call's lists of parts: the table they go to, and how a part becomes a row.
CHILDREN: dict[str, tuple[str, Callable[[CallForm, int, Any], Struct]]] = {
    "stints": ("stints", stint_row),
    "legs": ("legs", leg_row),
    "missed": ("missed_rings", missed_row),
    "recordings": ("recordings", recording_row),
}
