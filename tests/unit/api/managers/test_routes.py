"""api/managers/routes.py: what managers ask, of their own tenant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from api_parts import NOON, Clock, FakeAccounts, agent, bearer, client_of, make_parts, queue, user
from manager_parts import FakeStore

from api.app import create_origin
from api.managers.routes import Desk, manager_router
from api.roles import WATCHERS, Role
from calls.tally import Tally

DAY = {"startDate": "2026-11-22", "endDate": "2026-11-22"}


def client(store: FakeStore, role: Role = Role.MANAGER, tenant: str = "default") -> httpx.AsyncClient:
    """Somebody of this tenant, signed in."""
    parts = make_parts(
        accounts=FakeAccounts(user(role, tenant)), desk=Desk(store, ZoneInfo("Europe/Berlin"), Clock(NOON))
    )
    return client_of(create_origin(parts, [manager_router(parts.desk)]), headers=bearer(role, tenant))


def store() -> FakeStore:
    """Agents and queues of two tenants."""
    filled = FakeStore(Tally(offered=4, answered=3, abandoned=1, answered_in_sl=3))
    filled.agents_of = {"default": [(agent(), None)], "other": [(agent("Theirs"), None)]}
    filled.queues_of = {"default": [queue()], "other": [queue("theirs")]}
    return filled


@pytest.mark.parametrize(
    ("tenant", "name", "queue_id"), [("default", "Alice", "support"), ("other", "Theirs", "theirs")]
)
async def test_each_tenant_sees_its_own(tenant: str, name: str, queue_id: str) -> None:
    async with client(store(), tenant=tenant) as browser:
        told_agents = (await browser.get("/api/pbx/manager/agents")).json()["agents"]
        told_queues = (await browser.get("/api/pbx/manager/queues")).json()["queues"]
    assert [each["name"] for each in told_agents] == [name]
    assert [each["id"] for each in told_queues] == [queue_id]


async def test_figures_of_a_local_day() -> None:
    asked = store()
    async with client(asked) as browser:
        answer = await browser.get("/api/pbx/manager/metrics", params=DAY)
    assert answer.json()["serviceLevel"] == 75.0
    begins, ends = datetime(2026, 11, 21, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert asked.asked == [("default", begins, ends, None)]


async def test_figures_of_one_agent() -> None:
    asked = store()
    async with client(asked) as browser:
        await browser.get("/api/pbx/manager/metrics", params={**DAY, "agentId": "PJSIP/Alice"})
        missing = await browser.get("/api/pbx/manager/metrics", params={**DAY, "agentId": "PJSIP/Theirs"})
    assert [interface for *_, interface in asked.asked] == ["PJSIP/Alice"]
    assert (missing.status_code, missing.json()["detail"]) == (404, "Agent extension not found")


async def test_a_report_on_one_agent() -> None:
    address, ours = "/api/pbx/manager/reports/agent-performance", {**DAY, "agentId": "PJSIP/Alice"}
    async with client(store()) as browser:
        told = (await browser.get(address, params=ours)).json()
        missing = await browser.get(address, params={**DAY, "agentId": "PJSIP/Theirs"})
        nameless = await browser.get(address, params=DAY)
    assert (told["agent"]["id"], told["callsHandled"], told["avgCallDuration"]) == ("PJSIP/Alice", 2, 45.0)
    assert (told["availability"], told["callsByDisposition"]) == (None, {"SALE": 1})
    assert (missing.status_code, missing.json()["detail"]) == (404, "Agent extension not found")
    assert (nameless.status_code, "agentId" in nameless.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "params",
    [{}, {"startDate": "2026-11-22"}, {"startDate": "x", "endDate": "2026-11-22"}, {**DAY, "startDate": "2027-01-01"}],
)
async def test_what_is_no_range_is_a_bad_request(params: dict[str, str]) -> None:
    async with client(store()) as browser:
        answer = await browser.get("/api/pbx/manager/metrics", params=params)
    assert answer.status_code == 400
    assert "Date" in answer.json()["detail"]


@pytest.mark.parametrize("role", Role)
async def test_who_may_watch(role: Role) -> None:
    async with client(store(), role) as browser:
        statuses = {
            (await browser.get(f"/api/pbx/manager/{name}", params={**DAY, "agentId": "PJSIP/Alice"})).status_code
            for name in ("agents", "queues", "metrics", "reports/agent-performance")
        }
    assert statuses == {200 if role in WATCHERS else 403}
