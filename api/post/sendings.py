"""Sendings in PostgreSQL, which decides who sends what: every step is a compare-and-set on the row.

`accepted` is taken for a while by moving `look_at`; `sending` is written before the first byte goes out, with the row
of the audit log; from there on a row is only settled. So whatever dies, nothing is sent twice.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from api.database import Connection, Database
from api.post.due import due_of, skipped_words
from api.post.forms import Status
from api.post.outcomes import FORSAKEN, Job, Outcome, Owner
from api.roles import Role
from calls.ranges import Every, Timing

# How long making the file may take, and the sending, before somebody else looks at the row.
MAKING, SENDING = timedelta(minutes=10), timedelta(minutes=8)

_DUE: LiteralString = (
    "SELECT * FROM report_schedules WHERE id = %s AND is_active AND next_at <= %s FOR UPDATE SKIP LOCKED"
)
_ADD: LiteralString = (
    "INSERT INTO report_sendings (tenant_id, schedule_id, due_at, status, detail, waiting, look_at, settled_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_TAKE: LiteralString = """
WITH taken AS (
  UPDATE report_sendings SET look_at = %s WHERE id = %s AND status = 'accepted' AND look_at <= %s RETURNING *
)
SELECT r.*, s.page, s.query, s.kind, s.every, s.days, s.day_of_month, s.at_time, s.time_zone, s.user_id,
  u.name AS owner_name, u.role AS owner_role, u.is_active AND t.is_active AS owner_is_active
FROM taken r JOIN report_schedules s ON s.id = r.schedule_id JOIN users u ON u.id = s.user_id
  JOIN tenants t ON t.id = s.tenant_id
