"""/ws/pbx: the live socket. The gate stands before the handshake; what is heard and said is the hub's business.

Close codes: 1013 read too slowly, 4401 signed in no more, 1008 too much or nonsense, 1009 too large.
"""

import asyncio
from typing import Any, cast

from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import SkipValidation

from api.access import only
from api.asgi import Scope, Send
from api.live.client import REFUSED, Client, frame_of
from api.live.conversation import Conversation
from api.live.entrance import Entrance
from api.roles import EVERYBODY
from api.texts import send_texts, writer_of
from api.tokens import Principal

# A peer that reads nothing does not take the farewell either.
FAREWELL_S = 1.0

PbxSocket = WebSocket[Principal, Any, Any]


@websocket("/ws/pbx", opt=only(EVERYBODY))
async def pbx_socket(socket: PbxSocket, entrance: NamedDependency[SkipValidation[Entrance]]) -> None:
    """One socket, from its snapshot to its end."""
    client = await entrance.enter(socket.user, frame_of)
    if client is None:
        await socket.accept()
        await socket.close(REFUSED, "Too many sockets of one user.")
        return
    try:
        await socket.accept()
        said = take_messages(socket, entrance.conversation(client))
        await until_first(send_frames(socket, client), said, client.closing.wait())
    finally:
        entrance.leave(client)
    if client.close_code is not None:
        await farewell(socket, client)


async def until_first(*parts: Any) -> None:
    """Run all until the first ends, then end the others."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def send_frames(socket: PbxSocket, client: Client) -> None:
    """Send what the client is told, for ever."""
    client.write_now = writer_of(cast(Scope, socket.scope))
    while True:
        await client.until_frames()
        await send_texts(cast(Scope, socket.scope), cast(Send, socket.send), client.take_frames())


async def take_messages(socket: PbxSocket, conversation: Conversation) -> None:
    """Hear what the client says, until it leaves."""
    while True:
        try:
            text = await socket.receive_data("text")
        except WebSocketDisconnect:
            return
        await conversation.take(text)


async def farewell(socket: PbxSocket, client: Client) -> None:
    """Send what the client was told last, and why it is closed."""
    try:
        async with asyncio.timeout(FAREWELL_S):
            await send_texts(cast(Scope, socket.scope), cast(Send, socket.send), client.take_frames())
            await socket.close(client.close_code or REFUSED)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        # The peer is gone or deaf; the server ends the connection when this handler returns.
        return
