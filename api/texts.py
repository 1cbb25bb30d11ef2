"""Several texts to a WebSocket in one write to the network, which is what a delivery costs most, and without waiting.

ASGI sends message by message, each awaited. The server's protocol here takes one more kind, `TEXTS`, and hands the
application what writes at once where nothing has to be waited for; it says so by an extension of the scope. Where there
is none, the texts are sent one by one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import OPEN

from api.asgi import Scope, Send

TEXTS = "websocket.trunkline.texts"

WriteTexts = Callable[[Sequence[str]], bool]
"""Writes texts at once. False, and nothing is written, where that is not possible."""

# RFC 6455, section 5.2: a whole text frame, whose length follows in the second byte, or in two or eight more.
_TEXT, _TWO_MORE, _EIGHT_MORE = 0x81, 126, 127


class TextsProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which also takes `{"type": TEXTS, "texts": […]}`; for connections without compression."""

    def handle_connect(self, event: Request) -> None:
        """A handshake came; the application is started with what it may send."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None and not self.conn.extensions:
            scope["extensions"][TEXTS] = {"write": self.write_texts}

    async def send(self, message: Any) -> None:
        """Send what the application says. Raises ClientDisconnected when nobody is there any more."""
        if message["type"] != TEXTS:
            await super().send(message)
            return
        await self.writable.wait()
        while not self.write_texts(message["texts"]):
            if self._is_over:
                raise ClientDisconnected
            await self.writable.wait()

    def write_texts(self, texts: Sequence[str]) -> bool:
        """Write texts at once, unless the peer has not read what went before, or is not there any more."""
        if self._is_over or not self.writable.is_set():
            return False
        self.transport.write(b"".join(map(framed, texts)))
        return True

    @property
    def _is_over(self) -> bool:
        return self.disconnected or self.close_sent or self.conn.state is not OPEN or self.transport.is_closing()


def framed(text: str) -> bytes:
    """A text as a frame of a server."""
    data = text.encode()
    size = len(data)
    if size < _TWO_MORE:
        return bytes((_TEXT, size)) + data
    if size < 1 << 16:
        return bytes((_TEXT, _TWO_MORE, size >> 8, size & 0xFF)) + data
    return bytes((_TEXT, _EIGHT_MORE)) + size.to_bytes(8) + data


def writer_of(scope: Scope) -> WriteTexts | None:
    """What writes at once; None where the server has none."""
    extension = (scope.get("extensions") or {}).get(TEXTS)
    return None if extension is None else extension["write"]


async def send_texts(scope: Scope, send: Send, texts: Sequence[str]) -> None:
    """Send texts, each as a message of its own."""
    if texts and writer_of(scope) is not None:
        await send({"type": TEXTS, "texts": texts})
        return
    for text in texts:
        await send({"type": "websocket.send", "bytes": None, "text": text})
