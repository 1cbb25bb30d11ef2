"""Privacy over HTTP on a real PostgreSQL: people looked up, taken away and erased, by their tenant alone."""

import csv
import hashlib
import io
import json
import uuid
import zipfile
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
from api.privacy.certificates import file_of
from api.privacy.parts import privacy_desk
from api.recordings.key_file import KeyFile
from api.recordings.playing import Player
from api.recordings.store import RecordingStore
from calls.erasure import stand_in

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


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP, each whole."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    """A table."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_a_person_is_looked_up_and_taken_away(desk: Desk) -> None:
    for number in (NUMBER, "030 555 12345", f"90{NATIONAL}", f"0049{NATIONAL}"):
        found = await ask(desk.north, "POST", "/preview", 200, {"number": number})
        assert found["number"] == "+49 30 55512345" and f"0{NATIONAL}" in found["also"]
    assert found["found"] == {
        "calls": 4, "transfers": 1, "notes": 1, "recordings": 2, "events": 1, "corrections": 0, "comparisons": 0,
        "contacts": 1, "commands": 1, "dialled": 0, "refused": 1,
    }  # fmt: skip
    assert found["running"] is None and found["firstAt"] <= found["lastAt"]
    assert (await ask(desk.south, "POST", "/preview", 200, {"number": NUMBER}))["found"]["calls"] == 1
    assert "fewer than 6 digits" in (await ask(desk.north, "POST", "/preview", 400, {"number": "2001"}))["detail"]
    gone = {"number": f"+49{stand_in(NATIONAL, b'key')}"}
    assert "stands in for somebody" in (await ask(desk.north, "POST", "/preview", 400, gone))["detail"]

    answer = await desk.north.get(f"{PATH}/export", params={"number": "030 55512345"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    files = unpacked(answer.content)
    assert {"README.txt", "calls.csv", "notes.csv", "contact.csv", "commands.csv", "recordings.csv"} <= set(files)
    assert "+49 30 55512345" in files["README.txt"].decode()
    calls = rows_of(files["calls.csv"])
    assert {row["Call"] for row in calls} == {"pbx:1", "pbx:2", "pbx:3", "pbx:4"}
    assert {row["Number"] for row in calls if row["Call"] == "pbx:1"} == {f"'{NUMBER}"}
    assert [row["Note"] for row in rows_of(files["notes.csv"])] == [f"'{EVIL}"]
    assert [row["Name"] for row in rows_of(files["contact.csv"])] == [NAME]
    assert {row["What"] for row in rows_of(files["commands.csv"])} == {"dial", "refused to be dialled"}
    recordings = rows_of(files["recordings.csv"])
    (kept,) = [row["File"] for row in recordings if row["File"]]
    assert files[kept] == SOUND
    assert [row["Why it is not here"][:30] for row in recordings if not row["File"]] == [
        "The recording cannot be opened"
    ]
    whole = json.loads(files["person.json"])
    assert (whole["number"], len(whole["calls"]), len(whole["contacts"])) == (NUMBER, 4, 1)
    first = next(each for each in whole["calls"] if each["call"]["callId"] == "pbx:1")
    assert first["call"]["notes"] == EVIL and first["events"][0]["proved"] == {"from_number": NUMBER}
    assert (await desk.north.get(f"{PATH}/export", params={"number": "2001"})).status_code == 400
    nothing = unpacked((await desk.south.get(f"{PATH}/export", params={"number": "030999999999"})).content)
    assert json.loads(nothing["person.json"])["calls"] == []
    said = desk.audit()
    assert ("north", "north", "privacy.export", whole["export"], {"calls": 4, "recordings": 2}) in said
    assert len([row for row in said if row[2] == "privacy.preview"]) == 5
    assert NATIONAL not in str(said)


async def test_an_erasure_is_begun_once_and_followed_to_its_certificate(desk: Desk) -> None:
    form = {"number": "030 55512345", "confirm": NUMBER}
    wrong = await ask(desk.north, "POST", "/erasures", 400, form | {"confirm": OTHER})
    assert wrong["detail"].startswith("confirm: ")
    begun = await ask(desk.north, "POST", "/erasures", 202, form)
    assert (begun["kind"], begun["askedBy"], begun["people"], begun["isDone"]) == ("caller", "north", 1, False)
    assert [step["waitsFor"] for step in begun["steps"]] == ["Waits for its turn."] * 5
    again = await ask(desk.north, "POST", "/erasures", 202, {"number": NUMBER, "confirm": f"0{NATIONAL}"})
    assert again == begun
    assert (await ask(desk.north, "POST", "/preview", 200, {"number": NUMBER}))["running"] == begun["id"]
    # The same number is another person's business elsewhere.
    assert (await ask(desk.south, "POST", "/erasures", 202, form))["id"] != begun["id"]
    for path in (f"/erasures/{begun['id']}", f"/erasures/{begun['id']}/certificate"):
        await ask(desk.south, "GET", path, 404)
    await ask(desk.north, "GET", f"/erasures/{begun['id']}/certificate", 404)
    for step, status, detail in (
        ("tables", "done", {}), ("recordings", "waiting", {"left": 2}),
        ("log", "waiting", {"waiting": ["pbx 2026-11-27"]}), ("check", "waiting", {"inHand": 1}),
    ):  # fmt: skip
        row = (begun["id"], step, status, json.dumps(detail))
        desk.change("INSERT INTO privacy_steps VALUES (%s, 'north', %s, %s, %s)", *row)
    (listed,) = (await ask(desk.north, "GET", "/erasures", 200))["items"]
    assert [step["isDone"] for step in listed["steps"]] == [True, False, False, False, False]
    waits = {step["name"]: step["waitsFor"] for step in listed["steps"]}
    assert waits["recordings"] == "2 recordings are still to be deleted."
    assert waits["log"].endswith("pbx 2026-11-27.") and waits["check"] == "1 call is not over yet, or just ended."

    body = {"request": begun["id"], "figures": {"unchanged": True, "seconds": 12.5}}
    body |= {"hash": hashlib.sha256(file_of(body)).hexdigest()}
    desk.change("SELECT finish_erasure(%s, %s)", begun["id"], json.dumps(body))
    done = await ask(desk.north, "GET", f"/erasures/{begun['id']}", 200)
    assert (done["isDone"], done["unchanged"], done["intact"]) == (True, True, True)
    assert {step["waitsFor"] for step in done["steps"]} == {""}
    file = await desk.north.get(f"{PATH}/erasures/{begun['id']}/certificate")
    assert hashlib.sha256(file.content).hexdigest() == file.headers["x-certificate-sha256"] == done["certificateHash"]
    assert "attachment" in file.headers["content-disposition"]
    desk.change("UPDATE privacy_requests SET certificate = certificate || '{\"more\": 1}' WHERE id = %s", begun["id"])
    assert not (await ask(desk.north, "GET", f"/erasures/{begun['id']}", 200))["intact"]
    said = [row for row in desk.audit() if row[0] == "north" and row[2].startswith("privacy.")]
    assert [row[2] for row in said] == [
        "privacy.erasure", "privacy.preview", "privacy.erased", "privacy.certificate"
    ]  # fmt: skip
    assert {row[3] for row in said if row[2] != "privacy.preview"} == {begun["id"]} and NATIONAL not in str(said)


async def test_retention_is_set_within_bounds_by_the_tenant_itself(desk: Desk) -> None:
    unsaid = {"forgetCallersDays": None, "recordingsKeepDays": 90}
    assert await ask(desk.north, "GET", "/retention", 200) == unsaid
    for days in (29, 3651, 1.5, "soon"):
        problem = await ask(desk.north, "PUT", "/retention", 400, {"forgetCallersDays": days})
        assert problem["detail"].startswith("forgetCallersDays")
    for days in (30, 3650, None):
        told = await ask(desk.north, "PUT", "/retention", 200, {"forgetCallersDays": days})
        assert told == unsaid | {"forgetCallersDays": days}
    nothing = {"forgetCallersDays": None, "recordingsKeepDays": None}
    assert await ask(desk.south, "GET", "/retention", 200) == nothing
    said = [row[4] for row in desk.audit() if row[2] == "privacy.retention"]
    assert said[:2] == [{"forgetCallersDays": [None, 30]}, {"forgetCallersDays": [30, 3650]}]
