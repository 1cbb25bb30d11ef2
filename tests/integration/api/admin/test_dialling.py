"""api/admin/dialling.py: the rules of dialling to the outside, and who was refused by them."""

import httpx
import pytest
from integration.api.admin.conftest import Office

POLICY, REFUSALS = "/api/admin/dial-policy", "/api/admin/dial-refusals"
REFUSED = (
    "INSERT INTO dial_refusals (tenant_id, user_id, number, purpose, reason, detail)"
    " VALUES (%s, %s, '+881612345678', 'dial', 'destination', 'no')"
)


async def change(client: httpx.AsyncClient, **rules: object) -> httpx.Response:
    """Ask for these rules."""
    return await client.put(POLICY, json=rules)


async def test_rules_begin_cautious_and_change_one_by_one(office: Office) -> None:
    begun = (await office.north.get(POLICY)).json()
    assert (begun["country"], begun["countries"], begun["agentPerMinute"]) == (None, [], 10)
    assert begun["kinds"] == ["fixed_line", "mobile", "toll_free", "voip"]
    await change(office.north, country="DE", prices=[{"prefix": "+43", "perMinute": 0.2}])
    changed = await change(office.north, countries=["AT", "CH"], hours={"days": [1], "start": "08:00", "end": "18:00"})
    assert changed.status_code == 200
    said = {"country": "DE", "countries": ["AT", "CH"], "prices": [{"prefix": "+43", "perMinute": 0.2}],
            "hours": {"days": [1], "start": "08:00", "end": "18:00"}}  # fmt: skip
    assert (await office.north.get(POLICY)).json() == changed.json() == begun | said
    assert (await change(office.north, hours=None)).json()["hours"] is None


async def test_each_change_is_audited(office: Office) -> None:
    await change(office.north, country="DE")
    await change(office.north, country="AT", agentPerMinute=3)
    assert office.audit()[-1] == (
        "north", "north", "dial_policy.change", "north", {"country": ["DE", "AT"], "agentPerMinute": [10, 3]},
    )  # fmt: skip
    assert office.verify().broken is None


async def test_each_tenant_has_its_own_and_an_operator_all(office: Office) -> None:
    await change(office.north, country="DE")
    assert (await office.south.get(POLICY)).json()["country"] is None
    assert (await office.south.get(POLICY, params={"tenant": "north"})).status_code == 404
    assert (await office.operator.put(POLICY, params={"tenant": "south"}, json={"country": "FR"})).status_code == 200
    assert (await office.south.get(POLICY)).json()["country"] == "FR"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"),
        ("country", "Germany"),
        ("countries", ["DE", "XX"]),
        ("timeZone", "Europe/Atlantis"),
        ("timeZone", "../../etc/passwd"),
        ("prefixes", ["0049"]),
        ("kinds", ["anything"]),
        ("agentPerHour", 0),
        ("whatever", 1),
    ],
)
async def test_what_makes_no_sense_is_said_at_its_field(office: Office, field: str, value: object) -> None:
    answer = await change(office.north, **{field: value})
    assert answer.status_code == 400
    assert field in answer.json()["detail"]
    assert office.audit() == []


async def test_refusals_are_seen_newest_first(office: Office) -> None:
    for name in ("north", "north", "south"):
        office.change(REFUSED, name, office.ids[f"{name}-agent"])
    told = (await office.north.get(REFUSALS, params={"limit": 1})).json()
    assert told["total"] == 2
    (newest,) = told["items"]
    assert (newest["username"], newest["number"], newest["reason"]) == ("north-agent", "+881612345678", "destination")
    assert (await office.south.get(REFUSALS)).json()["total"] == 1
