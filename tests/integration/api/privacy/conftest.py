"""Privacy over HTTP, in this loop, on a real PostgreSQL: a person in two tenants, with all that there can be."""

import json
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest
from api_rows import call_statements, change, write
from integration.api.admin.conftest import Office, parts_on, people, signed_in
from made_recordings import encrypt, tone, wav
from msgspec.structs import replace
from stories import told

from api.app import create_origin
from api.database import Database
from api.privacy.parts import privacy_desk
from api.recordings.key_file import KeyFile
from api.recordings.playing import Player
from api.recordings.store import RecordingStore

PATH = "/api/admin/privacy"
NATIONAL, NAME = "3055512345", "Zora Kanarienvogel"
NUMBER, OTHER = f"+49{NATIONAL}", "+493011122233"
SOUND = wav(tone(440, 1.0))
EVIL = "=HYPERLINK(1)"
PLAIN = "0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice, 60 caller ends, 61 agent Alice leaves"
STORED = """
INSERT INTO stored_recordings (id, tenant_id, call_id, pbx, file, recipient, path, media_type, started_at, ended_at,
  seconds, size, sha256) VALUES (%s, 'north', 'pbx:1', 'pbx', %s, %s, %s, 'audio/wav', now(), now(), 1, %s, sha256(%s))
"""


class Desk(NamedTuple):
    """Administrators of two tenants, an agent of the first, and the owner's URL of the database."""

    north: httpx.AsyncClient
    south: httpx.AsyncClient
    owner: str
    ids: dict[str, str]

    audit = Office.audit
    change = Office.change


@pytest.fixture
async def desk(database_as: Callable[..., str], tmp_path: Path) -> AsyncIterator[Desk]:
    """Calls of a person in three spellings in the tenant north, one in south, and what hangs on them."""
    owner, database = database_as(), Database(database_as("trunkline_api"))
    ids = people(owner)
    fill(owner, ids["north"])
    store = RecordingStore(tmp_path / "store", KeyFile(tmp_path / "keys.json"))
    record(owner, store, tmp_path / "store")
    await database.open()
    try:
        ours = privacy_desk(database, "DE", ZoneInfo("Europe/Berlin"), Player(store))
        origin = create_origin(replace(parts_on(database), privacy=ours))
        yield Desk(await signed_in(origin, "north"), await signed_in(origin, "south"), owner, ids)
    finally:
        await database.close()


def fill(owner: str, user: str) -> None:
    """Three calls of the person, one of another one that was sent on to them, one of another one; and one in south."""
    call = told(PLAIN).call
    calls = [
        replace(call, linkedid=str(n), pbx="pbx", tenant=tenant, from_number=number, from_name=NAME)
        for n, tenant, number in (
            (1, "north", NUMBER), (2, "north", f"0{NATIONAL}"), (3, "north", f"90{NATIONAL}"), (4, "north", OTHER),
            (5, "north", OTHER), (9, "south", NUMBER),
        )
    ]  # fmt: skip
    write(owner, call_statements(calls))
    proved = [{"version": 1, "at": "2026-11-22T12:00:00Z", "event": "CallerJoined", "proved": {"from_number": NUMBER}}]
    for statement, *values in (
        ("UPDATE legs SET transfer_to = %s WHERE call_id = 'pbx:4'", f"90{NATIONAL}"),
        ("UPDATE call_sessions SET notes = %s WHERE call_id = 'pbx:1'", EVIL),
        ("INSERT INTO call_timelines VALUES ('pbx:1', 1, %s)", json.dumps(proved)),
        ("INSERT INTO contacts (tenant_id, number, name, notes) VALUES ('north', %s, %s, 'likes birds')", NUMBER, NAME),
        ("INSERT INTO commands (id, tenant_id, user_id, name, arguments, status, pbx, owner, due_at) VALUES"
         " (md5('c')::uuid, 'north', %s, 'dial', %s, 'confirmed', 'pbx', md5('o')::uuid, now())",
         user, json.dumps({"number": NUMBER})),
        ("INSERT INTO dial_refusals (tenant_id, user_id, number, purpose, reason, detail) VALUES"
         " ('north', %s, %s, 'dial', 'hours', 'at night')", user, f"0{NATIONAL}"),
        ("INSERT INTO recording_settings VALUES ('north', 90, false)",),
    ):  # fmt: skip
        change(owner, statement, *values)


def record(owner: str, store: RecordingStore, folder: Path) -> None:
    """Two recordings of the first call, of which one is damaged."""
    recipient = store.keys.make("north")
    change(owner, "INSERT INTO recording_keys (tenant_id, recipient) VALUES ('north', %s)", recipient)
    for damaged in (False, True):
        identity, data = str(uuid.uuid4()), encrypt(SOUND, recipient)
        path = f"north/2026/11/22/{identity}.age"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data[:-9] if damaged else data)
        change(owner, STORED, identity, f"{identity}.wav", recipient, path, len(data), data)


async def ask(client: httpx.AsyncClient, method: str, path: str, status: int, body: object = None) -> Any:
    """A request that is answered with this status; the answer."""
    answer = await client.request(method, PATH + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()
