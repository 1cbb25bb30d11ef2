"""A tenant's keys over their life: made, followed by a new one, destroyed. The file and the database in one order.

A private key is in the file for good before anybody may encrypt for it, and it leaves the file only when the database
says that it is destroyed. So a kill in between loses nothing, and the same command again finishes what was begun.
"""

from datetime import datetime
from typing import Any

import psycopg
from msgspec import Struct
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from api.recordings.store import RecordingStore


class NoSuchTenant(Exception):
    """There is no tenant of that name."""


class KeyState(Struct, frozen=True):
    """A key as the database knows it; `here`: whether its private half is in the file."""

    tenant: str
    recipient: str
    created_at: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None
    here: bool


class KeyRing:
    """The keys of one tenant, in the database at `url` (the role of the API) and in the store's file of keys."""

    def __init__(self, url: str, tenant: str, store: RecordingStore) -> None:
        self._url = url
        self._tenant = tenant
        self._store = store

    def states(self) -> list[KeyState]:
        """All keys, newest first. Raises NoSuchTenant."""
        here = self._store.keys.read()
        with self._seeing() as connection:
            rows = connection.execute("SELECT * FROM recording_keys ORDER BY created_at DESC, recipient").fetchall()
        return [
            KeyState(
                tenant=row["tenant_id"],
                recipient=row["recipient"],
                created_at=row["created_at"],
                retired_at=row["retired_at"],
                destroyed_at=row["destroyed_at"],
                here=row["recipient"] in here,
            )
            for row in rows
        ]

    def create(self) -> str:
        """The key in use, made now where there is none. Raises NoSuchTenant and KeysUnusable."""
        in_use = next((each for each in self.states() if each.retired_at is None), None)
        return in_use.recipient if in_use is not None else self.rotate()

    def rotate(self) -> str:
        """A new key for what is recorded from now on; the old ones still open what they opened. Raises as `create`."""
        self.states()
        recipient = self._store.keys.make(self._tenant)
        with self._seeing() as connection:
            connection.execute("UPDATE recording_keys SET retired_at = now() WHERE retired_at IS NULL")
            connection.execute(
                "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s)", [self._tenant, recipient]
            )
            self._audit(connection, "recording_key.create", recipient)
        return recipient

    def destroy(self) -> tuple[int, int]:
        """Destroy all keys, and with them every recording of the tenant, for good; how many keys and recordings.

        What waits under these keys to be put down goes as well. Recordings from now on need a new key.
        """
        with self._seeing() as connection:
            keys = connection.execute(
                "UPDATE recording_keys SET retired_at = coalesce(retired_at, now()), destroyed_at = now()"
                " WHERE destroyed_at IS NULL RETURNING recipient"
            ).fetchall()
            gone = connection.execute(
                "UPDATE stored_recordings SET deleted_at = now(), deleted_because = 'shredded'"
                " WHERE deleted_at IS NULL RETURNING id"
            ).rowcount
            if keys:
                self._audit(connection, "recording_key.destroy", self._tenant, keys=len(keys), recordings=gone)
            # Also those of an earlier try that did not come to its end.
            destroyed = connection.execute("SELECT recipient FROM recording_keys WHERE destroyed_at IS NOT NULL")
            recipients = {row["recipient"] for row in destroyed.fetchall()}
            paths = connection.execute(
                "SELECT path, leftover FROM stored_recordings WHERE deleted_because = 'shredded'"
            ).fetchall()
        self._store.keys.forget(recipients)
        for row in paths:
            for path in filter(None, (row["path"], row["leftover"])):
                self._store.remove(path)
        return len(keys), gone

    def _seeing(self) -> "psycopg.Connection[DictRow]":
        connection = psycopg.connect(self._url, row_factory=dict_row)
        connection.execute("SELECT set_config('trunkline.tenant', %s, true)", [self._tenant])
        if connection.execute("SELECT FROM tenants WHERE id = %s", [self._tenant]).fetchone() is None:
            connection.close()
            raise NoSuchTenant(f"There is no tenant {self._tenant!r}.")
        return connection

    def _audit(self, connection: "psycopg.Connection[DictRow]", action: str, subject: str, **detail: Any) -> None:
        connection.execute("SELECT append_audit(NULL, %s, %s, %s)", [action, subject, Jsonb(detail)])
