"""What PostgreSQL has about people and their erasures. Each act stands in the audit log, no number does.

Asking for an erasure only writes down that it was asked for: the warehouse's process works it off.
"""

import json
import secrets
from datetime import UTC
from typing import Any, LiteralString
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation

from api.database import Connection, Database
from api.dialling.permits import rules_of
from api.errors import Conflict
from api.privacy.forms import Erasure, Found, Preview, Retention
from api.privacy.reading import Reading, read_person
from api.privacy.words import steps_of
from api.tokens import Principal
from calls.certificates import is_intact
from calls.erasure import Person, person_of, stand_in
from calls.errors import NoCaller

# A caller's stand-in is drawn from so many that one is nobody's.
DRAWN = 64

_FOUND: LiteralString = """
WITH mine AS MATERIALIZED (SELECT call_id, started_at FROM person_calls(%(national)s, %(pattern)s))
SELECT (SELECT min(started_at) FROM mine) AS first_at, (SELECT max(started_at) FROM mine) AS last_at,
  (SELECT count(*) FROM mine) AS calls,
  (SELECT count(*) FROM legs l JOIN mine USING (call_id) WHERE l.transfer_to ~ %(pattern)s) AS transfers,
  (SELECT count(*) FROM call_sessions c JOIN mine USING (call_id) WHERE c.notes <> '') AS notes,
  (SELECT count(*) FROM stored_recordings r JOIN mine USING (call_id) WHERE r.deleted_at IS NULL) AS recordings,
  (SELECT coalesce(sum(json_array_length(t.steps)), 0) FROM call_timelines t JOIN mine USING (call_id)) AS events,
  (SELECT count(*) FROM corrections x JOIN mine USING (call_id)) AS corrections,
  (SELECT count(*) FROM reconciliations b JOIN mine USING (call_id)) AS comparisons,
  (SELECT count(*) FROM contacts k WHERE k.number ~ %(pattern)s) AS contacts,
  (SELECT count(*) FROM commands o WHERE (o.arguments::text || o.detail) ~ %(pattern)s) AS commands,
  (SELECT count(*) FROM dial_permits p WHERE p.number ~ %(pattern)s) AS dialled,
  (SELECT count(*) FROM dial_refusals f WHERE (f.number || ' ' || f.detail) ~ %(pattern)s) AS refused
"""
_BEGIN: LiteralString = """
WITH asked AS (
  INSERT INTO privacy_requests (tenant_id, user_id, kind, people) VALUES (%(tenant)s, %(user)s, 'caller', 1)
  RETURNING id
)
INSERT INTO privacy_people (request_id, tenant_id, person, number, national, stand_in, pattern)
SELECT id, %(tenant)s, %(word)s, %(number)s, %(national)s, %(stand_in)s, %(pattern)s FROM asked RETURNING request_id
"""
_FREE: LiteralString = (
    "SELECT drawn FROM unnest(%(drawn)s::text[]) AS drawn WHERE NOT privacy_taken(current_tenant(), drawn)"
)
_RUNNING: LiteralString = "SELECT request_id FROM privacy_people WHERE number = %s"
_REQUESTS: LiteralString = """
SELECT r.id, r.kind, u.name AS asked_by, r.asked_at, r.people, r.status, r.finished_at, r.certificate,
  (SELECT json_object_agg(s.step, json_build_object('status', s.status, 'detail', s.detail, 'changed_at', s.changed_at))
    FROM privacy_steps s WHERE s.request_id = r.id) AS steps
FROM privacy_requests r LEFT JOIN users u ON u.id = r.user_id
"""


