"""One recording for each of two tenants in a store, for walks over routes that ask for one."""

import uuid
from pathlib import Path

from api_rows import change
from made_recordings import encrypt, wav

from api.recordings.key_file import KeyFile

CALL = """
INSERT INTO call_sessions (id, call_id, pbx, tenant_id, direction, status, certainty, started_at, created_at, version)
VALUES (gen_random_uuid(), %s, 'pbx', %s, 'inbound', 'ENDED', 'final', now(), now(), 1) ON CONFLICT DO NOTHING
"""
LEG = """
INSERT INTO legs (call_id, ordinal, tenant_id, agent, interface, answered_at, hold_s, holds)
VALUES (%s, 90, %s, 'Ours', %s, now(), 0, 0)
"""
STORED = """
INSERT INTO stored_recordings (id, tenant_id, call_id, pbx, file, recipient, path, media_type, ended_at, size, sha256)
VALUES (%s, %s, %s, 'pbx', 'a.wav', %s, %s, 'audio/wav', now(), %s, sha256(%s))
"""


def make_store(database: str, folder: Path, tenants: tuple[str, str], calls: tuple[str, str]) -> list[str]:
    """Put a recording of each of these calls into `folder`/store, opened by `folder`/keys.json; their ids.

    The first tenant lets its agents listen, and its call has a leg of the agent at `PJSIP/Ours`.
    """
    keys, ids = KeyFile(folder / "keys.json"), []
    for tenant, call_id in zip(tenants, calls, strict=True):
        recipient, identity = keys.make(tenant), str(uuid.uuid4())
        path, data = f"{tenant}/2026/11/22/{identity}.age", encrypt(wav(bytes(1000)), recipient)
        place = folder / "store" / path
        place.parent.mkdir(parents=True)
        place.write_bytes(data)
        change(database, "INSERT INTO recording_keys (tenant_id, recipient) VALUES (%s, %s)", tenant, recipient)
        change(database, CALL, call_id, tenant)
        change(database, LEG, call_id, tenant, "PJSIP/Ours" if tenant == tenants[0] else "PJSIP/Theirs")
        change(database, STORED, identity, tenant, call_id, recipient, path, len(data), data)
        ids.append(identity)
    change(database, "INSERT INTO recording_settings (tenant_id, agents_listen) VALUES (%s, true)", tenants[0])
    return ids


def settings_of(folder: Path) -> dict[str, str]:
    """What tells an origin of that store."""
    return {"TRUNKLINE_RECORDINGS": str(folder / "store"), "TRUNKLINE_RECORDING_KEYS": str(folder / "keys.json")}
