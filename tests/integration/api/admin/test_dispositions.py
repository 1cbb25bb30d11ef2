"""api/admin/dispositions.py: each tenant's own codes."""

from integration.api.admin.conftest import Office

PATH = "/api/admin/dispositions"


async def test_a_code_is_made_changed_and_removed(office: Office) -> None:
    assert (await office.north.post(PATH, json={"code": "SOLD", "title": "Sold"})).status_code == 201
    assert (await office.south.post(PATH, json={"code": "SOLD", "title": "Verkauft"})).status_code == 201
    twice = await office.north.post(PATH, json={"code": "SOLD", "title": "Again"})
    assert (twice.status_code, twice.json()["detail"]) == (409, "code: there is SOLD already; choose another.")
    changed = await office.north.put(f"{PATH}/SOLD", json={"isActive": False})
    assert changed.json() == {"code": "SOLD", "title": "Sold", "isActive": False}
    assert (await office.south.get(PATH)).json()["items"] == [{"code": "SOLD", "title": "Verkauft", "isActive": True}]
    assert (await office.north.delete(f"{PATH}/SOLD")).status_code == 204
    assert ((await office.north.get(PATH)).json(), (await office.south.get(PATH)).json()["total"]) == (
        {"items": [], "total": 0},
        1,
    )
    assert [row[2] for row in office.audit()] == [
        "disposition.add", "disposition.add", "disposition.change", "disposition.remove"
    ]  # fmt: skip


async def test_a_code_that_calls_have_stays(office: Office) -> None:
    await office.north.post(PATH, json={"code": "SOLD", "title": "Sold"})
    office.change(
        "INSERT INTO call_sessions (id, call_id, pbx, tenant_id, direction, status, certainty, started_at, created_at,"
        " version, disposition) VALUES (gen_random_uuid(), 'pbx:1', 'pbx', 'north', 'inbound', 'ENDED', 'final',"
        " now(), now(), 1, 'SOLD')"
    )
    answer = await office.north.delete(f"{PATH}/SOLD")
    assert (answer.status_code, answer.json()["detail"][:22]) == (409, "code: calls have it. S")


async def test_a_code_is_a_word(office: Office) -> None:
    for code in ("sold", "A B", "", "A" * 41, "Ä"):
        assert (await office.north.post(PATH, json={"code": code, "title": "x"})).status_code == 400
