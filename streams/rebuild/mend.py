"""Derived calls against PostgreSQL, a batch a transaction: what differs is found, and written unless it is a rehearsal.

The live path wins: rows are locked before they are looked at, never waited for, and written only where the live path is
done with the call. Calls that the archive does not give are never touched.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import psycopg
from msgspec.structs import replace

from calls.form import call_form
from calls.timeline import Step
from streams.call_rows import CHILDREN, Rows, add_call
from streams.database import Database
from streams.errors import RowsRefused
from streams.rebuild.differences import Fence, Finding, Stored, Verdict, judge
from streams.rebuild.spool import Derived, Span, Spool
from streams.rows import CorrectionRow, Kept, TimelineRow
from streams.sink import filled
from streams.statements import REBUILD
from streams.stored import stored_calls

# Few round trips, and locks for some milliseconds only.
BATCH = 200
PAGE = 1000
_decode_steps = msgspec.json.Decoder(list[Step]).decode
_decode_fields = msgspec.json.Decoder(dict[str, tuple[Any, Any]]).decode


class Missing(NamedTuple):
    """A call of the database that the archive does not give; when it started, as ISO 8601."""

    call_id: str
    started_at: str


class Mend:
    """Holds calls against a database; `rehearsal`: writes nothing."""

    def __init__(self, database: Database, rehearsal: bool) -> None:
        self._database = database
        self._rehearsal = rehearsal

    async def calls(self, derived: Iterable[Derived]) -> AsyncIterator[list[tuple[Derived, Finding]]]:
        """A finding for each call, in batches that are written when they are given.

        Raises Unavailable and Unfit: what was given before is written.
        """
        rest = iter(derived)
        while batch := list(islice(rest, BATCH)):
            yield await self._batch(batch)

    async def _batch(self, batch: list[Derived]) -> list[tuple[Derived, Finding]]:
        try:
            return await self._transaction(batch)
        except RowsRefused as error:
            if len(batch) == 1:
                return [(batch[0], Finding(Verdict.LEFT, {}, f"PostgreSQL refuses it: {error}"))]
            return [found for one in batch for found in await self._batch([one])]

    async def _transaction(self, batch: list[Derived]) -> list[tuple[Derived, Finding]]:
        ids = [it.call.call_id for it in batch]
        async with self._database.connected() as connection, connection.transaction():
            free = set(ids) if self._rehearsal else await _lock(connection, ids)
            fences = await _fences(connection, sorted({it.call.pbx for it in batch}))
            stored = await _stored(connection, ids, free)
            found = [(it, judge(it, stored[it.call.call_id], fences[it.call.pbx])) for it in batch]
            if not self._rehearsal:
                for statement, text in filled(_rows(found, stored), REBUILD):
                    await connection.execute(statement, (text,))
        return found

    async def missing(self, span: Span, pbxs: Sequence[str], spool: Spool) -> AsyncIterator[list[Missing]]:
        """The calls of the span that the archive does not give, a page at a time; of these PBXs, or, without any, all.

        Raises Unavailable and Unfit.
        """
        after: tuple[int, str] = (span.start, "")
        while True:
            async with self._database.connected() as connection:
                values = (span.start, span.end, list(pbxs), list(pbxs), *after, PAGE)
                rows = await (await connection.execute(_PAGE, values)).fetchall()
            if not rows:
                return
            yield [Missing(call_id, started) for call_id, _, started in rows if spool.get(call_id) is None]
            after = (rows[-1][1], rows[-1][0])


async def _lock(connection: psycopg.AsyncConnection, ids: list[str]) -> set[str]:
    """The calls that are ours until the transaction ends: those that are over, and that nobody else writes."""
    return {row[0] for row in await (await connection.execute(_LOCK, (ids,))).fetchall()}


async def _fences(connection: psycopg.AsyncConnection, pbxs: list[str]) -> dict[str, Fence]:
    rows = await (await connection.execute(_FENCES, (pbxs,))).fetchall()
    return {pbx: Fence(applied, now) for pbx, applied, now in rows}


async def _stored(connection: psycopg.AsyncConnection, ids: list[str], free: set[str]) -> dict[str, Stored]:
    live = {it.call.call_id: it for it in await stored_calls(connection, "call.call_id = ANY (%s)", [ids])}
    going_on = {row[0] for row in await (await connection.execute(_OPEN, (ids,))).fetchall()}
    steps: dict[str, list[Step]] = defaultdict(list)
    for call_id, told in await (await connection.execute(_STEPS, (ids,))).fetchall():
        steps[call_id] += _decode_steps(told)
    corrections: dict[str, list[CorrectionRow]] = defaultdict(list)
    for row in await (await connection.execute(_CORRECTIONS, (ids,))).fetchall():
        call_id, version, at, cause, appeared, fields = row
        corrections[call_id].append(CorrectionRow(call_id, version, at, cause, appeared, _decode_fields(fields)))
    return {
        it: Stored(live.get(it), steps[it], corrections[it], it in going_on, it in live and it not in free)
        for it in ids
    }


def _rows(found: Sequence[tuple[Derived, Finding]], stored: dict[str, Stored]) -> Rows:
    rows: Rows = defaultdict(list)
    for derived, finding in found:
        if finding.verdict in (Verdict.NEW, Verdict.CHANGED):
            live = stored[derived.call.call_id].live
            # An imported call has version 0, which its steps cannot be counted down from.
            _add(rows, derived, (0 if live is None else live.version) or derived.call.version)
    return rows


def _add(rows: Rows, derived: Derived, version: int) -> None:
    call = replace(derived.call, version=version)
    form = call_form(call)
    add_call(rows, None, call, form, derived.agent_id)
    for field, (table, _) in CHILDREN.items():
        rows[f"-{table}"].append(Kept(form.call_id, len(getattr(form, field))))
    for table in ("call_timelines", "corrections"):
        rows[f"-{table}"].append(Kept(form.call_id, 0))
    # Versions count from where reading began; the row's is what it was.
    later = version - derived.call.version
    steps = [replace(it, version=it.version + later) for it in derived.steps]
    if steps:
        rows["call_timelines"].append(TimelineRow(form.call_id, version, steps))
    rows["corrections"].extend(replace(it, version=it.version + later) for it in derived.corrections)


_LOCK = (
    "SELECT call_id FROM call_sessions WHERE call_id = ANY (%s) AND status = 'ENDED'"
    " ORDER BY call_id FOR NO KEY UPDATE SKIP LOCKED"
)
_FENCES = (
    "SELECT named.pbx, floor(extract(epoch FROM health.last_event_at) * 1000)::bigint,"
    " floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    " FROM unnest(%s::text[]) AS named (pbx) LEFT JOIN pbx_health AS health USING (pbx)"
)
_OPEN = (
    "SELECT call.id FROM unnest(%s::text[]) AS call (id)"
    " JOIN pbx_state AS part ON part.kind = 'call' AND part.pbx || ':' || part.key = call.id"
)
_STEPS = "SELECT call_id, steps::text FROM call_timelines WHERE call_id = ANY (%s) ORDER BY call_id, version"
_CORRECTIONS = (
    "SELECT call_id, version, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), cause, appeared,"
    " fields::text FROM corrections WHERE call_id = ANY (%s) ORDER BY call_id, version"
)
_MS = "floor(extract(epoch FROM started_at) * 1000)::bigint"
_PAGE = (
    f"SELECT call_id, {_MS}, started_at::text FROM call_sessions"
    " WHERE started_at >= to_timestamp(%s / 1000.0) AND started_at < to_timestamp(%s / 1000.0)"
    " AND (pbx = ANY (%s) OR %s::text[] = '{}')"
    f' AND ({_MS}, call_id COLLATE "C") > (%s, %s) ORDER BY {_MS}, call_id COLLATE "C" LIMIT %s'
)
