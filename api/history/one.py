"""One call read whole: its stays, parts and rings, what corrected it, its ledger, and the events that prove it."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from api.admin.acting import is_plain
from api.database import Connection
from api.errors import NotFound
from api.history import forms

NO_CALL = "Call session not found"

# An agent's are those in which a part is at one of the seats that the user was given.
_MAY_SEE: LiteralString = """
(%(own)s::uuid IS NULL OR EXISTS (SELECT FROM legs l JOIN agent_extensions a ON a.interface = l.interface
  WHERE l.call_id = c.call_id AND a.pbx = c.pbx AND a.user_id = %(own)s))
"""
_CALL: LiteralString = f"""
SELECT c.id, c.call_id, c.pbx, c.direction, c.from_number, c.from_name, c.to_number, c.status, c.certainty,
  c.merged_into, c.started_at, c.answered_at, c.ended_at, c.hangup_cause, c.outcome, c.duration, c.disposition,
  d.title AS disposition_title, c.notes, k.id AS contact_id, k.name AS contact_name, k.company,
  k.number AS contact_number
FROM call_sessions c LEFT JOIN contacts k ON k.id = c.contact_id
  LEFT JOIN dispositions d ON d.tenant_id = c.tenant_id AND d.code = c.disposition
WHERE c.call_id = %(call)s AND {_MAY_SEE}
"""
_STAYS: LiteralString = """
SELECT s.queue, coalesce(q.name, s.queue) AS name, s.entered_at, s.left_at, s.position, s.outcome, s.wait_s, s.agent,
  q.service_level_s
FROM stints s JOIN call_sessions c ON c.call_id = s.call_id
  LEFT JOIN queues q ON q.pbx = c.pbx AND q.queue_id = s.queue
WHERE s.call_id = %(call)s ORDER BY s.ordinal
"""
_PARTS: LiteralString = """
SELECT l.stint, l.agent, l.interface, l.rang_at, l.answered_at, l.ended_at, l.talk_s, l.hold_s, l.holds, l.ended_by,
  l.transfer_kind, l.transfer_to, coalesce(p.mos, l.mos) AS mos, coalesce(p.method, l.mos_method) AS mos_method,
  p.loss_ratio, p.jitter_ms, p.rtt_ms
FROM legs l LEFT JOIN phone_quality p ON p.call_id = l.call_id AND p.interface = l.interface AND p.leg = l.ordinal
WHERE l.call_id = %(call)s ORDER BY l.ordinal
"""
_RINGS: LiteralString = (
    "SELECT stint, agent, interface, rang_at, ring_s FROM missed_rings WHERE call_id = %(call)s ORDER BY ordinal"
)
_CORRECTIONS: LiteralString = (
    "SELECT at, cause, appeared, fields FROM corrections WHERE call_id = %(call)s ORDER BY version"
)
_LEDGER: LiteralString = (
    "SELECT verdict, agreed, explained, unexplained, facts, changed_at FROM reconciliations WHERE call_id = %(call)s"
)
_MERGED: LiteralString = "SELECT call_id FROM call_sessions WHERE merged_into = %(call)s ORDER BY started_at, call_id"
_EVENTS: LiteralString = (
    "SELECT version, at, event, source, ingester, epoch, seq, proved FROM call_timeline WHERE call_id = %(call)s"
    " ORDER BY version, place"
)
_HOLD = re.compile(r"legs\[(\d+)\]\.hold_s")


async def read_whole(connection: Connection, call_id: str, own: UUID | None) -> forms.Whole:
    """The call; `own`: only if this user has a part in it. Raises NotFound."""
    row = await _call(connection, call_id, own)
    wanted = {"call": call_id}
    stays = await _rows(connection, _STAYS, wanted)
    parts = await _rows(connection, _PARTS, wanted)
    rings = await _rows(connection, _RINGS, wanted)
    corrections = await _rows(connection, _CORRECTIONS, wanted)
    ledgers = await _rows(connection, _LEDGER, wanted)
    merged = await _rows(connection, _MERGED, wanted)
    events = await _rows(connection, _EVENTS, wanted)
    return forms.Whole(
        **{name: row[name] for name in forms.Whole.__struct_fields__ if name in row and name != "id"},
        id=str(row["id"]),
        merged=[each["call_id"] for each in merged],
        contact=_contact(row),
        stays=[forms.Stay(**each) for each in stays],
        parts=[forms.Part(**each) for each in parts],
        rings=[forms.Ring(**each) for each in rings],
        holds=holds_of(events),
        corrections=[forms.Correction(**each) for each in corrections],
        ledger=forms.Ledger(**ledgers[0]) if ledgers else None,
        events=len(events),
    )


async def read_events(connection: Connection, call_id: str, own: UUID | None) -> list[forms.Event]:
    """The events of a call, which must be there as in `read_whole`."""
    await _call(connection, call_id, own)
    return [forms.Event(**each) for each in await _rows(connection, _EVENTS, {"call": call_id})]


def holds_of(events: Iterable[dict[str, Any]]) -> list[forms.OnHold]:
    """When callers were on hold: an event that ends a hold proves the part's new sum, and so how long this one was."""
    sums: dict[int, float] = {}
    found = []
    for event in events:
        for path, value in event["proved"].items():
            if (part := _HOLD.fullmatch(path)) and isinstance(value, int | float):
                index, held = int(part[1]), value - sums.get(int(part[1]), 0.0)
                sums[index] = value
                if held > 0:
                    at: datetime = event["at"]
                    found.append(forms.OnHold(index, at - timedelta(seconds=held), at))
    return found


async def _call(connection: Connection, call_id: str, own: UUID | None) -> dict[str, Any]:
    rows = await _rows(connection, _CALL, {"call": call_id, "own": own}) if is_plain(call_id) else []
    if not rows:
        raise NotFound(NO_CALL)
    return rows[0]


def _contact(row: dict[str, Any]) -> forms.ContactOfCall | None:
    if row["contact_id"] is None:
        return None
    return forms.ContactOfCall(str(row["contact_id"]), row["contact_name"], row["company"], row["contact_number"])


async def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()
