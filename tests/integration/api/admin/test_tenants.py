"""api/admin/tenants.py: operators make tenants; everybody else sees their own."""

import pytest
from integration.api.admin.conftest import PASSWORD, Office

PATH = "/api/admin/tenants"


async def test_a_tenant_is_made_and_administered(office: Office) -> None:
    made = await office.operator.post(PATH, json={"id": "east", "name": "East Ltd"})
    assert (made.status_code, made.json()["isActive"]) == (201, True)
    assert (await office.operator.get(f"{PATH}/east")).json() == made.json()
    boss = {"username": "eve", "name": "Eve", "role": "administrator", "password": "a long password"}
    eve = await office.operator.post("/api/admin/users?tenant=east", json=boss)
    assert (eve.status_code, eve.json()["tenant"]) == (201, "east")
    twice = await office.operator.post(PATH, json={"id": "east", "name": "x"})
    assert twice.status_code == 409
    listed = (await office.operator.get(PATH)).json()
    assert [each["id"] for each in listed["items"]] == ["default", "east", "north", "south"]
    assert [row[:3] for row in office.audit()] == [
        ("default", "operator", "tenant.add"), ("east", "operator", "user.add")
    ]  # fmt: skip


async def test_who_is_no_operator_sees_the_own_tenant_alone(office: Office) -> None:
    assert [each["id"] for each in (await office.north.get(PATH)).json()["items"]] == ["north"]
    assert (await office.north.get(f"{PATH}/north")).status_code == 200
    assert (await office.north.post(PATH, json={"id": "mine", "name": "Mine"})).status_code == 403
    for name in ("north", "south", "nowhere"):
        answer = await office.north.put(f"{PATH}/{name}", json={"name": "x"})
        assert (answer.status_code, answer.json()["detail"]) == (
            403, "Only an operator of the whole installation may do this."
        )  # fmt: skip


async def test_a_closed_tenant_lets_nobody_in(office: Office) -> None:
    closed = await office.operator.put(f"{PATH}/north", json={"isActive": False})
    assert (closed.status_code, closed.json()["isActive"]) == (200, False)
    login = await office.nobody.post("/api/auth/login", json={"username": "north", "password": PASSWORD})
    assert login.status_code == 401
    assert (await office.operator.put(f"{PATH}/default", json={"isActive": False})).status_code == 400
    opened = await office.operator.put(f"{PATH}/north", json={"isActive": True, "name": "North Ltd"})
    assert opened.json()["name"] == "North Ltd"
    login = await office.nobody.post("/api/auth/login", json={"username": "north", "password": PASSWORD})
    assert login.status_code == 200


@pytest.mark.parametrize("tenant_id", ["", "A", "a b", "../a", "-a", "a" * 64, "a\u0000"])
async def test_what_is_no_id_is_refused(office: Office, tenant_id: str) -> None:
    answer = await office.operator.post(PATH, json={"id": tenant_id, "name": "x"})
    assert (answer.status_code, "id" in answer.json()["detail"]) == (400, True)
