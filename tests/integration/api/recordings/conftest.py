"""An origin in this loop on a real PostgreSQL, with recordings of two tenants in a store."""

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
from api_rows import add_user, change
from integration.api.admin.conftest import parts_on, signed_in
from made_recordings import encrypt, tone, wav
from msgspec.structs import replace
from psycopg.rows import dict_row

from api.app import create_origin
from api.database import Database
from api.recordings.key_file import KeyFile
from api.recordings.playing import Player
from api.recordings.routes import RecordingDesk
from api.recordings.rows import RecordingRows
from api.recordings.store import RecordingStore
from api.roles import Role

SOUND = wav(tone(440, 9.0))
NOON = datetime.fromisoformat("2026-11-22T12:00:00Z")
PATH = "/api/pbx/recordings"

CALL = """
INSERT INTO call_sessions (id, call_id, pbx, tenant_id, direction, status, certainty, started_at, created_at, version)
VALUES (gen_random_uuid(), %s, 'pbx', %s, 'inbound', 'ENDED', 'final', now(), now(), 1)
"""
STORED = """
INSERT INTO stored_recordings (id, tenant_id, call_id, pbx, file, recipient, path, media_type, started_at, ended_at,
  seconds, size, sha256) VALUES (%s, %s, %s, 'pbx', %s, %s, %s, 'audio/wav', %s, %s, 9, %s, sha256(%s))
"""
SEAT = """
INSERT INTO agent_extensions
  (pbx, agent_id, tenant_id, user_id, name, interface, extension, status, state, since, live, version)
VALUES ('pbx', 'PJSIP/1001', 'north', %s, 'Alice', 'PJSIP/1001', '1001', 'AVAILABLE', 'available', now(), '{}', 1)
"""
LEG = """
INSERT INTO legs (call_id, ordinal, tenant_id, agent, interface, answered_at, hold_s, holds)
VALUES (%s, 0, 'north', 'Alice', 'PJSIP/1001', now(), 0, 0)
"""


class Archive(NamedTuple):
    """Clients of the tenant `north` by their roles, the store, and the database."""

    clients: dict[str, httpx.AsyncClient]
    store: RecordingStore
    folder: Path
    database: Database
    owner: str
    api: str

    def give_key(self, tenant: str) -> str:
        """Make a key for a tenant that is in use."""
        recipient = self.store.keys.make(tenant)
        change(self.owner, "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s)", tenant, recipient)
        return recipient

    def put(
        self,
        recipient: str,
        tenant: str,
        call_id: str | None,
        sound: bytes = SOUND,
        file: str = "",
        at: datetime = NOON,
    ) -> str:
        """Put a recording into the store and down; its id."""
        identity, data = str(uuid.uuid4()), encrypt(sound, recipient)
        path = f"{tenant}/2026/11/22/{identity}.age"
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)
        change(
            self.owner,
            STORED,
            *(identity, tenant, call_id, file or f"{identity}.wav", recipient, path, at, at, len(data), data),
        )
        return identity

    def row(self, identity: str) -> dict[str, Any]:
        """A recording as it is in the database."""
        with psycopg.connect(self.owner, row_factory=dict_row) as connection:
            row = connection.execute("SELECT * FROM stored_recordings WHERE id = %s", [identity]).fetchone()
        assert row is not None
        return row

    def asked(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says to its owner."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(query.encode()).fetchall()

    def audit(self) -> list[tuple[Any, ...]]:
        """(user, action, subject, detail) of everything about recordings."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(
                "SELECT user_name, action, subject, detail FROM audit_log WHERE action LIKE 'recording%%' ORDER BY id"
            ).fetchall()


@pytest.fixture
async def archive(database_as: Callable[..., str], tmp_path: Path) -> AsyncIterator[Archive]:
    """A store with a key for each of the tenants `default`, `north` and `south`, and a user of each role in `north`."""
    owner, database = database_as(), Database(database_as("trunkline_api"))
    ids = {role.value: add_user(owner, role.value, role.value, "north") for role in Role}
    add_user(owner, "southern", "administrator", "south")
    change(owner, SEAT, ids["agent"])
    for call_id, tenant in (("pbx:1", "north"), ("pbx:2", "north"), ("pbx:9", "south")):
        change(owner, CALL, call_id, tenant)
    change(owner, LEG, "pbx:1")
    folder = tmp_path / "store"
    folder.mkdir()
    store = RecordingStore(folder, KeyFile(tmp_path / "keys.json"))
    await database.open()
    try:
        desk = RecordingDesk(RecordingRows(database), Player(store))
        origin = create_origin(replace(parts_on(database), recordings=desk))
        clients = {name: await signed_in(origin, name) for name in (*Role, "southern")}
        archive = Archive(clients, store, folder, database, owner, database_as("trunkline_api"))
        yield archive
    finally:
        await database.close()
