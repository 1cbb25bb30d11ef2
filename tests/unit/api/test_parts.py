"""api/parts.py: what counts as answering."""

import httpx
import pytest
from api_parts import NOON
from no_dashboard import NoDashboard

from api.live.board import Board
from api.live.feed import Feed
from api.live.freshness import PbxReport
from api.parts import FOLLOWED_WITHIN_S, HEARD_WITHIN_S, dashboard, kafka, pbxs, users


class Answering(httpx.AsyncBaseTransport):
    """A dashboard that answers with one status."""

    def __init__(self, status: int) -> None:
        self.status = status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/reports/"
        return httpx.Response(self.status)


@pytest.mark.parametrize(("status", "output"), [(200, ""), (302, ""), (401, ""), (500, "answers with an error")])
async def test_any_answer_is_a_sign_of_life(status: int, output: str) -> None:
    assert await dashboard("dashboard.test:80", Answering(status))() == {"dashboard": output}


async def test_a_dashboard_that_is_down_raises() -> None:
    with pytest.raises(httpx.ConnectError):
        await dashboard("dashboard.test:80", NoDashboard())()


@pytest.mark.parametrize(
    ("connected", "age", "fine"),
    [(True, 1.0, True), (False, 1.0, False), (True, FOLLOWED_WITHIN_S + 1, False)],
)
async def test_kafka_is_there_while_the_feed_hears_it(connected: bool, age: float, fine: bool) -> None:
    feed = Feed(lambda: None, None, Board(), lambda: None)  # type: ignore[arg-type, return-value]
    feed.connected, feed.heard_at = connected, 1_000_000
    output = (await kafka(feed, clock=lambda: 1000 + age)())["kafka"]
    assert (output == "") is fine


@pytest.mark.parametrize(("settled", "output"), [(True, ""), (False, "the first user is not made yet")])
async def test_nobody_can_sign_in_before_the_first_user_is_made(settled: bool, output: str) -> None:
    assert await users(lambda: settled)() == {"users": output}


async def test_each_pbx_is_applied_or_its_check_says_since_when_not() -> None:
    reports = [PbxReport("now", NOON, 0), PbxReport("late", NOON - 5_000, 0)]
    found = await pbxs(lambda: reports, clock=lambda: NOON / 1000 + HEARD_WITHIN_S - 4)()
    assert found == {"pbx:now": "", "pbx:late": "nothing applied for 16 s"}


async def test_a_pbx_must_have_been_heard_once() -> None:
    assert await pbxs(list)() == {"pbx": "none has been heard yet"}
