"""api/admin/seen.py: what the PBX has seen and nobody is mapped to, each tenant its own."""

from integration.api.admin.conftest import Office

NORTH = {"pbx": "pbx", "interface": "PJSIP/north", "extension": "north", "name": "north"}


async def test_what_is_mapped_is_no_longer_listed_and_comes_back(office: Office) -> None:
    listed = (await office.north.get("/api/admin/extensions/seen")).json()
    assert (listed["total"], [item | {"name": "north"} for item in listed["items"]]) == (1, [NORTH])
    told = {"pbx": "pbx", "interface": "PJSIP/north", "userId": office.ids["north-agent"]}
    made = (await office.north.post("/api/admin/extensions", json=told)).json()
    assert (await office.north.get("/api/admin/extensions/seen")).json() == {"items": [], "total": 0}
    await office.north.delete(f"/api/admin/extensions/{made['id']}")
    assert (await office.north.get("/api/admin/extensions/seen")).json()["total"] == 1


async def test_each_tenant_sees_its_own_and_an_operator_those_of_the_tenant_named(office: Office) -> None:
    path = "/api/admin/extensions/seen"
    assert [item["interface"] for item in (await office.south.get(path)).json()["items"]] == ["PJSIP/south"]
    named = await office.operator.get(path, params={"tenant": "north"})
    assert [item["interface"] for item in named.json()["items"]] == ["PJSIP/north"]
    assert (await office.south.get(path, params={"tenant": "north"})).status_code == 404
