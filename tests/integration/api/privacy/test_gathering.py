"""api/privacy/gathering.py and what is made of it: a person looked up, and all about them taken away."""

import csv
import io
import json
import zipfile

from integration.api.privacy.conftest import EVIL, NAME, NATIONAL, NUMBER, PATH, SOUND, Desk, ask

from calls.erasure import stand_in


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
