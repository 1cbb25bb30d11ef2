"""api/recordings/removal.py: what is over goes, file and all; the row stays and says why."""

from datetime import UTC, datetime, timedelta

from api_rows import change
from integration.api.recordings.conftest import Archive

from api.recordings.removal import Removal

INSTEAD = "0001234567"
# A person of whom one call is known, which became part of another one.
ASKED = (
    "INSERT INTO privacy_requests (tenant_id, user_id, people)"
    " SELECT tenant_id, id, 1 FROM users WHERE tenant_id = 'north' AND role = 'administrator'",
    "INSERT INTO privacy_people (request_id, tenant_id, person, number, national, stand_in, pattern)"
    f" SELECT id, tenant_id, 'word', '+493055512345', '3055512345', '{INSTEAD}', '3055512345' FROM privacy_requests",
    "UPDATE call_sessions SET merged_into = 'pbx:2' WHERE call_id = 'pbx:1'",
    "INSERT INTO privacy_calls SELECT id, tenant_id, 'pbx:1', 'word' FROM privacy_requests",
)
LEFT = "SELECT recordings FROM privacy_requests r, privacy_left(r.id)"


def files(archive: Archive) -> set[str]:
    return {path.name.removesuffix(".age") for path in archive.folder.rglob("*.age")}


async def test_recordings_are_kept_for_as_long_as_their_tenant_says(archive: Archive) -> None:
    north, south = archive.give_key("north"), archive.give_key("south")
    now = datetime.now(UTC)
    old, fresh = (archive.put(north, "north", "pbx:1", at=now - timedelta(days=days)) for days in (31, 29))
    theirs = archive.put(south, "south", "pbx:9", at=now - timedelta(days=3000))
    removal = Removal(archive.database, archive.store)
    await removal.expire()
    assert files(archive) == {old, fresh, theirs}
    change(archive.owner, "INSERT INTO recording_settings (tenant_id, keep_days) VALUES ('north', 30)")
    await removal.expire()
    await removal.expire()
    assert files(archive) == {fresh, theirs}
    assert archive.row(old)["deleted_because"] == "expired" and archive.row(fresh)["deleted_at"] is None
    assert archive.audit() == [("", "recording.delete", old, {"callId": "pbx:1", "because": "expired"})]


async def test_one_that_cannot_be_deleted_keeps_no_other_one(archive: Archive) -> None:
    north, at = archive.give_key("north"), datetime.now(UTC) - timedelta(days=31)
    stuck, other = (archive.put(north, "north", "pbx:1", at=at - timedelta(hours=hour)) for hour in (1, 0))
    change(archive.owner, "INSERT INTO recording_settings (tenant_id, keep_days) VALUES ('north', 30)")
    # A folder where the file should be: no unlink takes it away.
    place = archive.folder / archive.row(stuck)["path"]
    place.unlink()
    place.mkdir()
    await Removal(archive.database, archive.store).expire()
    assert archive.row(stuck)["deleted_at"] is None and archive.row(other)["deleted_because"] == "expired"


async def test_recordings_of_a_person_who_is_erased_go_at_once_whatever_is_kept(archive: Archive) -> None:
    north, south = archive.give_key("north"), archive.give_key("south")
    change(archive.owner, "INSERT INTO recording_settings (tenant_id, keep_days) VALUES ('north', 3000)")
    said, left, merged = (archive.put(north, "north", call) for call in ("pbx:1", "pbx:1", "pbx:2"))
    nobodys = archive.put(north, "north", None, file=f"in-0{INSTEAD}.wav")
    kept, theirs = archive.put(north, "north", None), archive.put(south, "south", "pbx:9")
    removal = Removal(archive.database, archive.store)
    await removal.forget()
    assert len(files(archive)) == 6
    for statement in ASKED:
        change(archive.owner, statement)
    # One that was encrypted anew, whose file of before is there still.
    leftover = f"default/2026/11/22/{left}.age"
    (archive.folder / leftover).parent.mkdir(parents=True)
    (archive.folder / leftover).write_bytes(b"of before")
    change(archive.owner, "UPDATE stored_recordings SET leftover = %s WHERE id = %s", leftover, left)
    assert archive.asked(LEFT) == [(4,)]
    await removal.forget()
    await removal.forget()
    assert files(archive) == {kept, theirs}
    assert archive.asked(LEFT) == [(0,)]
    assert {row[:3] for row in archive.audit()} == {
        ("administrator", "recording.delete", it) for it in (said, left, merged, nobodys)
    }
    assert archive.row(nobodys)["deleted_because"] == "erased"


async def test_a_file_that_has_gone_already_is_no_reason_to_stop(archive: Archive) -> None:
    key = archive.give_key("north")
    first, second = archive.put(key, "north", "pbx:1"), archive.put(key, "north", "pbx:1")
    (archive.folder / archive.row(first)["path"]).unlink()
    assert await Removal(archive.database, archive.store).erase("north", "pbx:1", None) == 2
    assert files(archive) == set()
    assert {archive.row(each)["deleted_because"] for each in (first, second)} == {"erased"}


async def test_a_call_is_erased_with_those_that_became_part_of_it_and_nothing_else(archive: Archive) -> None:
    key = archive.give_key("north")
    change(archive.owner, "UPDATE call_sessions SET merged_into = 'pbx:2' WHERE call_id = 'pbx:1'")
    archive.put(key, "north", "pbx:1")
    archive.put(key, "north", "pbx:2")
    theirs, nobodys = archive.put(archive.give_key("south"), "south", "pbx:9"), archive.put(key, "north", None)
    removal = Removal(archive.database, archive.store)
    assert await removal.erase("south", "pbx:2", None) == 0
    assert await removal.erase("north", "pbx:2", None) == 2
    assert files(archive) == {theirs, nobodys}
