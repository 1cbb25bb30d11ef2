"""api/alerts/routes.py: who reads, who tries, who changes; what makes no sense is named."""

from typing import Any

import httpx
import pytest
from alert_parts import RULE, FakeAlerts, alert_desk
from api_parts import FakeAccounts, bearer, client_of, make_parts, user

from api.alerts.routes import alert_router
from api.app import create_origin
from api.roles import Role

PATH = "/api/alerts"
SPAN = {"from": "2026-11-21", "to": "2026-11-22"}


class Asked:
    """An origin with alerts in a dictionary."""

    def __init__(self) -> None:
        desk = alert_desk(FakeAlerts())
        accounts = FakeAccounts(*map(user, Role))
        self.app = create_origin(make_parts(alerts=desk, accounts=accounts), [alert_router(desk)])

    async def say(self, method: str, path: str = "", role: Role = Role.MANAGER, **options: Any) -> httpx.Response:
        async with client_of(self.app, headers=bearer(role)) as client:
            return await client.request(method, PATH + path, **options)


async def test_a_rule_is_made_changed_and_removed() -> None:
    asked = Asked()
    made = await asked.say("POST", json={"rule": RULE, "webhook": "https://hooks.example.com/x"})
    assert (made.status_code, made.json()["secret"]) == (201, "told once")
    place = f"/{made.json()['id']}"
    assert (await asked.say("GET", place, Role.SUPERVISOR)).json() == made.json() | {"secret": None}
    changed = await asked.say("PUT", place, json={"rule": RULE | {"limit": 5}, "isActive": False})
    assert (changed.status_code, changed.json()["rule"]["limit"], changed.json()["isActive"]) == (200, 5, False)
    assert (await asked.say("GET")).json()["total"] == 1
    assert (await asked.say("DELETE", place)).status_code == 204
    for method, body in (("GET", None), ("PUT", {"rule": RULE}), ("DELETE", None)):
        assert (await asked.say(method, place, json=body)).status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ANALYST, Role.AGENT])
async def test_who_watches_reads_and_tries_and_changes_nothing(role: Role) -> None:
    asked, may = Asked(), 403 if role is Role.AGENT else 200
    assert (await asked.say("GET", role=role)).status_code == may
    assert (await asked.say("GET", "/fired", role)).status_code == may
    assert (await asked.say("POST", "/try", role, json={"rule": RULE} | SPAN)).status_code == may
    assert (await asked.say("POST", "", role, json={"rule": RULE})).status_code == 403


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"rule": RULE | {"limit": 0}}, "rule.limit"),
        ({"rule": RULE | {"metric": "mood"}}, "rule.metric"),
        ({"rule": RULE | {"name": "a\x00b"}}, "rule.name"),
        ({"rule": RULE, "webhook": "https://elsewhere.example.com/"}, "webhook"),
        ({"rule": RULE, "webhook": "file:///etc/passwd"}, "webhook"),
        ({"rule": RULE, "mail": ["nobody"]}, "mail"),
        ({"rule": RULE, "loud": True}, "loud"),
    ],
)
async def test_what_makes_no_sense_is_named(body: dict[str, Any], named: str) -> None:
    answer = await Asked().say("POST", json=body)
    assert answer.status_code == 400
    assert named in answer.json()["detail"]
