"""S14 and the limits on sizes: what is small on the wire and large inside, and what is just large."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from integration.api.conftest import Site, Start
from websockets.exceptions import ConnectionClosed

from api.__main__ import MAX_MESSAGE
from api.app import MAX_BODY

DEPTH = 7_000
HOSTILE = [
    b"[" * DEPTH,
    b'{"a":' * (DEPTH // 3),
    b'{"username":' + b"[" * DEPTH + b"]" * DEPTH + b',"password":"x"}',
    b'{"username":"a","password":' + b"9" * 10_000 + b"}",
    b'{"username":"a","password":1e999999999}',
    b'{"username":"a",' + b'"password":"b",' * 900 + b'"password":"b"}',
    b'{"username":"\\ud800","password":"\\u0000"}',
    b"\xff\xfe\x00\x00",
    b'{"username":"' + b"\xc0\xaf" * 100 + b'","password":"x"}',
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
]


async def post(site: Site, body: bytes, **headers: str) -> tuple[int, str]:
    """Status and type of the answer to a login with this body."""
    sent = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    answer = await site.client.post("/api/auth/login", content=body, headers=sent)
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.headers["content-type"]


async def test_s14_no_body_is_too_much(start: Start) -> None:
    async with start() as site:
        for body in HOSTILE:
            assert await post(site, body) in [(status, "application/problem+json") for status in (400, 401)], body[:40]
        bomb = gzip.compress(b'{"username":"a","password":"' + b"x" * 50_000_000)
        assert len(bomb) > MAX_BODY and (await post(site, bomb, content_encoding="gzip"))[0] == 413
        small = gzip.compress(b'{"username":"a","password":"' + b"x" * 5_000_000)
        assert len(small) < MAX_BODY and (await post(site, small, content_encoding="gzip"))[0] == 400
        assert (await post(site, b" " * (MAX_BODY + 1)))[0] == 413


async def test_s14_a_body_that_does_not_say_how_long_it_is_is_cut(start: Start) -> None:
    async def endless() -> Any:
        for _ in range(1000):
            yield b" " * 1024

    async with start() as site:
        answer = await site.client.post(
            "/api/auth/login", content=endless(), headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413


async def closed_with(site: Site, headers: dict[str, str], message: str | bytes, **options: Any) -> int:
    """The code with which a socket is closed that sent this."""
    async with site.socket(headers, **options) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.send(message)
            while True:
                await socket.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_s14_a_message_that_is_too_long_ends_the_socket(start: Start) -> None:
    async with start() as site:
        headers = await site.sign_in()
        assert await closed_with(site, headers, "x" * (MAX_MESSAGE + 1)) == 1009
        # What is never unpacked cannot be a bomb.
        async with site.socket(headers, compression="deflate") as socket:
            assert socket.response is not None and "sec-websocket-extensions" not in socket.response.headers


async def test_s14_no_message_is_too_much(start: Start) -> None:
    async with start() as site, site.socket(await site.sign_in()) as socket:
        await socket.recv()
        for body in ("[" * DEPTH, '{"event":' * 1000, '{"event":"' + "x" * 9_000 + '"}'):
            await socket.send(body)
            while json.loads(frame := await socket.recv())["event"] != "error":
                pass
            assert len(frame) < 500
        assert (await site.client.get("/livez")).status_code == 200


async def test_s14_heads_are_bounded(start: Start) -> None:
    async with start() as site:
        host, _, port = site.address.partition(":")
        for head in (b"GET /" + b"a" * 20_000, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 5_000):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(head)
            assert (await reader.read(100)).startswith(b"HTTP/1.1 400")
            writer.close()


# What a backtracking search, a parser of dates or a decoder of paths would stumble over; pytest's limit is the clock.
STUMBLING = ["a" * 8_000, "2026-11-22" + "T" * 5_000, "0" * 4_000, "%00%ff%2e%2e%2f", "(" * 4_000, "-" * 4_000 + "!"]


async def test_s14_no_parameter_takes_for_ever(start: Start) -> None:
    async with start() as site:
        headers = await site.sign_in()
        for text in STUMBLING:
            query = {"startDate": text, "endDate": text, "agentId": text}
            answer = await site.client.get("/api/pbx/manager/metrics", params=query, headers=headers)
            path = await site.client.get(f"/static/{text}")
            assert (answer.status_code, path.status_code) == (400, 404), text[:20]
