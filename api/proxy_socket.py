"""Forwards a WebSocket to the dashboard: the same frames both ways, the same close code, while the sign-in lasts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from api.asgi import Receive, Scope, Send
from api.proxy_headers import handshake

# The dashboard is next door.
OPEN_WITHIN_S = 5.0
# What one frame may hold, either way.
MAX_FRAME = 1024 * 1024
# "Try again later" (RFC 6455's registry), and a close without a word, which may not be sent on as it is.
DOWN = 1013
NO_WORD = frozenset({1005, 1006, 1015})
NORMAL = 1000

log = logging.getLogger("api.proxy_socket")


class Ended(NamedTuple):
    """Why a socket ended."""

    code: int
    reason: str


class SocketProxy:
    """Forwards to one address, `host:port`."""

    def __init__(self, address: str) -> None:
        self._base = f"ws://{address}"

    async def forward(self, scope: Scope, receive: Receive, send: Send, over: Callable[[], Awaitable[Ended]]) -> None:
        """One socket. `over` returns when the socket must end for our own reasons."""
        await receive()
        try:
            upstream = await self._connect(scope)
        except (OSError, InvalidHandshake, TimeoutError) as error:
            log.warning("the dashboard takes no socket", extra={"error": type(error).__name__})
            await send({"type": "websocket.close", "code": DOWN, "reason": ""})
            return
        async with upstream:
            await send({"type": "websocket.accept", "subprotocol": upstream.subprotocol, "headers": []})
            await self._pump(upstream, receive, send, over)

    async def _connect(self, scope: Scope) -> ClientConnection:
        query = scope["query_string"].decode("latin-1")
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        return await connect(
            self._base + path + (f"?{query}" if query else ""),
            additional_headers=handshake(scope),
            subprotocols=[Subprotocol(name) for name in scope["subprotocols"]] or None,
            user_agent_header=None,
            compression=None,
            open_timeout=OPEN_WITHIN_S,
            ping_interval=None,
            max_size=MAX_FRAME,
            # An environment's proxy is for the world outside, not for the process next door.
            proxy=None,
        )

    async def _pump(
        self, upstream: ClientConnection, receive: Receive, send: Send, over: Callable[[], Awaitable[Ended]]
    ) -> None:
        up = asyncio.create_task(_up(upstream, receive))
        down = asyncio.create_task(_down(upstream, send))
        limit = asyncio.ensure_future(over())
        done, waiting = await asyncio.wait({up, down, limit}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        ended = next(iter(done)).result()
        await upstream.close(ended.code, ended.reason)
        if up not in done:
            await send({"type": "websocket.close", "code": ended.code, "reason": ended.reason})


async def _up(upstream: ClientConnection, receive: Receive) -> Ended:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return _ended(message.get("code"), "")
        if message["type"] == "websocket.receive":
            text, data = message.get("text"), message.get("bytes")
            try:
                await upstream.send(text if text is not None else data or b"")
            except ConnectionClosed as closed:
                return _of(closed)


async def _down(upstream: ClientConnection, send: Send) -> Ended:
    try:
        while True:
            frame = await upstream.recv()
            text = frame if isinstance(frame, str) else None
            await send({"type": "websocket.send", "text": text, "bytes": None if isinstance(frame, str) else frame})
    except ConnectionClosed as closed:
        return _of(closed)


def _of(closed: ConnectionClosed) -> Ended:
    return _ended(closed.rcvd.code if closed.rcvd else None, closed.rcvd.reason if closed.rcvd else "")


def _ended(code: int | None, reason: str) -> Ended:
    return Ended(NORMAL if code is None or code in NO_WORD else code, reason)
