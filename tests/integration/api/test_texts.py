"""api/texts.py on a real server: a burst arrives whole and in order, and who has gone is noticed."""

import asyncio
from typing import Any

import uvicorn
from integration.api.conftest import running
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import connect

from api.__main__ import server_options
from api.door.connections import HalfOpen
from api.door.peers import Proxies
from api.texts import TEXTS, send_texts

MANY = [f"text {number} é" for number in range(1_000)]


async def test_a_burst_arrives_whole_and_who_has_gone_is_noticed() -> None:
    gone: asyncio.Queue[Any] = asyncio.Queue()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send_texts(scope, send, MANY)
        await receive()
        try:
            await send_texts(scope, send, MANY)
        except ClientDisconnected as error:
            gone.put_nowait((error, TEXTS in scope["extensions"]))

    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", **server_options(HalfOpen(Proxies()))))
    async with running(server) as address:
        async with connect(f"ws://{address}", proxy=None, compression="deflate") as socket:
            assert [await socket.recv() for _ in MANY] == MANY
            assert "Sec-WebSocket-Extensions" not in (socket.response.headers if socket.response else {})
        error, told = await gone.get()
    assert (type(error), told) == (ClientDisconnected, True)
