"""api/post/routes.py: who may have reports sent, and what is refused by name. In PostgreSQL: tests/integration."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from api_parts import bearer, client_of, make_parts
from schedule_parts import FORM, FakeSchedules, schedule_desk

from api.app import create_api
from api.post.routes import ScheduleDesk, schedule_router
from api.roles import Role

NOBODY = UUID(int=7)


@asynccontextmanager
async def client(desk: ScheduleDesk, role: Role = Role.MANAGER) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes alone."""
    app = create_api(make_parts(), [schedule_router(desk)])
    async with client_of(app, headers=bearer(role)) as browser:
        yield browser


async def test_a_schedule_is_made_changed_sent_and_removed() -> None:
    store, stirred = FakeSchedules(), []
    desk = ScheduleDesk(
        store, schedule_desk().account, schedule_desk().zone, lambda: stirred.append(1), schedule_desk().clock
    )
    async with client(desk) as browser:
        made = await browser.post("/api/schedules", json=FORM)
        assert made.status_code == 201, made.text
        assert made.json()["nextAt"] == "2026-11-27T06:00:00Z" and made.json()["owner"] == "Manager"
        path = f"/api/schedules/{made.json()['id']}"
        changed = await browser.put(path, json=FORM | {"at": "04:30", "timeZone": "UTC"})
        assert changed.json()["nextAt"] == "2026-11-27T04:30:00Z"
        assert (await browser.get("/api/schedules")).json() == {"items": [changed.json()], "total": 1}
        assert (await browser.post(f"{path}/send")).status_code == 202 and stirred == [1]
        assert (await browser.get(f"{path}/sendings")).json() == {"items": [], "total": 0}
        assert (await browser.delete(path)).status_code == 204
        assert (await browser.get(path)).status_code == 404


async def test_what_is_refused_is_named() -> None:
    store = FakeSchedules()
    async with client(schedule_desk(store)) as browser:
        for field, wrong in (
            *(
                ("recipients", ["eve@evil.example"]),
                ("recipients", ["ann"]),
                ("recipients", ["a@example.com\nBcc: b@c"]),
            ),
            *(("timeZone", "Europe/Atlantis"), ("page", "live"), ("at", "25:00"), ("kind", "exe")),
        ):
            answer = await browser.post("/api/schedules", json=FORM | {field: wrong})
            assert answer.status_code == 400 and field in answer.json()["detail"], answer.text
        weekly = await browser.post("/api/schedules", json=FORM | {"every": "week"})
        assert weekly.status_code == 400 and "days" in weekly.json()["detail"]
        store.is_full = True
        assert (await browser.post("/api/schedules", json=FORM)).status_code == 409


@pytest.mark.parametrize("role", set(Role) - {Role.MANAGER, Role.ADMINISTRATOR})
async def test_only_managers(role: Role) -> None:
    async with client(schedule_desk(), role) as browser:
        assert (await browser.get("/api/schedules")).status_code == 403


async def test_without_a_mail_server_it_is_said_what_to_set() -> None:
    store = FakeSchedules()
    async with client(schedule_desk(store)) as browser:
        path = f"/api/schedules/{(await browser.post('/api/schedules', json=FORM)).json()['id']}"
        state = (await browser.get("/api/schedules/mail")).json()
    assert (state["isSet"], state["sender"], state["missing"]) == (True, "reports@example.com", [])
    assert (state["domains"], state["timeZone"]) == (["example.com"], "Europe/Berlin")
    async with client(schedule_desk(store, has_mail=False)) as browser:
        state = (await browser.get("/api/schedules/mail")).json()
        assert (state["isSet"], state["missing"]) == (False, ["TRUNKLINE_SMTP_HOST", "TRUNKLINE_SMTP_FROM"])
        for method, where in (("POST", "/api/schedules"), ("PUT", path), ("POST", f"{path}/send")):
            refused = await browser.request(method, where, json=FORM)
            assert refused.status_code == 409 and "TRUNKLINE_SMTP_HOST" in refused.json()["detail"]


async def test_what_is_another_tenants_is_missing() -> None:
    store = FakeSchedules()
    async with client(schedule_desk(store)) as browser:
        theirs = (await browser.post("/api/schedules", json=FORM)).json()["id"]
        store.kept = {("theirs", key): each for (_, key), each in store.kept.items()}
        for each in (theirs, NOBODY, "x", f"{{{theirs}}}"):
            path = f"/api/schedules/{each}"
            answers = [await browser.get(path), await browser.put(path, json=FORM), await browser.delete(path)]
            answers += [await browser.post(f"{path}/send"), await browser.get(f"{path}/sendings")]
            assert {answer.status_code for answer in answers} == {404}
    assert store.sent == []
