"""Work that goes on beside the requests: each tenant has a key, and each recording comes to its call and to its tenant.

A recording of which no call was known in time was encrypted with the key of the tenant `default`. Once the call is
known it is encrypted with that of the call's tenant, in memory, and the old file goes.
"""

import asyncio
import logging
from typing import Any

from api.database import Database
from api.recordings.age import Unreadable
from api.recordings.key_file import KeysUnusable
from api.recordings.store import RecordingStore, Stored, Written

MOST = 50
SETTLE_EVERY_S, KEYS_EVERY_S, EXPIRE_EVERY_S, FORGET_RECORDINGS_EVERY_S = 20.0, 5.0, 600.0, 10.0

log = logging.getLogger(__name__)


class Settling:
    """What is to be done about keys and waiting recordings."""

    def __init__(self, database: Database, store: RecordingStore) -> None:
        self._database = database
        self._store = store
        self._told: set[str] = set()

    async def give_keys(self) -> None:
        """Make a key for each tenant that has none in use. Raises KeysUnusable where the file is read-only."""
        async with self._database.tenantless() as connection:
            found = await connection.execute("SELECT tenant_id FROM tenants_without_recording_key()")
            tenants = [row["tenant_id"] for row in await found.fetchall()]
        for tenant in tenants:
            await self._give(tenant)

    async def _give(self, tenant: str) -> None:
        # The private half is safe on disk before anybody may encrypt for it.
        recipient = await asyncio.to_thread(self._store.keys.make, tenant)
        async with self._database.seeing(tenant) as connection:
            made = await connection.execute(
                "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [tenant, recipient],
            )
            if made.rowcount:
                await connection.execute("SELECT append_audit(NULL, 'recording_key.create', %s, '{}')", [recipient])
        if made.rowcount:
            log.info("a key for recordings was made", extra={"tenant": tenant, "recipient": recipient})
        else:
            await asyncio.to_thread(self._store.keys.forget, {recipient})

    async def settle(self) -> None:
        """Bring what waits to its call."""
        async with self._database.tenantless() as turn:
            # One process at a time: two that encrypt the same recording anew would each replace the other's file.
            taken = await turn.execute("SELECT pg_try_advisory_xact_lock(hashtext('trunkline.settling')) AS ours")
            row = await taken.fetchone()
            if row is not None and row["ours"]:
                await self._settle_all()

    async def _settle_all(self) -> None:
        await self._clear()
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM settleable_recordings(%s)", [MOST])).fetchall()
        for row in rows:
            try:
                await self._settle(row)
            except (Unreadable, KeysUnusable, OSError) as error:
                self._tell_once(str(row["id"]), error)
        if rows:
            await self._clear()

    async def _settle(self, row: dict[str, Any]) -> None:
        path, recipient, written = row["path"], row["recipient"], Written(row["size"], row["sha256"])
        if row["new_tenant"] != row["tenant_id"]:
            path, recipient = f"{row['new_tenant']}/{path.partition('/')[2]}", row["new_recipient"]
            old = Stored(row["path"], row["recipient"], row["size"])
            written = await asyncio.to_thread(self._store.again, old, path, recipient)
        async with self._database.tenantless() as connection:
            found = await connection.execute(
                "SELECT settle_recording(%s, %s, %s, %s, %s, %s, %s, %s) AS settled",
                [
                    *(row["id"], row["path"], row["new_call"], row["new_tenant"]),
                    *(recipient, path, written.size, written.sha256),
                ],
            )
            answer = await found.fetchone()
        if answer is None or not answer["settled"]:
            # It was deleted meanwhile.
            if path != row["path"]:
                await asyncio.to_thread(self._store.remove, path)
            return
        log.info("a recording came to its call", extra={"recording": str(row["id"]), "call": row["new_call"]})

    async def _clear(self) -> None:
        """Remove the files that were encrypted anew; a kill before this leaves them to the next turn."""
        async with self._database.tenantless() as connection:
            rows = await (await connection.execute("SELECT * FROM leftover_recordings()")).fetchall()
        for row in rows:
            await asyncio.to_thread(self._store.remove, row["leftover"])
            async with self._database.seeing(row["tenant_id"]) as connection:
                await connection.execute("UPDATE stored_recordings SET leftover = NULL WHERE id = %s", [row["id"]])

    def _tell_once(self, what: str, error: Exception) -> None:
        if what not in self._told:
            self._told.add(what)
            log.error("a recording cannot come to its call", extra={"recording": what, "reason": str(error)})
