"""api/app.py: the whole origin, put together."""

from functools import cache

import httpx
import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_origin
from api.asgi import App


@cache
def origin() -> App:
    """The whole, once: none of this leaves anything behind."""
    return create_origin(make_parts())


def client() -> httpx.AsyncClient:
    """A client of the whole."""
    return client_of(origin())


async def test_errors_are_problem_documents() -> None:
    async with client() as browser:
        answers = [await browser.get("/nowhere"), await browser.get("/api/auth/me"), await browser.put("/livez")]
    assert [answer.status_code for answer in answers] == [404, 401, 405]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert all(set(answer.json()) == {"type", "title", "status", "detail"} for answer in answers)


async def test_openapi_describes_the_routes_to_who_is_signed_in() -> None:
    async with client() as browser:
        schema = (await browser.get("/schema/openapi.json", headers=bearer())).json()
    paths = {
        "/api/auth/login",
        "/api/auth/refresh",
        "/api/pbx/agent/login",
        "/api/auth/logout",
        "/api/auth/me",
        "/livez",
        "/readyz",
        "/metrics",
        "/api/analyst/sql",
    }
    paths |= {f"/api/pbx/manager/{name}" for name in ("agents", "queues", "metrics", "reports/agent-performance")}
    paths |= {f"/api/pbx/manager/limits{rest}" for rest in ("", "/{queue_id}")}
    paths |= {"/api/pbx/past", "/api/pbx/past/reel"}
    paths |= {f"/api/schedules{rest}" for rest in ("", "/mail", "/{schedule_id}")}
    paths |= {f"/api/schedules/{{schedule_id}}/{name}" for name in ("send", "sendings")}
    erasures = ("erasures", "erasures/{request_id}", "erasures/{request_id}/certificate")
    paths |= {f"/api/admin/privacy/{name}" for name in ("preview", "export", "agent-export", "retention", *erasures)}
    paths |= {f"/api/alerts{rest}" for rest in ("", "/try", "/fired", "/{alert_id}")}
    paths |= {"/api/pbx/contacts", "/api/pbx/contacts/{contact_id}"}
    paths |= {f"/api/pbx/history{rest}" for rest in ("", "/count", "/file", "/{call_id}", "/{call_id}/events")}
    paths.add("/api/pbx/rejects")
    call = "/api/pbx/calls/{call_id}"
    paths |= {f"{call}/{name}" for name in ("answer", "hangup", "hold", "unhold", "mute", "notes", "redirect")}
    paths |= {f"{call}/transfer{part}" for part in ("", "/complete", "/cancel")}
    paths |= {call, f"{call}/recording/start", f"{call}/recording/stop"}
    paths |= {f"/api/pbx/queues/{{queue_id}}{part}" for part in ("", "/members", "/members/pause", "/route")}
    paths |= {f"/api/pbx/{name}" for name in ("agent/status", "calls/dial", "calls/bridge", "dispositions")}
    paths.add("/api/pbx/commands/{command_id}")
    paths |= {f"{call}/supervise", f"{call}/conference", f"{call}/customer"}
    phone = ("session", "directory", "target", "history", "quality", "commands/{command_id}")
    paths |= {f"/api/pbx/phone/{name}" for name in phone}
    paths |= {f"/api/pbx/recordings{rest}" for rest in ("", "/{recording_id}", "/{recording_id}/audio")}
    admin = {
        *("tenants", "tenants/{tenant_id}", "users", "users/{user_id}", "users/{user_id}/password"),
        *("users/{user_id}/sign-out", "extensions", "extensions/{extension_id}", "queues", "queues/{queue_id}"),
        "extensions/seen",
        *("dispositions", "dispositions/{code}", "dial-policy", "dial-refusals", "audit", "recordings"),
        "pause-reasons",
    }
    paths |= {f"/api/admin/{name}" for name in admin}
    assert set(schema["paths"]) == paths
    parameters = schema["paths"]["/api/pbx/manager/metrics"]["get"]["parameters"]
    assert [each["name"] for each in parameters] == ["startDate", "endDate", "agentId"]


async def test_there_are_no_pages_of_the_schema() -> None:
    async with client() as browser:
        for path in ("/schema/swagger", "/schema/redoc", "/schema/openapi.yaml"):
            assert (await browser.get(path, headers=bearer())).status_code == 404


@pytest.mark.parametrize("path", ["/reports", "/reports/x"])
async def test_the_dashboard_is_at_the_same_origin(path: str) -> None:
    async with client() as browser:
        answer = await browser.get(path, headers={"accept": "text/html"})
    assert answer.headers["location"].startswith("/login?next=")
