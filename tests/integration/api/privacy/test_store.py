"""api/privacy/store.py: an erasure begun once and followed by its tenant alone, and how long callers are kept."""

import hashlib
import json

from integration.api.privacy.conftest import NATIONAL, NUMBER, OTHER, PATH, Desk, ask

from calls.certificates import hash_of


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
    body |= {"hash": hash_of(body)}
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
