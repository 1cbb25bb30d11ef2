"""api/door/connections.py: who sends slowly is cut off, and who is too many makes room."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from api_parts import until
from websockets.asyncio.client import connect as open_socket

from api.door.connections import MAX_HEAD, HalfOpen, connection_class
from api.door.peers import Proxies, read_proxies

# For tests that wait for it, and for those for which it must never come.
SOON, NEVER = 0.2, 3600.0
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[bytes], Any]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Takes the body and says how long it was; a socket is told what it says."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    size, message = 0, {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": b"%d" % size})


@asynccontextmanager
async def served(half_open: HalfOpen, within_s: float = NEVER) -> AsyncIterator[Open]:
    """A server with this limit; opens connections that send something."""
    config = uvicorn.Config(
        application, port=0, http=connection_class(half_open, within_s), lifespan="off", log_config=None,
        timeout_keep_alive=3600, ws="websockets-sansio",
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    writers: list[asyncio.StreamWriter] = []

    async def connect(sent: bytes) -> Pair:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        writer.write(sent)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in writers:
            writer.close()
        server.should_exit = True
        await serving


async def ended(pair: Pair) -> bytes:
    """What came until the server cut the connection."""
    try:
        async with asyncio.timeout(60):
            return await pair[0].read()
    except ConnectionError:
        return b""


async def waiting(half_open: HalfOpen, number: int) -> None:
    """Wait until so many are half open."""
    await until(lambda: len(half_open) == number)


async def test_a_request_that_does_not_come_whole_is_cut_off() -> None:
    half_open = HalfOpen(Proxies())
    async with served(half_open, SOON) as connect:
        slow = [await connect(sent) for sent in (b"", HEAD, BODY, BODY + b"abc")]
        assert [await ended(pair) for pair in slow] == [b""] * 4
        assert {name: value for name, (_, value) in half_open.figures().items()} == {
            "trunkline_api_half_open": 0,
            "trunkline_api_half_open_dropped_total": 4,
        }


async def test_the_next_request_has_a_deadline_too() -> None:
    half_open = HalfOpen(Proxies())
    async with served(half_open, SOON) as connect:
        reader, writer = await connect(HEAD + b"\r\n")
        assert await reader.readuntil(b"\r\n\r\n0")
        writer.write(HEAD)
        assert await ended((reader, writer)) == b""


async def test_a_socket_lives_longer_than_a_request_may_take() -> None:
    async with served(HalfOpen(Proxies()), SOON) as connect:
        _, writer = await connect(HEAD)
        address = "{}:{}".format(*writer.get_extra_info("peername"))
        async with open_socket(f"ws://{address}", proxy=None) as socket:
            for word in ("early", "late"):
                await socket.send(word)
                assert await socket.recv() == word
                await asyncio.sleep(3 * SOON)


async def test_a_whole_request_does_not_wait_any_more() -> None:
    half_open = HalfOpen(Proxies())
    async with served(half_open) as connect:
        reader, writer = await connect(BODY)
        await waiting(half_open, 1)
        writer.write(b"abcd")
        assert (await reader.readuntil(b"\r\n\r\n4")).startswith(b"HTTP/1.1 200")
        await waiting(half_open, 0)
        writer.write(HEAD)
        await waiting(half_open, 1)
        writer.write(b"\r\n")
        assert await reader.readuntil(b"\r\n\r\n0")
        await waiting(half_open, 0)


async def test_a_proxy_of_ours_has_as_many_as_it_needs() -> None:
    half_open = HalfOpen(Proxies(read_proxies("127.0.0.1")), per_peer=1)
    async with served(half_open) as connect:
        for _ in range(3):
            await connect(HEAD)
        await waiting(half_open, 3)


@pytest.mark.parametrize("limit", [{"at_most": 2}, {"per_peer": 2}], ids=str)
async def test_when_there_are_too_many_the_one_that_waits_longest_makes_room(limit: dict[str, int]) -> None:
    half_open = HalfOpen(Proxies(), **limit)
    async with served(half_open) as connect:
        first = await connect(HEAD)
        await waiting(half_open, 1)
        kept = await connect(HEAD)
        await waiting(half_open, 2)
        last = await connect(HEAD)
        assert await ended(first) == b""
        for reader, writer in (kept, last):
            writer.write(b"\r\n")
            assert await reader.readuntil(b"\r\n\r\n0")
        assert half_open.dropped == 1


async def test_what_is_no_http_is_a_problem() -> None:
    async with served(HalfOpen(Proxies())) as connect:
        answers = [
            await ended(await connect(sent)) for sent in (b"\x16\x03\x01\r\n\r\n", HEAD + b"a: " + b"x" * MAX_HEAD)
        ]
    for answer in answers:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert json.loads(body)["status"] == 400
        assert b"application/problem+json" in head and b"frame-ancestors 'none'" in head


async def test_a_request_with_two_lengths_is_none() -> None:
    two = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    async with served(HalfOpen(Proxies())) as connect:
        answer = await ended(await connect(two + HEAD + b"\r\n"))
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1") == 1
