"""api/recordings/rows.py: who may hear which recordings."""

from api_rows import change
from integration.api.recordings.conftest import PATH, Archive

LISTEN = "INSERT INTO recording_settings (tenant_id, agents_listen) VALUES ('north', true)"


async def ids(archive: Archive, who: str, **asked: str) -> list[str]:
    """What somebody is shown, newest first."""
    answer = await archive.clients[who].get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_each_role_hears_what_it_may(archive: Archive) -> None:
    key = archive.give_key("north")
    own, others, nobodys = (archive.put(key, "north", call_id) for call_id in ("pbx:1", "pbx:2", None))
    for who in ("supervisor", "manager"):
        assert set(await ids(archive, who)) == {own, others}
        assert (await archive.clients[who].get(f"{PATH}/{nobodys}")).status_code == 404
    assert set(await ids(archive, "administrator")) == {own, others, nobodys}
    for path in (PATH, f"{PATH}/{own}", f"{PATH}/{own}/audio"):
        assert (await archive.clients["analyst"].get(path)).status_code == 403
        refused = await archive.clients["agent"].get(path)
        assert (refused.status_code, "Your organisation" in refused.text) == (403, True)


async def test_agents_hear_their_own_calls_where_their_tenant_lets_them(archive: Archive) -> None:
    key = archive.give_key("north")
    own, others, nobodys = (archive.put(key, "north", call_id) for call_id in ("pbx:1", "pbx:2", None))
    change(archive.owner, LISTEN)
    assert await ids(archive, "agent") == [own]
    agent = archive.clients["agent"]
    assert (await agent.get(f"{PATH}/{own}/audio")).status_code == 200
    for other in (others, nobodys):
        for suffix in ("", "/audio"):
            assert (await agent.get(f"{PATH}/{other}{suffix}")).status_code == 404
    assert [row[0] for row in archive.audit()] == ["agent"]


async def test_a_calls_recordings_are_those_before_it_became_part_of_another_too(archive: Archive) -> None:
    key = archive.give_key("north")
    first, second = archive.put(key, "north", "pbx:1"), archive.put(key, "north", "pbx:2")
    assert await ids(archive, "manager", callId="pbx:2") == [second]
    change(archive.owner, "UPDATE call_sessions SET merged_into = 'pbx:2' WHERE call_id = 'pbx:1'")
    assert set(await ids(archive, "manager", callId="pbx:2")) == {first, second}
    for missing in ("pbx:7", "pbx:9", "\0", "' OR true --"):
        answer = await archive.clients["manager"].get(PATH, params={"callId": missing})
        assert (answer.status_code, answer.json()["detail"]) == (404, "Call session not found")


async def test_a_list_comes_in_parts(archive: Archive) -> None:
    key = archive.give_key("north")
    for _ in range(3):
        archive.put(key, "north", "pbx:1", b"short")
    answer = (await archive.clients["manager"].get(PATH, params={"limit": 2, "offset": 2})).json()
    assert (len(answer["items"]), answer["total"]) == (1, 3)
