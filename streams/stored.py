"""Calls read back from PostgreSQL in their public form, as they are published: the inverse of call_rows.py."""

from collections.abc import Sequence
from typing import LiteralString

import msgspec
import psycopg

from calls.form import CallForm
from calls.live import CallLive

_decode = msgspec.json.Decoder(CallForm).decode


async def stored_calls(
    connection: psycopg.AsyncConnection, where: LiteralString = "true", values: Sequence[object] = ()
) -> list[CallLive]:
    """The calls for which `where` holds: a condition on the alias `call`, with placeholders for `values`."""
    found = await connection.execute(f"{_CALLS} WHERE {where} ORDER BY call.call_id", values)
    return [CallLive(version, _decode(form), agent_id) for version, agent_id, form in await found.fetchall()]


def _object(fields: dict[str, str]) -> str:
    return "json_build_object(" + ", ".join(f"'{name}', {value}" for name, value in fields.items()) + ")"


def _plain(alias: str, *names: str) -> dict[str, str]:
    return {name: f"{alias}.{name}" for name in names}


def _times(alias: str, *names: str) -> dict[str, str]:
    return {name: f"""to_char({alias}.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""" for name in names}


def _children(table: str, fields: dict[str, str]) -> str:
    return (
        f"coalesce((SELECT json_agg({_object(fields)} ORDER BY child.ordinal) FROM {table} AS child"
        " WHERE child.call_id = call.call_id), '[]'::json)"
    )


_TRANSFER = (
    "CASE WHEN child.transfer_kind IS NULL THEN NULL"
    " ELSE json_build_object('kind', child.transfer_kind, 'to', child.transfer_to) END"
)
_FORM = {
    **_plain("call", "call_id", "pbx"),
    "tenant": "call.tenant_id",
    **_plain("call", "direction", "from_number", "from_name", "to_number"),
    "status": "lower(call.status)",
    **_plain("call", "certainty", "merged_into"),
    **_times("call", "started_at", "answered_at", "ended_at"),
    **_plain("call", "hangup_cause", "outcome"),
    "stints": _children(
        "stints",
        _plain("child", "uniqueid", "queue", "position", "outcome", "wait_s", "agent")
        | _times("child", "entered_at", "left_at"),
    ),
    "legs": _children(
        "legs",
        _plain("child", "stint", "agent", "interface", "talk_s", "hold_s", "holds", "ended_by", "mos", "mos_method")
        | _times("child", "rang_at", "answered_at", "ended_at")
        | {"transfer": _TRANSFER},
    ),
    "missed": _children(
        "missed_rings", _plain("child", "stint", "agent", "interface", "ring_s") | _times("child", "rang_at")
    ),
    "recordings": _children("recordings", _plain("child", "file") | _times("child", "started_at", "ended_at")),
}
_CALLS = f"SELECT call.version, call.agent_id, {_object(_FORM)}::text FROM call_sessions AS call"
