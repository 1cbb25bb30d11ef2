"""api/recordings/settling.py: each tenant has a key, and a recording comes to its call, under its tenant's key."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from api_rows import change
from integration.api.recordings.conftest import PATH, SOUND, Archive
from made_recordings import decrypt

from api.recordings.settling import Settling

HEARD = "INSERT INTO recordings (call_id, ordinal, tenant_id, file, started_at) VALUES (%s, 0, %s, %s, now())"


def settling(archive: Archive) -> Settling:
    return Settling(archive.database, archive.store)


async def test_each_tenant_gets_one_key(archive: Archive) -> None:
    await settling(archive).give_keys()
    await settling(archive).give_keys()
    change(archive.owner, "UPDATE recording_keys SET retired_at = now() WHERE tenant_id = 'south'")
    await settling(archive).give_keys()
    with psycopg.connect(archive.owner) as connection:
        keys = connection.execute("SELECT tenant_id, recipient FROM recording_keys ORDER BY tenant_id").fetchall()
    assert [tenant for tenant, _ in keys] == ["default", "north", "south", "south"]
    assert {recipient: tenant for tenant, recipient in keys} == {
        recipient: key.tenant for recipient, key in archive.store.keys.read().items()
    }
    assert [row[1] for row in archive.audit()] == ["recording_key.create"] * 4


async def test_a_recording_comes_to_its_call_and_its_tenants_key(archive: Archive) -> None:
    default, north = archive.give_key("default"), archive.give_key("north")
    heard = archive.put(default, "default", None, file="odd.wav")
    named = archive.put(default, "default", None, file="2.123-4.wav")
    unknown = archive.put(default, "default", None, file="unknown.1.wav")
    change(archive.owner, HEARD, "pbx:1", "north", "/spool/odd.wav")
    before = archive.folder / archive.row(heard)["path"]
    await settling(archive).settle()
    for identity, call_id in ((heard, "pbx:1"), (named, "pbx:2")):
        row = archive.row(identity)
        assert (row["tenant_id"], row["call_id"], row["recipient"]) == ("north", call_id, north)
        place = archive.folder / row["path"]
        assert decrypt(place, archive.store.keys.read()[north].identity) == SOUND
        assert (row["size"], row["leftover"]) == (place.stat().st_size, None)
        assert (await archive.clients["manager"].get(f"{PATH}/{identity}/audio")).content == SOUND
    assert not before.exists()
    assert archive.row(unknown)["call_id"] is None


async def test_within_a_tenant_the_file_stays_as_it_is(archive: Archive) -> None:
    key = archive.give_key("north")
    identity = archive.put(key, "north", None, file="1.123-4.wav")
    before = archive.row(identity)
    await settling(archive).settle()
    assert archive.row(identity) == before | {"call_id": "pbx:1"}


async def test_a_recording_goes_with_a_call_that_becomes_another_tenants(archive: Archive) -> None:
    archive.give_key("south")
    identity = archive.put(archive.give_key("north"), "north", "pbx:1", at=datetime.now(UTC))
    old = archive.put(archive.give_key("default"), "north", "pbx:1")
    change(archive.owner, "UPDATE call_sessions SET tenant_id = 'south' WHERE call_id = 'pbx:1'")
    await settling(archive).settle()
    assert (await archive.clients["southern"].get(f"{PATH}/{identity}/audio")).content == SOUND
    assert [archive.row(each)["tenant_id"] for each in (identity, old)] == ["south", "north"]


async def test_one_that_cannot_be_opened_holds_nobody_up(archive: Archive) -> None:
    default = archive.give_key("default")
    archive.give_key("north")
    broken, well = (archive.put(default, "default", None, file=f"{number}.1.wav") for number in (1, 2))
    (archive.folder / archive.row(broken)["path"]).write_bytes(b"")
    await settling(archive).settle()
    assert [archive.row(each)["tenant_id"] for each in (broken, well)] == ["default", "north"]


async def test_what_a_kill_left_goes_at_the_next_turn(archive: Archive) -> None:
    identity = archive.put(archive.give_key("north"), "north", "pbx:1")
    left = archive.folder / Path(archive.row(identity)["path"].replace("north", "default"))
    left.parent.mkdir(parents=True)
    left.write_bytes(b"old")
    change(archive.owner, "UPDATE stored_recordings SET leftover = replace(path, 'north', 'default')")
    await settling(archive).settle()
    assert (left.exists(), archive.row(identity)["leftover"]) == (False, None)
