"""api/admin/users.py: users are made, changed and let go, each in its tenant."""

from typing import Any

import pytest
from integration.api.admin.conftest import PASSWORD, Office

MIA: dict[str, Any] = {"username": "mia", "name": "Mia Meyer", "role": "agent", "password": "a long password"}


async def login(office: Office, username: str, password: str) -> int:
    """The status of a try to sign in."""
    answer = await office.nobody.post("/api/auth/login", json={"username": username, "password": password})
    return answer.status_code


async def test_a_user_is_made_and_signs_in(office: Office) -> None:
    made = await office.north.post("/api/admin/users", json=MIA)
    assert made.status_code == 201
    mia = made.json()
    assert {name: mia[name] for name in ("tenant", "username", "role", "isActive", "isOperator")} == {
        "tenant": "north", "username": "mia", "role": "agent", "isActive": True, "isOperator": False,
    }  # fmt: skip
    assert await login(office, "mia", MIA["password"]) == 200
    listed = (await office.north.get("/api/admin/users")).json()
    assert (listed["total"], mia in listed["items"]) == (3, True)
    assert "assword" not in (await office.north.get("/api/admin/users")).text
    assert office.audit() == [
        ("north", "north", "user.add", mia["id"],
         {"username": "mia", "name": "Mia Meyer", "role": "agent", "is_operator": False}),
    ]  # fmt: skip
    assert office.verify().is_whole


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "m"}, "username"),
        ({"username": "mia meyer"}, "username"),
        ({"username": "mia\u0000"}, "username"),
        ({"name": ""}, "name"),
        ({"name": "Mia\nMeyer"}, "name"),
        ({"name": "\u202eaiM"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"role": "root"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "1" * 1001}, "password"),
        ({"tenant": "south"}, "tenant"),
        ({"isOperator": "perhaps"}, "isOperator"),
    ],
    ids=str,
)
async def test_what_makes_no_user_is_refused_by_its_field(office: Office, change: dict[str, Any], field: str) -> None:
    answer = await office.north.post("/api/admin/users", json=MIA | change)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert field in answer.json()["detail"]


async def test_a_name_that_is_taken_is_said(office: Office) -> None:
    answer = await office.north.post("/api/admin/users", json=MIA | {"username": "south"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "username: south is taken; choose another.")
    assert office.audit() == []


async def test_a_change_is_one_audit_row_with_what_differs(office: Office) -> None:
    agent = office.ids["north-agent"]
    same = {"name": "north-agent", "role": "supervisor"}
    answer = await office.north.put(f"/api/admin/users/{agent}", json=same)
    assert (answer.status_code, answer.json()["role"]) == (200, "supervisor")
    assert office.audit() == [("north", "north", "user.change", agent, {"role": ["agent", "supervisor"]})]


@pytest.mark.parametrize("how", ["deactivate", "delete", "password", "sign-out"])
async def test_who_is_let_go_is_signed_out_everywhere(office: Office, how: str) -> None:
    path = f"/api/admin/users/{office.ids['north-agent']}"
    signed = await office.nobody.post("/api/auth/login", json={"username": "north-agent", "password": PASSWORD})
    office.nobody.cookies.clear()
    answer = {
        "deactivate": lambda: office.north.put(path, json={"isActive": False}),
        "delete": lambda: office.north.delete(path),
        "password": lambda: office.north.post(f"{path}/password", json={"password": "another password"}),
        "sign-out": lambda: office.north.post(f"{path}/sign-out"),
    }[how]
    assert (await answer()).status_code in (200, 204)
    token = {"refreshToken": signed.json()["refreshToken"]}
    assert (await office.nobody.post("/api/auth/refresh", json=token)).status_code == 401
    headers = {"authorization": f"Bearer {signed.json()['accessToken']}"}
    assert (await office.nobody.get("/api/auth/me", headers=headers)).status_code == 401
    assert await login(office, "north-agent", PASSWORD) == (200 if how == "sign-out" else 401)


@pytest.mark.parametrize("what", [{"role": "manager"}, {"isActive": False}, {"isOperator": False, "role": "agent"}])
async def test_nobody_takes_their_own_rights(office: Office, what: dict[str, Any]) -> None:
    answer = await office.operator.put(f"/api/admin/users/{office.ids['operator']}", json=what)
    assert answer.status_code == 400
    assert (await office.operator.delete(f"/api/admin/users/{office.ids['operator']}")).status_code == 400


async def test_only_an_operator_makes_and_changes_operators(office: Office) -> None:
    boss = MIA | {"role": "administrator", "isOperator": True}
    assert (await office.north.post("/api/admin/users", json=boss)).status_code == 403
    deputy = (await office.operator.post("/api/admin/users", json=boss | {"isOperator": False})).json()
    office.change("UPDATE users SET tenant_id = 'north' WHERE id = %s", deputy["id"])
    assert (await office.north.put(f"/api/admin/users/{deputy['id']}", json={"isOperator": True})).status_code == 403
    path = f"/api/admin/users/{deputy['id']}?tenant=north"
    assert (await office.operator.put(path, json={"isOperator": True})).status_code == 200
    for refused in (
        await office.north.put(f"/api/admin/users/{deputy['id']}", json={"name": "No"}),
        await office.north.delete(f"/api/admin/users/{deputy['id']}"),
        await office.north.post(f"/api/admin/users/{deputy['id']}/password", json={"password": "a long password"}),
    ):
        assert refused.status_code == 403
    agent = f"/api/admin/users/{office.ids['north-agent']}?tenant=north"
    assert (await office.operator.put(agent, json={"isOperator": True})).status_code == 400


async def test_a_part_of_a_long_list(office: Office) -> None:
    page = (await office.north.get("/api/admin/users?limit=1&offset=1")).json()
    assert (len(page["items"]), page["total"], page["items"][0]["username"]) == (1, 2, "north-agent")
    for query in ("limit=0", "limit=1001", "limit=x", "offset=-1"):
        assert (await office.north.get(f"/api/admin/users?{query}")).status_code == 400