"""
_BEGIN: LiteralString = (
    "UPDATE report_sendings SET status = 'sending', look_at = %s, file = %s, tries = tries + 1"
    " WHERE id = %s AND status = 'accepted' AND look_at = %s"
)
_CLOSE: LiteralString = (
    "UPDATE report_sendings SET status = %(status)s, detail = %(detail)s, waiting = %(waiting)s,"
    " taken = taken || %(taken)s::text[], refused = refused || %(refused)s, tries = %(tries)s,"
    " look_at = coalesce(%(again)s, look_at), settled_at = CASE WHEN %(status)s = 'accepted' THEN NULL ELSE %(now)s END"
    " WHERE id = %(id)s AND status = %(was)s AND look_at = %(look_at)s"
)


class Task(Struct, frozen=True):
    """Something to be done: `due` is a schedule, `waiting` and `forsaken` are sendings."""

    what: str
    id: UUID
    tenant: str


class PostgresSendings:
    """The steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tasks(self, now: datetime, at_most: int) -> list[Task]:
        """What is to be done, of all tenants."""
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT * FROM report_work(%s, %s)", [now, at_most])
            return [Task(row["what"], row["id"], row["tenant_id"]) for row in await found.fetchall()]

    async def enqueue(self, task: Task, now: datetime) -> None:
        """Write down what is due of a schedule, and when it is due next. Nothing where another process does."""
        async with self._database.seeing(task.tenant) as connection:
            row = await (await connection.execute(_DUE, [task.id, now])).fetchone()
            if row is None:
                return
            timing = timing_of_row(row)
            due = due_of(timing, row["next_at"], now)
            if due.skipped:
                words = skipped_words(due, timing.zone)
                await self._add(connection, row, due.skipped[0], Status.SKIPPED, words, now)
            if due.send:
                await self._add(connection, row, due.send, Status.ACCEPTED, "", now)
            await connection.execute("UPDATE report_schedules SET next_at = %s WHERE id = %s", [due.next_at, task.id])

    async def _add(
        self, connection: Connection, row: dict[str, Any], due_at: datetime, status: Status, words: str, now: datetime
    ) -> None:
        settled = now if status is Status.SKIPPED else None
        waiting = [] if status is Status.SKIPPED else row["recipients"]
        values = [row["tenant_id"], row["id"], due_at, status.value, words, waiting, now, settled]
        await connection.execute(_ADD, values)

    async def take(self, task: Task, now: datetime) -> Job | None:
        """Have a sending in hand; None where somebody else has."""
        until = now + MAKING
        async with self._database.seeing(task.tenant) as connection:
            row = await (await connection.execute(_TAKE, [until, task.id, now])).fetchone()
        if row is None:
            return None
        owner = Owner(str(row["user_id"]), row["owner_name"], Role(row["owner_role"]), row["owner_is_active"])
        return Job(
            id=str(row["id"]),
            tenant=row["tenant_id"],
            schedule_id=str(row["schedule_id"]),
            page=row["page"],
            query=row["query"],
            kind=row["kind"],
            timing=timing_of_row(row),
            due_at=row["due_at"],
            asked_at_once=row["asked_by"] is not None,
            waiting=tuple(row["waiting"]),
            tries=row["tries"],
            owner=owner,
            status=Status.ACCEPTED,
            look_at=until,
            taken=tuple(row["taken"]),
        )

    async def begin(self, job: Job, file: str, recipients: Iterable[str], now: datetime) -> Job | None:
        """The last step before the first byte; None where it must not be sent by us."""
        until = now + SENDING
        async with self._database.seeing(job.tenant) as connection:
            begun = await connection.execute(_BEGIN, [until, file, UUID(job.id), job.look_at])
            if not begun.rowcount:
                return None
            detail = {"page": job.page, "query": job.query, "file": file, "recipients": list(recipients)}
            await _audit(connection, job.owner.user_id, "report.mail", job.schedule_id, detail)
        return replace(job, status=Status.SENDING, look_at=until)

    async def close(self, job: Job, outcome: Outcome, now: datetime) -> None:
        """Write what came of it."""
        values = {
            "id": UUID(job.id),
            "was": job.status.value,
            "look_at": job.look_at,
            "status": outcome.status.value,
            "detail": outcome.detail,
            "waiting": list(outcome.waiting),
            "taken": list(outcome.taken),
            "refused": Jsonb(dict(outcome.refused)),
            "tries": job.tries + 1,
            "again": outcome.look_at,
            "now": now,
        }
        async with self._database.seeing(job.tenant) as connection:
            await connection.execute(_CLOSE, values)

    async def pause(self, job: Job, why: str) -> None:
        """Stop the schedule, and say why."""
        async with self._database.seeing(job.tenant) as connection:
            stopped = await connection.execute(
                "UPDATE report_schedules SET is_active = false, paused_because = %s WHERE id = %s AND is_active",
                [why, UUID(job.schedule_id)],
            )
            if stopped.rowcount:
                await _audit(connection, None, "report_schedule.pause", job.schedule_id, {"because": why})

    async def forsake(self, task: Task, now: datetime) -> None:
        """Say of a sending whose process is gone that nobody knows."""
        async with self._database.seeing(task.tenant) as connection:
            await connection.execute(
                "UPDATE report_sendings SET status = 'unknown', detail = %s, settled_at = %s"
                " WHERE id = %s AND status = 'sending' AND look_at <= %s",
                [FORSAKEN, now, task.id, now],
            )

    async def forget(self) -> None:
        """Throw away what is long over."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT forget_report_sendings()")


def timing_of_row(row: dict[str, Any]) -> Timing:
    """When the schedule of a row is due."""
    zone = ZoneInfo(row["time_zone"])
    return Timing(Every(row["every"]), row["at_time"], zone, tuple(row["days"]), row["day_of_month"])


async def _audit(connection: Connection, user: str | None, action: str, subject: str, detail: dict[str, Any]) -> None:
    text = json.dumps(detail, ensure_ascii=False)
    await connection.execute("SELECT append_audit(%s, %s, %s, %s)", [user, action, subject, text])
