"""api/proxy.py: bodies go through as they come, both ways."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from no_dashboard import NoDashboard

from api.errors import BadGateway, TooLarge
from api.proxy import MAX_BODY, HttpProxy, target


class Pieces(httpx.AsyncByteStream):
    """A body in pieces, the next one when it is let out."""

    def __init__(self, pieces: asyncio.Queue[bytes | None]) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self.pieces.get()) is not None:
            if piece == b"break":
                raise httpx.ReadError("gone")
            yield piece

    async def aclose(self) -> None:
        self.closed = True


class Upstream(httpx.AsyncBaseTransport):
    """Reads what is sent, answers in pieces."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.body = Pieces(asyncio.Queue())
        self.request: httpx.Request | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for piece in request.stream:
            self.received.append(piece)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self.body)


class Caller:
    """The caller's side of one request."""

    def __init__(self, *body: bytes) -> None:
        self.coming: asyncio.Queue[Any] = asyncio.Queue()
        for number, piece in enumerate(body, 1):
            more = number < len(body)
            self.coming.put_nowait({"type": "http.request", "body": piece, "more_body": more})
        self.got: asyncio.Queue[Any] = asyncio.Queue()

    async def receive(self) -> Any:
        return await self.coming.get()

    async def send(self, message: Any) -> None:
        await self.got.put(message)

    def leave(self) -> None:
        """Close the connection."""
        self.coming.put_nowait({"type": "http.disconnect"})


def scope(method: str = "GET", *headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    """A request for a report."""
    plain = {"method": method, "path": "/reports/a b", "raw_path": b"/reports/a%20b", "query_string": b""}
    more = {"scheme": "http", "headers": [(b"host", b"calls.example"), *headers], "client": None}
    return {**plain, **more, **changes}


def forwarding(upstream: httpx.AsyncBaseTransport, caller: Caller, asked: dict[str, Any]) -> "asyncio.Task[None]":
    """The request on its way."""
    return asyncio.create_task(HttpProxy("d:80", upstream).forward(asked, caller.receive, caller.send))


async def test_each_piece_of_an_answer_is_sent_when_it_comes() -> None:
    upstream, caller = Upstream(), Caller()
    task = forwarding(upstream, caller, scope())
    upstream.body.pieces.put_nowait(b"one")
    start, first = await caller.got.get(), await caller.got.get()
    upstream.body.pieces.put_nowait(b"two")
    second = await caller.got.get()
    upstream.body.pieces.put_nowait(None)
    await task
    assert (start["status"], first["body"], second["body"]) == (200, b"one", b"two")
    assert (await caller.got.get())["more_body"] is False
    assert upstream.body.closed


async def test_a_body_goes_up_in_its_pieces() -> None:
    upstream, caller = Upstream(), Caller(b"a", b"b", b"c")
    upstream.body.pieces.put_nowait(None)
    await forwarding(upstream, caller, scope("POST", (b"content-length", b"3")))
    assert upstream.received == [b"a", b"b", b"c"]
    assert upstream.request is not None and upstream.request.headers["content-length"] == "3"


async def test_the_address_goes_up_as_it_was_asked_for() -> None:
    upstream, caller = Upstream(), Caller()
    upstream.body.pieces.put_nowait(None)
    await forwarding(upstream, caller, scope(query_string=b"a=%2F&b"))
    assert upstream.request is not None
    assert upstream.request.url.raw_path == b"/reports/a%20b?a=%2F&b"
    assert upstream.request.headers["host"] == "calls.example"


async def test_nothing_is_added_that_the_caller_did_not_send() -> None:
    upstream, caller = Upstream(), Caller()
    upstream.body.pieces.put_nowait(None)
    await forwarding(upstream, caller, scope())
    assert upstream.request is not None
    assert {name for name in upstream.request.headers if not name.startswith("x-forwarded")} == {"host"}


async def test_an_endless_answer_ends_when_its_reader_goes() -> None:
    upstream, caller = Upstream(), Caller()
    task = forwarding(upstream, caller, scope())
    upstream.body.pieces.put_nowait(b"one")
    await caller.got.get()
    caller.leave()
    await task
    assert upstream.body.closed


async def test_an_answer_that_breaks_off_is_not_ended_as_if_it_were_whole() -> None:
    upstream, caller = Upstream(), Caller()
    upstream.body.pieces.put_nowait(b"half")
    upstream.body.pieces.put_nowait(b"break")
    await forwarding(upstream, caller, scope())
    messages = [caller.got.get_nowait() for _ in range(caller.got.qsize())]
    assert [message.get("more_body") for message in messages] == [None, True]


async def test_a_body_without_end_is_cut() -> None:
    piece = b"x" * (MAX_BODY // 2 + 1)
    with pytest.raises(TooLarge):
        await forwarding(Upstream(), Caller(piece, piece), scope("POST", (b"transfer-encoding", b"chunked")))


async def test_a_dashboard_that_is_down_is_a_bad_gateway() -> None:
    with pytest.raises(BadGateway):
        await forwarding(NoDashboard(), Caller(), scope())


def test_a_path_without_its_raw_form_is_quoted() -> None:
    assert target({"path": "/reports/a b", "query_string": b""}) == b"/reports/a%20b"
