"""api/admin/extensions.py: users behind interfaces, and agents who sign in by them."""

from typing import Any

import psycopg
import pytest
from api_parts import agent
from api_rows import live_statements, write
from integration.api.admin.conftest import PASSWORD, Office


def mapping(office: Office, user: str = "north-agent", interface: str = "PJSIP/north") -> dict[str, str]:
    """What maps a user."""
    return {"userId": office.ids[user], "pbx": "pbx", "interface": interface}


def linked(office: Office) -> dict[str, str | None]:
    """The user of each agent that the PBX told of, by interface."""
    with psycopg.connect(office.owner) as connection:
        found = connection.execute("SELECT interface, user_id::text FROM agent_extensions").fetchall()
    return {interface: user for interface, user in found}


async def agent_login(office: Office, extension: str, password: str = PASSWORD) -> Any:
    """Try to sign in by extension."""
    form = {"extension": extension, "password": password}
    return await office.nobody.post("/api/pbx/agent/login", json=form)


async def test_an_agent_is_mapped_signs_in_and_is_unmapped(office: Office) -> None:
    made = await office.north.post("/api/admin/extensions", json=mapping(office))
    assert made.status_code == 201
    told = made.json()
    assert (told["username"], told["extension"], told["tenant"]) == ("north-agent", "north", "north")
    assert linked(office) == {"PJSIP/north": office.ids["north-agent"], "PJSIP/south": None}
    assert (await office.north.get("/api/admin/extensions")).json() == {"items": [told], "total": 1}

    signed = await agent_login(office, "north")
    assert (signed.status_code, signed.json()["agentId"], signed.json()["pbx"]) == (200, "PJSIP/north", "pbx")
    me = await office.nobody.get("/api/auth/me", headers={"authorization": f"Bearer {signed.json()['accessToken']}"})
    assert me.json()["userId"] == office.ids["north-agent"]

    path = f"/api/admin/extensions/{told['id']}"
    changed = await office.north.put(path, json={"userId": office.ids["north"], "extension": "4711"})
    assert (changed.json()["username"], changed.json()["extension"]) == ("north", "4711")
    assert linked(office)["PJSIP/north"] == office.ids["north"]
    assert (await agent_login(office, "north")).status_code == 401
    assert (await office.north.delete(path)).status_code == 204
    assert linked(office) == {"PJSIP/north": None, "PJSIP/south": None}
    assert (await agent_login(office, "4711")).status_code == 401
    assert [row[2] for row in office.audit()] == ["extension.add", "extension.change", "extension.remove"]
    assert office.verify().is_whole


async def test_an_agent_who_is_seen_later_is_linked_then(office: Office) -> None:
    user, telephone = mapping(office, interface="PJSIP/late"), agent("Late", interface="PJSIP/late", tenant="north")
    assert (await office.operator.post("/api/admin/extensions?tenant=north", json=user)).status_code == 201
    write(office.owner, live_statements([telephone], []))
    assert linked(office)["PJSIP/late"] == office.ids["north-agent"]


@pytest.mark.parametrize("interface", ["PJSIP/south", "PJSIP/nobody"])
async def test_what_is_not_ones_own_is_not_given_out(office: Office, interface: str) -> None:
    answer = await office.north.post("/api/admin/extensions", json=mapping(office, interface=interface))
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("interface: no agent of yours was seen there yet.")


async def test_a_user_of_another_tenant_is_none(office: Office) -> None:
    missing = mapping(office) | {"userId": "00000000-0000-4000-8000-000000000000"}
    answers = [
        await office.north.post("/api/admin/extensions", json=mapping(office, user="south-agent")),
        await office.north.post("/api/admin/extensions", json=missing),
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}


async def test_what_is_given_out_is_not_given_out_twice(office: Office) -> None:
    path = "/api/admin/extensions"
    await office.north.post(path, json=mapping(office))
    twice = await office.north.post(path, json=mapping(office, user="north"))
    assert (twice.status_code, twice.json()["detail"]) == (409, "interface: it is given out on pbx already.")
    other = mapping(office, interface="PJSIP/other") | {"extension": "north"}
    same = await office.operator.post(f"{path}?tenant=north", json=other)
    assert (same.status_code, same.json()["detail"]) == (409, "extension: it is given out on pbx already.")


@pytest.mark.parametrize(
    "change", [{"pbx": "a:b"}, {"interface": "1001"}, {"interface": "PJSIP/a&PJSIP/b"}, {"extension": ""},
               {"userId": "x"}, {"extension": "1 2"}],
    ids=str,
)  # fmt: skip
async def test_what_names_nothing_is_refused_by_its_field(office: Office, change: dict[str, str]) -> None:
    answer = await office.north.post("/api/admin/extensions", json=mapping(office) | change)
    assert (answer.status_code, next(iter(change)) in answer.json()["detail"]) == (400, True)
