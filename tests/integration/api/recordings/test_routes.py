"""api/recordings/routes.py: listed, played and saved by id, whole and in parts; each time put down first."""

from urllib.parse import quote

import pytest
from integration.api.recordings.conftest import PATH, SOUND, Archive

from infra.audit import verify


async def test_a_recording_is_played_whole_and_from_any_place_on(archive: Archive) -> None:
    identity = archive.put(archive.give_key("north"), "north", "pbx:1")
    supervisor = archive.clients["supervisor"]
    found = (await supervisor.get(f"{PATH}/{identity}")).json()
    assert (found["callId"], found["seconds"], found["mediaType"]) == ("pbx:1", 9.0, "audio/wav")
    assert not {"path", "file", "recipient", "sha256"} & set(found)
    whole = await supervisor.get(f"{PATH}/{identity}/audio")
    assert (whole.status_code, whole.content) == (200, SOUND)
    told = {
        "content-type": "audio/wav",
        "accept-ranges": "bytes",
        "content-disposition": f'inline; filename="recording-20261122T120000Z-{identity[:8]}.wav"',
        "cache-control": "no-store",
    }
    assert told.items() <= dict(whole.headers).items()
    parts = {"bytes=0-1": SOUND[:2], "bytes=70000-140000": SOUND[70000:140001], "bytes=-5": SOUND[-5:]}
    for wanted, part in parts.items():
        only = {"range": wanted, "if-range": whole.headers["etag"]}
        answer = await supervisor.get(f"{PATH}/{identity}/audio", headers=only)
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(SOUND)}")
    stale = await supervisor.get(f"{PATH}/{identity}/audio", headers={"range": "bytes=0-1", "if-range": '"other"'})
    assert (stale.status_code, len(stale.content)) == (200, len(SOUND))
    beyond = await supervisor.get(f"{PATH}/{identity}/audio", headers={"range": f"bytes={len(SOUND)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(SOUND)}")


async def test_s17_each_playback_is_in_the_audit_log(archive: Archive) -> None:
    identity = archive.put(archive.give_key("north"), "north", "pbx:1")
    manager = archive.clients["manager"]
    await manager.get(f"{PATH}/{identity}/audio", headers={"range": "bytes=5-9"})
    saved = await manager.get(f"{PATH}/{identity}/audio", params={"download": "true"})
    assert saved.headers["content-disposition"].startswith("attachment; ")
    about = {"callId": "pbx:1", "bytes": len(SOUND)}
    assert archive.audit() == [
        ("manager", "recording.play", identity, about | {"first": 5, "last": 9}),
        ("manager", "recording.download", identity, about | {"first": 0, "last": len(SOUND) - 1}),
    ]
    assert verify(archive.owner).is_whole


async def test_what_is_damaged_cut_or_for_another_key_is_refused(archive: Archive) -> None:
    key = archive.give_key("north")
    identity, other = archive.put(key, "north", "pbx:1"), archive.put(key, "north", "pbx:1")
    file, others = (archive.folder / archive.row(each)["path"] for each in (identity, other))
    data = file.read_bytes()
    flipped = data[:90_000] + bytes([data[90_000] ^ 1]) + data[90_001:]
    for content in (flipped, data[:-1], data[:70_000], b"", others.read_bytes()[:-1]):
        file.write_bytes(content)
        answer = await archive.clients["manager"].get(f"{PATH}/{identity}/audio")
        assert (answer.status_code, "RIFF" in answer.text) == (503, False)
    file.write_bytes(data)
    archive.store.keys.forget({key})
    assert (await archive.clients["manager"].get(f"{PATH}/{other}/audio")).status_code == 503
    assert archive.audit() == []


async def test_s03_another_tenant_hears_nothing(archive: Archive) -> None:
    identity = archive.put(archive.give_key("north"), "north", "pbx:1")
    southern = archive.clients["southern"]
    for suffix in ("", "/audio"):
        theirs = await southern.get(f"{PATH}/{identity}{suffix}")
        nobodys = await southern.get(f"{PATH}/00000000-0000-0000-0000-000000000007{suffix}")
        assert (theirs.status_code, theirs.json()) == (404, nobodys.json())
    assert (await southern.get(PATH)).json() == {"items": [], "total": 0}
    assert (await southern.get(PATH, params={"callId": "pbx:1"})).status_code == 404
    assert archive.audit() == []


# What leads out of a folder, as it comes in an address.
HOSTILE = (
    *("../../../etc/passwd", "/etc/passwd", "..\\..\\etc\\passwd", "~root", "north/2026/11/22/x.age"),
    *("%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "north%2f2026%2f11%2f22%2fx.age"),
    *("a%00b", "%0d%0a", "%ff%fe", "x" * 5000, "0" * 32, "{}"),
)


@pytest.mark.parametrize("suffix", ["", "/audio"])
async def test_s04_no_address_leads_to_a_file(archive: Archive, suffix: str) -> None:
    archive.put(archive.give_key("north"), "north", "pbx:1")
    for hostile in (*HOSTILE, *map(quote, HOSTILE)):
        answer = await archive.clients["administrator"].get(f"{PATH}/{hostile}{suffix}")
        assert answer.status_code in (400, 404), hostile
        assert "root:" not in answer.text
    assert archive.audit() == []


async def test_what_was_deleted_is_gone(archive: Archive) -> None:
    identity = archive.put(archive.give_key("north"), "north", "pbx:1")
    with_reason = "UPDATE stored_recordings SET deleted_at = now(), deleted_because = 'expired'"
    async with archive.database.seeing("north") as connection:
        await connection.execute(with_reason)
    answer = await archive.clients["manager"].get(f"{PATH}/{identity}/audio")
    assert answer.status_code == 410
    assert answer.json()["detail"] == "The recording was deleted: its time to be kept is over."
    assert (await archive.clients["manager"].get(f"{PATH}/{identity}")).json()["deletedBecause"] == "expired"
    assert (await archive.clients["manager"].get(PATH)).json()["total"] == 0
