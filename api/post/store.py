"""Schedules in PostgreSQL, as managers make and change them; each change is in the audit log.

Who changes one answers for it from then on: it has their rights.
"""

import json
from datetime import datetime
from typing import Any, LiteralString, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, to_builtins

from api.database import Connection, Database
from api.post.forms import NewSchedule, Schedule, Sending, Status, timing_of
from api.tokens import Principal
from calls.ranges import Every

MOST_SCHEDULES = 200

_VALUES: LiteralString = (
    "user_id = %(user)s, page = %(page)s, query = %(query)s, kind = %(kind)s, recipients = %(recipients)s,"
    " every = %(every)s, days = %(days)s, day_of_month = %(day_of_month)s, at_time = %(at)s, time_zone = %(zone)s,"
    " is_active = %(is_active)s, paused_because = '', next_at = %(next_at)s"
)
_ADD: LiteralString = (
    "INSERT INTO report_schedules (tenant_id, user_id, page, query, kind, recipients, every, days, day_of_month,"
    " at_time, time_zone, is_active, next_at) VALUES (%(tenant)s, %(user)s, %(page)s, %(query)s, %(kind)s,"
    " %(recipients)s, %(every)s, %(days)s, %(day_of_month)s, %(at)s, %(zone)s, %(is_active)s, %(next_at)s) RETURNING id"
)
_CHANGE: LiteralString = f"UPDATE report_schedules SET {_VALUES} WHERE id = %(id)s RETURNING id"
_SHOWN: LiteralString = """
SELECT s.*, u.name AS owner, to_jsonb(r) AS last FROM report_schedules s JOIN users u ON u.id = s.user_id
LEFT JOIN LATERAL (SELECT * FROM report_sendings WHERE schedule_id = s.id ORDER BY due_at DESC, id LIMIT 1) r ON true
"""
_SEND: LiteralString = (
    "INSERT INTO report_sendings (tenant_id, schedule_id, due_at, asked_by, status, waiting, look_at)"
    " SELECT tenant_id, id, %s, %s, 'accepted', recipients, %s FROM report_schedules WHERE id = %s RETURNING *"
)


class Draft(Struct, frozen=True):
    """A schedule that was looked over: the form, its addresses, and when it is due next."""

    form: NewSchedule
    recipients: list[str]
    zone: ZoneInfo
    next_at: datetime


class ScheduleStore(Protocol):
    """Where schedules are kept: `PostgresSchedules`."""

    async def all(self, tenant: str) -> list[Schedule]: ...

    async def one(self, tenant: str, schedule_id: UUID) -> Schedule | None: ...

    async def add(self, principal: Principal, draft: Draft) -> Schedule | None: ...

    async def change(self, principal: Principal, schedule_id: UUID, draft: Draft) -> Schedule | None: ...

    async def remove(self, principal: Principal, schedule_id: UUID) -> bool: ...

    async def send(self, principal: Principal, schedule_id: UUID, now: datetime) -> Sending | None: ...

    async def sendings(self, tenant: str, schedule_id: UUID, limit: int, offset: int) -> tuple[list[Sending], int]: ...