class PrivacyStore:
    """The tables of one database. `country` is that of tenants who have said none."""

    def __init__(self, database: Database, country: str) -> None:
        self._database = database
        self._country = country

    async def reading(self, principal: Principal, text: str, field: str = "number") -> Reading:
        """Whose number it is, read from the tenant's country. Raises BadRequest."""
        async with self._database.seeing(principal.tenant) as connection:
            country = (await rules_of(connection)).country or self._country
        return read_person(text, country, field)

    async def preview(self, principal: Principal, person: Reading) -> Preview:
        """How much there is of them."""
        async with self._database.seeing(principal.tenant) as connection:
            (row,) = await _rows(connection, _FOUND, {"national": person.national, "pattern": person.pattern})
            running = await _running(connection, person)
            found = Found(**{name: int(row[name]) for name in Found.__struct_fields__})
            await _audit(connection, principal, "privacy.preview", str(uuid4()), {"calls": found.calls})
        first, last = (None if row[name] is None else row[name].astimezone(UTC) for name in ("first_at", "last_at"))
        also = list(person.spellings)
        return Preview(person.shown, also, first, last, found, None if running is None else str(running))

    async def start(self, principal: Principal, person: Reading) -> Erasure:
        """Have them erased; what is there already of the same person goes on. Raises Conflict."""
        running: UUID | None
        try:
            async with self._database.seeing(principal.tenant) as connection:
                running = await _running(connection, person)
                if running is None:
                    running = await _begin(connection, principal, person)
        except UniqueViolation:
            # Somebody asked at the same moment.
            async with self._database.seeing(principal.tenant) as connection:
                running = await _running(connection, person)
        found = None if running is None else await self.one(principal.tenant, running)
        if found is None:
            raise Conflict("The number was erased at this moment; ask again if there is anything left.")
        return found

    async def all(self, tenant: str, limit: int, offset: int) -> tuple[list[Erasure], int]:
        """The newest first, and how many there are."""
        async with self._database.seeing(tenant) as connection:
            statement: LiteralString = f"{_REQUESTS} ORDER BY r.asked_at DESC, r.id LIMIT %(limit)s OFFSET %(offset)s"
            rows = await _rows(connection, statement, {"limit": limit, "offset": offset})
            (count,) = await _rows(connection, "SELECT count(*) AS total FROM privacy_requests", {})
        return [_erasure(row) for row in rows], count["total"]

    async def one(self, tenant: str, request_id: UUID) -> Erasure | None:
        """One of them."""
        async with self._database.seeing(tenant) as connection:
            rows = await _rows(connection, f"{_REQUESTS} WHERE r.id = %(id)s", {"id": request_id})
        return _erasure(rows[0]) if rows else None

    async def certificate(self, principal: Principal, request_id: UUID) -> dict[str, Any] | None:
        """The certificate of one that is done; who took it is written down."""
        async with self._database.seeing(principal.tenant) as connection:
            statement: LiteralString = "SELECT certificate FROM privacy_requests WHERE id = %(id)s"
            rows = await _rows(connection, statement, {"id": request_id})
            if not rows or rows[0]["certificate"] is None:
                return None
            told = {"hash": rows[0]["certificate"].get("hash")}
            await _audit(connection, principal, "privacy.certificate", str(request_id), told)
        return dict(rows[0]["certificate"])

    async def retention(self, tenant: str) -> Retention:
        """What holds."""
        async with self._database.seeing(tenant) as connection:
            return await _retention(connection)

    async def change_retention(self, principal: Principal, days: int | None) -> Retention:
        """Set after how many days callers are forgotten."""
        async with self._database.seeing(principal.tenant) as connection:
            # So that two who change it at once come one after the other.
            tenant = {"tenant": principal.tenant}
            await _rows(connection, "SELECT FROM tenants WHERE id = %(tenant)s FOR NO KEY UPDATE", tenant)
            before = await _retention(connection)
            await connection.execute(
                "INSERT INTO privacy_retention (tenant_id, forget_callers_days, changed_at) VALUES (%s, %s, now())"
                " ON CONFLICT (tenant_id) DO UPDATE SET forget_callers_days = excluded.forget_callers_days,"
                " changed_at = excluded.changed_at",
                [principal.tenant, days],
            )
            told = {"forgetCallersDays": [before.forget_callers_days, days]}
            await _audit(connection, principal, "privacy.retention", principal.tenant, told)
        return Retention(days, before.recordings_keep_days)

    async def note(self, principal: Principal, action: str, subject: str, detail: dict[str, Any]) -> None:
        """Write into the audit log what somebody takes away; it is there for good when this returns."""
        async with self._database.seeing(principal.tenant) as connection:
            await _audit(connection, principal, action, subject, detail)


async def _begin(connection: Connection, principal: Principal, reading: Reading) -> UUID:
    person = await _person(connection, reading)
    values = {"tenant": principal.tenant, "user": UUID(principal.user_id), "number": reading.number}
    values |= {name: getattr(person, name) for name in ("word", "national", "stand_in", "pattern")}
    (row,) = await _rows(connection, _BEGIN, values)
    await _audit(connection, principal, "privacy.erasure", str(row["request_id"]), {"person": person.word})
    return UUID(str(row["request_id"]))


async def _person(connection: Connection, reading: Reading) -> Person:
    """The person with a stand-in that nobody has; its key is forgotten here. Raises Conflict."""
    key = secrets.token_bytes(32)
    drawn = {stand_in(reading.national, key, attempt) for attempt in range(DRAWN)}
    rows = await _rows(connection, _FREE, {"drawn": sorted(drawn)})
    free = {row["drawn"] for row in rows}
    try:
        return person_of(reading.number, reading.home, key, lambda each: each not in free)
    except NoCaller as error:
        raise Conflict(str(error)) from error


async def _running(connection: Connection, person: Reading) -> UUID | None:
    rows = await (await connection.execute(_RUNNING, [person.number])).fetchall()
    return rows[0]["request_id"] if rows else None


async def _retention(connection: Connection) -> Retention:
    (row,) = await _rows(
        connection,
        "SELECT (SELECT forget_callers_days FROM privacy_retention) AS days,"
        " (SELECT keep_days FROM recording_settings) AS recordings",
        {},
    )
    return Retention(row["days"], row["recordings"])


def _erasure(row: dict[str, Any]) -> Erasure:
    certificate, is_done = row["certificate"], row["status"] == "done"
    return Erasure(
        id=str(row["id"]),
        kind=row["kind"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"].astimezone(UTC),
        people=row["people"],
        is_done=is_done,
        finished_at=row["finished_at"] and row["finished_at"].astimezone(UTC),
        steps=steps_of(row["steps"] or {}, is_done=is_done),
        certificate_hash=certificate and certificate.get("hash"),
        unchanged=certificate and bool(certificate["figures"]["unchanged"]),
        intact=certificate and is_intact(certificate),
    )


async def _audit(connection: Connection, who: Principal, action: str, subject: str, detail: dict[str, Any]) -> None:
    text = json.dumps(detail, ensure_ascii=False)
    await connection.execute("SELECT append_audit(%s, %s, %s, %s)", [who.user_id, action, subject, text])


async def _rows(connection: Connection, statement: LiteralString, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()
