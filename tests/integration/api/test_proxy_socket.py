"""The dashboard behind the same door, over real sockets: pages, bodies, WebSockets (api/proxy_socket.py)."""

import pytest
from api_rows import change
from integration.api.conftest import Start
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.live.client import SIGNED_OUT


async def test_a_page_goes_through(start: Start) -> None:
    async with start() as site:
        outside = await site.client.get("/reports/live?x=1", headers={"accept": "text/html"})
        await site.sign_in()
        inside = await site.client.get("/reports/live?x=%2F1")
    assert (outside.status_code, outside.headers["location"]) == (303, "/login?next=%2Freports%2Flive%3Fx%3D1")
    assert inside.text.startswith("GET /reports/live?x=%2F1 0")
    assert "theirs" in inside.headers["set-cookie"]


async def test_nothing_of_one_reader_reaches_another(start: Start) -> None:
    async with start() as site:
        headers = await site.sign_in()
        await site.client.get("/reports/a")
        site.client.cookies.clear()
        second = await site.client.get("/reports/b", headers=headers)
    assert "cookie" not in second.text


async def test_a_large_body_goes_through(start: Start) -> None:
    async with start() as site:
        headers = await site.sign_in()
        sent = await site.client.post("/reports/_dash", content=b"a" * 1_000_000, headers=headers)
        giant = await site.client.post("/reports/_dash", content=b"a" * 5_000_000, headers=headers)
    assert sent.text.startswith("POST /reports/_dash? 1000000")
    assert giant.status_code == 413


async def test_frames_go_both_ways(start: Start) -> None:
    async with start() as site, site.socket(await site.sign_in(), "/reports/ws") as socket:
        echoed = []
        for text in ("hello", "ünï", "last"):
            await socket.send(text)
            echoed.append(await socket.recv())
    assert echoed == ["/reports/ws hello", "/reports/ws ünï", "/reports/ws last"]


async def test_a_stranger_opens_no_socket(start: Start) -> None:
    async with start() as site:
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket({}, "/reports/ws"):
                pass
    assert refused.value.response.status_code == 403


async def test_a_socket_ends_with_the_sign_in(start: Start, database: str) -> None:
    async with start() as site, site.socket(await site.sign_in(), "/reports/ws") as socket:
        change(database, "UPDATE users SET role = 'agent', is_operator = false")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == SIGNED_OUT


async def test_a_dashboard_that_is_down_takes_no_socket(start: Start) -> None:
    async with start(TRUNKLINE_DASHBOARD="127.0.0.1:1") as site:
        headers = await site.sign_in()
        with pytest.raises(InvalidStatus):
            async with site.socket(headers, "/reports/ws"):
                pass
        page = await site.client.get("/reports/")
    assert page.status_code == 502
