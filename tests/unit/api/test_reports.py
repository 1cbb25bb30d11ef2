"""api/reports.py: the door before the dashboard."""

from typing import Any

import httpx
import pytest
from analyst_parts import FakeBook
from api_parts import bearer, client_of, make_gate, make_parts, token
from msgspec.structs import replace
from no_dashboard import NoDashboard

from api.app import create_origin
from api.door.crowd import AT_ONCE_S, Rates
from api.proxy import HttpProxy
from api.proxy_socket import SocketProxy
from api.reports import Reports, is_ours
from api.roles import Role

PAGE = {"accept": "text/html,*/*"}


class Dashboard(httpx.AsyncBaseTransport):
    """Remembers what it was asked, and answers."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b"a page"))


def client(dashboard: httpx.AsyncBaseTransport, rates: Rates | None = None) -> httpx.AsyncClient:
    """A client of an origin with this dashboard behind it."""
    gate, proxy = make_gate(rates=rates), HttpProxy("dashboard.test:80", dashboard)
    reports = Reports(gate, proxy, SocketProxy("127.0.0.1:1"), b"away", FakeBook())
    return client_of(create_origin(replace(make_parts(), reports=reports), []))


@pytest.mark.parametrize(
    ("path", "ours"),
    [("/reports", True), ("/reports/", True), ("/reports/live", True), ("/reportsx", False), ("/api/reports", False)],
)
def test_what_belongs_to_the_dashboard(path: str, ours: bool) -> None:
    assert is_ours(path) is ours


async def test_a_page_without_a_sign_in_leads_to_the_login_and_back() -> None:
    dashboard = Dashboard()
    async with client(dashboard) as browser:
        answer = await browser.get("/reports/live?queue=a%26b", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Freports%2Flive%3Fqueue%3Da%2526b")
    assert dashboard.asked == []


async def test_data_without_a_sign_in_is_refused() -> None:
    async with client(Dashboard()) as browser:
        answers = [await browser.get("/reports/_dash-layout"), await browser.post("/reports/x", headers=PAGE)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].headers["content-type"] == "application/problem+json"


async def test_a_sign_in_opens_it() -> None:
    dashboard = Dashboard()
    async with client(dashboard) as browser:
        answer = await browser.get("/reports/live?x=%2F", headers={**PAGE, "cookie": f"trunkline={token()}"})
    assert (answer.status_code, answer.text) == (200, "a page")
    assert dashboard.asked[0].url.raw_path == b"/reports/live?x=%2F"
    assert "trunkline=" in dashboard.asked[0].headers["cookie"]


async def test_what_pages_are_made_of_is_not_counted_and_pages_are() -> None:
    cookie = {"cookie": f"trunkline={token()}"}
    most = AT_ONCE_S
    async with client(Dashboard(), Rates(user=1)) as browser:
        for path in ("/reports/assets/live.js", "/reports/_dash-component-suites/dash/x.js"):
            files = [(await browser.get(path, headers=cookie)).status_code for _ in range(most + 2)]
            assert set(files) == {200}
        pages = [(await browser.get("/reports/live", headers=cookie)).status_code for _ in range(most + 2)]
    assert pages == [200] * most + [429] * 2


async def test_agents_do_not_see_the_reports() -> None:
    async with client(Dashboard()) as browser:
        assert (await browser.get("/reports/", headers=bearer(Role.AGENT))).status_code == 403


async def test_another_site_cannot_post_with_a_cookie() -> None:
    headers = {"cookie": f"trunkline={token()}", "origin": "http://evil.test"}
    dashboard = Dashboard()
    async with client(dashboard) as browser:
        assert (await browser.post("/reports/_dash-update-component", headers=headers)).status_code == 403
    assert dashboard.asked == []


async def test_the_folder_itself_has_a_slash() -> None:
    async with client(Dashboard()) as browser:
        answer = await browser.get("/reports", headers=bearer())
    assert (answer.status_code, answer.headers["location"]) == (303, "/reports/")


async def test_a_dashboard_that_is_down_is_said_in_a_sentence() -> None:
    async with client(NoDashboard()) as browser:
        answer = await browser.get("/reports/", headers=bearer())
    assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json")
    assert answer.json()["detail"].startswith("The dashboard does not answer.")


async def test_a_reader_is_shown_a_page_meanwhile() -> None:
    async with client(NoDashboard()) as browser:
        answer = await browser.get("/reports/", headers=bearer() | PAGE)
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (
        502,
        "away",
        "text/html; charset=utf-8",
    )
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/reports/../x", "/reports/a/../../x", "/reports/..", "/reports/a\\..\\..\\x"])
async def test_no_path_climbs_out(path: str) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    dashboard = Dashboard()
    reports = Reports(
        make_gate(), HttpProxy("dashboard.test:80", dashboard), SocketProxy("127.0.0.1:1"), b"away", FakeBook()
    )
    headers = [(b"authorization", bearer()["authorization"].encode())]
    await reports(
        {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b""}, receive, send
    )
    assert (sent[0]["status"], dashboard.asked) == (404, [])


async def test_a_socket_without_a_sign_in_does_not_open() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    parts = make_parts()
    await parts.reports({"type": "websocket", "path": "/reports/ws", "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_each_file_is_written_down_before_it_is_asked_for() -> None:
    book, dashboard = FakeBook(), Dashboard()
    proxy, sockets = HttpProxy("dashboard.test:80", dashboard), SocketProxy("127.0.0.1:1")
    reports = Reports(make_gate(), proxy, sockets, b"away", book)
    async with client_of(create_origin(replace(make_parts(), reports=reports), [])) as browser:
        manager = bearer(Role.MANAGER)
        await browser.get("/reports/queues?range=7d", headers=manager)
        await browser.get("/reports/export/queues.csv?range=7d", headers=manager)
    assert [detail for _, detail in book.noted] == [{"file": "queues.csv", "query": "range=7d"}]
    assert len(dashboard.asked) == 2


async def test_nobody_has_rows_of_ones_own_written_as_a_file() -> None:
    dashboard = Dashboard()
    async with client(dashboard) as browser:
        answer = await browser.post("/reports/export/calls.pdf", headers=bearer(Role.MANAGER), content=b"{}")
    assert (answer.status_code, dashboard.asked) == (404, [])
