"""Recordings that go: those whose time is over, those of a call or of a person that is to be erased. The row stays and
says why.

The file goes first, then the row says so, with an audit row in the same transaction: after a kill in between it is done
once more, and nothing is left that a row calls deleted.
"""

import asyncio
import json
import logging
from typing import Any
from uuid import UUID

from api.database import Connection, Database
from api.recordings.age import Unreadable
from api.recordings.store import RecordingStore

# At once; the rest at the next turn.
MOST = 500

log = logging.getLogger(__name__)


class Removal:
    """Deletes from the store and marks the rows."""

    def __init__(self, database: Database, store: RecordingStore) -> None:
        self._database = database
        self._store = store

    async def expire(self) -> None:
        """Delete what its tenant does not keep any longer."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM expired_recordings(%s)", [MOST])).fetchall()
        gone = await self._remove_each([(row["tenant_id"], row["id"], None) for row in rows], "expired")
        if gone:
            log.info("recordings deleted because of their age", extra={"recordings": gone})

    async def forget(self) -> None:
        """Delete those of people who are being erased, however long their tenant keeps others."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM erasable_recordings(%s)", [MOST])).fetchall()
        found = [(row["tenant_id"], row["id"], row["user_id"] and str(row["user_id"])) for row in rows]
        gone = await self._remove_each(found, "erased")
        if gone:
            log.info("recordings of erased people deleted", extra={"recordings": gone})

    async def erase(self, tenant: str, call_id: str, user_id: str | None) -> int:
        """Delete all recordings of a call, and of the calls that became part of it; how many there were."""
        async with self._database.seeing(tenant) as connection:
            rows = await _fetch(
                connection,
                "SELECT id FROM stored_recordings WHERE deleted_at IS NULL AND (call_id = %(call)s"
                " OR call_id IN (SELECT call_id FROM call_sessions WHERE merged_into = %(call)s))",
                {"call": call_id},
            )
        return await self._remove(tenant, [row["id"] for row in rows], "erased", user_id)

    async def _remove_each(self, found: list[tuple[str, UUID, str | None]], because: str) -> int:
        """Of a tenant each, for a user: how many there were. One that cannot be deleted keeps no other one."""
        gone = 0
        for tenant, identity, user_id in found:
            try:
                gone += await self._remove(tenant, [identity], because, user_id)
            except (Unreadable, OSError) as error:
                reason = {"recording": str(identity), "because": because, "reason": str(error)}
                log.error("a recording that is to go cannot be deleted", extra=reason)
        return gone

    async def _remove(self, tenant: str, ids: list[UUID], because: str, user_id: str | None) -> int:
        gone = 0
        for each in ids:
            async with self._database.seeing(tenant) as connection:
                rows = await _fetch(
                    connection,
                    "SELECT call_id, path, leftover FROM stored_recordings"
                    " WHERE id = %(id)s AND deleted_at IS NULL FOR UPDATE",
                    {"id": each},
                )
                for row in rows:
                    for path in filter(None, (row["path"], row["leftover"])):
                        await asyncio.to_thread(self._store.remove, path)
                    await connection.execute(
                        "UPDATE stored_recordings SET deleted_at = now(), deleted_because = %s, leftover = NULL"
                        " WHERE id = %s",
                        [because, each],
                    )
                    about = json.dumps({"callId": row["call_id"], "because": because}, ensure_ascii=False)
                    await connection.execute(
                        "SELECT append_audit(%s, 'recording.delete', %s, %s)", [user_id, str(each), about]
                    )
                    gone += 1
        return gone


async def _fetch(connection: Connection, statement: Any, values: dict[str, Any]) -> list[dict[str, Any]]:
    return await (await connection.execute(statement, values)).fetchall()
