"""api/report_files.py: files asked of the dashboard on somebody's behalf."""

from collections.abc import AsyncIterator

import httpx
import pytest
from api_parts import SECRET, principal
from no_dashboard import NoDashboard

from api.errors import ApiError, BadGateway, BadRequest, NotAllowed, NotFound, Unavailable
from api.report_files import ReportFiles
from api.tokens import Tokens

NAMED = {"content-type": "text/csv", "content-disposition": 'attachment; filename="trunkline-queues.csv"'}


class Dashboard(httpx.AsyncBaseTransport):
    """Answers as told, and remembers what it was asked."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer


def files(transport: httpx.AsyncBaseTransport) -> ReportFiles:
    return ReportFiles("dashboard.test:8050", transport, Tokens(SECRET))


async def test_a_file_is_asked_for_as_its_owner_would() -> None:
    dashboard = Dashboard(httpx.Response(200, headers=NAMED, content=b"Queue\r\n"))
    made = await files(dashboard).fetch(principal(), "queues", "csv", "range=7d&queue=a%26b")
    assert (made.name, made.media, made.content) == ("trunkline-queues.csv", "text/csv", b"Queue\r\n")
    assert str(dashboard.asked[0].url) == "http://dashboard.test:8050/reports/export/queues.csv?range=7d&queue=a%26b"
    token = dashboard.asked[0].headers["cookie"].removeprefix("trunkline=")
    assert Tokens(SECRET).read(token) == principal()


@pytest.mark.parametrize("page", ["../live", "a/b", "a?b", "a b\r\nx: y"])
async def test_a_page_is_one_name_whatever_is_in_it(page: str) -> None:
    dashboard = Dashboard(httpx.Response(404, content=b"{}"))
    with pytest.raises(NotFound):
        await files(dashboard).fetch(principal(), page, "csv", "x=\r\ny: z#f")
    (asked,) = dashboard.asked
    path, _, query = asked.url.raw_path.decode().partition("?")
    assert path.startswith("/reports/export/") and path.count("/") == 3 and query == "x=%0D%0Ay:%20z%23f"


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, NotAllowed), (404, NotFound), (422, BadRequest), (503, Unavailable), (500, BadGateway)],
)
async def test_a_refusal_is_told_in_the_dashboards_words(status: int, error: type[ApiError]) -> None:
    answer = httpx.Response(status, json={"detail": "Choose fewer days."})
    with pytest.raises(error) as told:
        await files(Dashboard(answer)).fetch(principal(), "queues", "pdf", "")
    assert told.value.detail == "Choose fewer days."


async def test_a_dashboard_that_is_down_is_said() -> None:
    with pytest.raises(BadGateway):
        await files(NoDashboard()).fetch(principal(), "queues", "pdf", "")


async def test_a_list_is_sent_as_it_is_read() -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"{}\n"
        yield b"[]\n"

    dashboard = Dashboard(httpx.Response(200, headers={"content-type": "application/pdf"}, content=b"%PDF-"))
    assert await files(dashboard).write(principal(), "pdf", lines()) == ("application/pdf", b"%PDF-")
    (asked,) = dashboard.asked
    assert (asked.method, asked.url.path) == ("POST", "/reports/export/calls.pdf")
    assert await asked.aread() == b"{}\n[]\n"
