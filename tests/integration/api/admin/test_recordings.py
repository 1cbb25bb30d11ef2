"""api/admin/recordings.py: how long a tenant keeps recordings, and who listens."""

from integration.api.admin.conftest import Office

PATH = "/api/admin/recordings"


async def test_each_tenant_decides_for_itself(office: Office) -> None:
    assert (await office.north.get(PATH)).json() == {"keepDays": None, "agentsListen": False}
    answer = await office.north.put(PATH, json={"keepDays": 90})
    assert answer.json() == {"keepDays": 90, "agentsListen": False}
    assert (await office.north.put(PATH, json={"agentsListen": True})).json() == {"keepDays": 90, "agentsListen": True}
    assert (await office.north.put(PATH, json={"keepDays": None})).json()["keepDays"] is None
    assert (await office.south.get(PATH)).json() == {"keepDays": None, "agentsListen": False}
    assert [row[4] for row in office.audit()] == [
        {"keep_days": [None, 90]}, {"agents_listen": [False, True]}, {"keep_days": [90, None]}
    ]  # fmt: skip


async def test_a_number_of_days_is_one(office: Office) -> None:
    for days in (0, -1, 36_501, 1.5, "x"):
        assert (await office.north.put(PATH, json={"keepDays": days})).status_code == 400
