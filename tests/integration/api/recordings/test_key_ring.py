"""api/recordings/key_ring.py: rotation keeps what was, destruction keeps nothing."""

import pytest
from integration.api.recordings.conftest import PATH, Archive

from api.recordings.key_ring import KeyRing, NoSuchTenant


def ring(archive: Archive, tenant: str = "north") -> KeyRing:
    return KeyRing(archive.api, tenant, archive.store)


async def test_a_key_is_made_once_and_followed_by_another(archive: Archive) -> None:
    first = ring(archive).create()
    assert ring(archive).create() == first
    identity = archive.put(first, "north", "pbx:1")
    second = ring(archive).rotate()
    states = ring(archive).states()
    assert [(each.recipient, each.retired_at is None, each.here) for each in states] == [
        (second, True, True), (first, False, True)
    ]  # fmt: skip
    assert (await archive.clients["manager"].get(f"{PATH}/{identity}/audio")).status_code == 200


async def test_destroyed_keys_open_nothing_and_other_tenants_stay(archive: Archive) -> None:
    identity = archive.put(ring(archive).create(), "north", "pbx:1")
    ring(archive).rotate()
    theirs = archive.put(ring(archive, "south").create(), "south", "pbx:9")
    assert ring(archive).destroy() == (2, 1)
    assert ring(archive).destroy() == (0, 0)
    assert all(each.destroyed_at is not None and not each.here for each in ring(archive).states())
    answer = await archive.clients["manager"].get(f"{PATH}/{identity}/audio")
    assert (answer.status_code, answer.json()["detail"]) == (410, "The recording was deleted: its key was destroyed.")
    assert (await archive.clients["southern"].get(f"{PATH}/{theirs}/audio")).status_code == 200
    assert [path.name for path in archive.folder.rglob("*.age")] == [f"{theirs}.age"]
    assert "recording_key.destroy" in [row[1] for row in archive.audit()]


async def test_a_tenant_must_be_there(archive: Archive) -> None:
    for act in (KeyRing.create, KeyRing.rotate, KeyRing.destroy, KeyRing.states):
        with pytest.raises(NoSuchTenant, match="no tenant 'nowhere'"):
            act(ring(archive, "nowhere"))
    assert archive.store.keys.read() == {}
