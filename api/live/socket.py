"""/ws/pbx: the live feed of one tenant. The gate stands before the handshake; after it the server speaks.

What a client sends is answered with an `error` event; a flood of it, or of sockets, is closed. Close codes: 1013 read
too slowly, 4401 signed in no more, 1008 too much.
"""

import asyncio
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import SkipValidation
from msgspec import Struct

from api.access import only
from api.live.client import REFUSED, Client
from api.live.hub import Hub
from api.live.messages import ERROR, ErrorData, message
from api.roles import WATCHERS
from api.throttle import Throttle
from api.tokens import Principal

# More than a person can click, far less than what would keep the process busy.
TAKEN_AT_ONCE, TAKEN_EVERY_S = 20, 0.5
# A peer that reads nothing does not take the farewell either.
FAREWELL_S = 1.0
# What is repeated of an unknown event's name.
SHOWN = 60


class Sent(Struct, frozen=True):
    """What a client may send: an event and its data."""

    event: str
    data: Any = None


_decode = msgspec.json.Decoder(Sent).decode


@websocket("/ws/pbx", opt=only(WATCHERS))
async def pbx_socket(socket: WebSocket[Principal, Any, Any], hub: NamedDependency[SkipValidation[Hub]]) -> None:
    """One socket, from its snapshot to its end."""
    await socket.accept()
    client = hub.join(socket.user)
    if client is None:
        await socket.close(REFUSED, "Too many sockets of one user.")
        return
    try:
        await _until_first(_send_frames(socket, client), _take_messages(socket, client), client.closing.wait())
    finally:
        hub.leave(client)
    if client.close_code is not None:
        await _farewell(socket, client.close_code)


async def _until_first(*parts: Any) -> None:
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send_frames(socket: WebSocket[Principal, Any, Any], client: Client) -> None:
    while True:
        frame = await client.next_frame()
        await socket.send({"type": "websocket.send", "bytes": None, "text": frame.decode()})


async def _take_messages(socket: WebSocket[Principal, Any, Any], client: Client) -> None:
    taken = Throttle(TAKEN_AT_ONCE, TAKEN_EVERY_S)
    while True:
        try:
            text = await socket.receive_data("text")
        except WebSocketDisconnect:
            return
        if taken.take(""):
            client.close(REFUSED)
            return
        client.tell(message(ERROR, answer(text)))


def answer(text: str | bytes) -> ErrorData:
    """What is said to something that was sent here."""
    try:
        event = _decode(text).event[:SHOWN]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ErrorData("bad_message", 'Send JSON of the form {"event": …, "data": …}.')
    return ErrorData("unknown_event", f"This socket takes no event {event!r}; it only tells what changes.")


async def _farewell(socket: WebSocket[Principal, Any, Any], code: int) -> None:
    try:
        async with asyncio.timeout(FAREWELL_S):
            await socket.close(code)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        # The peer is gone or deaf; the server ends the connection when this handler returns.
        return