class PostgresSchedules:
    """`ScheduleStore` on the tables `report_schedules` and `report_sendings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, tenant: str) -> list[Schedule]:
        """All of a tenant, the oldest first."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute(f"{_SHOWN} ORDER BY s.created_at, s.id LIMIT %s", [MOST_SCHEDULES])
            return [_schedule(row) for row in await found.fetchall()]

    async def one(self, tenant: str, schedule_id: UUID) -> Schedule | None:
        """One of them."""
        async with self._database.seeing(tenant) as connection:
            return await _one(connection, schedule_id)

    async def add(self, principal: Principal, draft: Draft) -> Schedule | None:
        """Make one; None where the tenant has as many as it may."""
        async with self._database.seeing(principal.tenant) as connection:
            # One after the other, so that nobody counts beside another.
            key = f"trunkline.report_schedules.{principal.tenant}"
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])
            found = await (await connection.execute("SELECT count(*) AS many FROM report_schedules")).fetchone()
            if found is not None and found["many"] >= MOST_SCHEDULES:
                return None
            row = await (await connection.execute(_ADD, _values(principal, draft))).fetchone()
            assert row is not None
            await _audit(connection, principal, "report_schedule.add", row["id"], _said(draft))
            return await _one(connection, row["id"])

    async def change(self, principal: Principal, schedule_id: UUID, draft: Draft) -> Schedule | None:
        """Change all of one, which makes it the changer's; None where there is none."""
        async with self._database.seeing(principal.tenant) as connection:
            values = _values(principal, draft) | {"id": schedule_id}
            if await (await connection.execute(_CHANGE, values)).fetchone() is None:
                return None
            await _audit(connection, principal, "report_schedule.change", schedule_id, _said(draft))
            return await _one(connection, schedule_id)

    async def remove(self, principal: Principal, schedule_id: UUID) -> bool:
        """Remove one and what became of it; whether it was there."""
        async with self._database.seeing(principal.tenant) as connection:
            gone = await connection.execute("DELETE FROM report_schedules WHERE id = %s", [schedule_id])
            if gone.rowcount:
                await _audit(connection, principal, "report_schedule.remove", schedule_id, {})
        return gone.rowcount > 0

    async def send(self, principal: Principal, schedule_id: UUID, now: datetime) -> Sending | None:
        """Have it sent at once, as it is; None where there is none."""
        async with self._database.seeing(principal.tenant) as connection:
            values = [now, UUID(principal.user_id), now, schedule_id]
            row = await (await connection.execute(_SEND, values)).fetchone()
            if row is None:
                return None
            await _audit(connection, principal, "report_schedule.send", schedule_id, {})
        return sending_of(row)

    async def sendings(self, tenant: str, schedule_id: UUID, limit: int, offset: int) -> tuple[list[Sending], int]:
        """What became of it, the newest first, and how often there was anything."""
        async with self._database.seeing(tenant) as connection:
            found = await connection.execute(
                "SELECT * FROM report_sendings WHERE schedule_id = %s ORDER BY due_at DESC, id LIMIT %s OFFSET %s",
                [schedule_id, limit, offset],
            )
            rows = await found.fetchall()
            counted = await connection.execute(
                "SELECT count(*) AS many FROM report_sendings WHERE schedule_id = %s", [schedule_id]
            )
            total = await counted.fetchone()
        return [sending_of(row) for row in rows], total["many"] if total else 0


def sending_of(row: dict[str, Any]) -> Sending:
    """A row of `report_sendings`, with times as such or as JSON has them."""
    return Sending(
        id=str(row["id"]),
        due_at=_moment(row["due_at"]),
        status=Status(row["status"]),
        detail=row["detail"],
        file=row["file"],
        asked_at_once=row["asked_by"] is not None,
        waiting=row["waiting"],
        taken=row["taken"],
        refused=row["refused"],
        settled_at=None if row["settled_at"] is None else _moment(row["settled_at"]),
    )


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _schedule(row: dict[str, Any]) -> Schedule:
    return Schedule(
        id=str(row["id"]),
        page=row["page"],
        kind=row["kind"],
        query=row["query"],
        recipients=row["recipients"],
        every=Every(row["every"]),
        days=row["days"],
        day_of_month=row["day_of_month"],
        at=f"{row['at_time']:%H:%M}",
        time_zone=row["time_zone"],
        is_active=row["is_active"],
        paused_because=row["paused_because"],
        next_at=row["next_at"] if row["is_active"] else None,
        owner=row["owner"],
        last=None if row["last"] is None else sending_of(row["last"]),
    )


async def _one(connection: Connection, schedule_id: UUID) -> Schedule | None:
    row = await (await connection.execute(f"{_SHOWN} WHERE s.id = %s", [schedule_id])).fetchone()
    return None if row is None else _schedule(row)


def _values(principal: Principal, draft: Draft) -> dict[str, Any]:
    form = draft.form
    timing = timing_of(form, draft.zone)
    return {
        "tenant": principal.tenant,
        "user": UUID(principal.user_id),
        "page": form.page,
        "query": form.query,
        "kind": form.kind,
        "recipients": draft.recipients,
        "every": form.every.value,
        "days": list(timing.days),
        "day_of_month": form.day_of_month,
        "at": timing.at,
        "zone": timing.zone.key,
        "is_active": form.is_active,
        "next_at": draft.next_at,
    }


def _said(draft: Draft) -> dict[str, Any]:
    return {**to_builtins(draft.form), "recipients": draft.recipients}


async def _audit(connection: Connection, who: Principal, action: str, subject: UUID, detail: dict[str, Any]) -> None:
    text = json.dumps(detail, ensure_ascii=False)
    await connection.execute("SELECT append_audit(%s, %s, %s, %s)", [who.user_id, action, str(subject), text])
