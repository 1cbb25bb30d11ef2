"""Several texts to a WebSocket in one write to the network, which is what a delivery costs most.

ASGI sends message by message. The server's protocol here takes one more kind, `TEXTS`, and says so to the application
by an extension of the scope; where it does not, the texts are sent one by one.
"""

from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from api.asgi import Scope, Send

TEXTS = "websocket.trunkline.texts"


class TextsProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which also takes `{"type": TEXTS, "texts": […]}`."""

    def handle_connect(self, event: Request) -> None:
        """A handshake came; the application is started with what it may send."""
        super().handle_connect(event)
        scope: Any = getattr(self, "scope", None)
        if scope is not None:
            scope["extensions"][TEXTS] = {}

    async def send(self, message: Any) -> None:
        """Send what the application says. Raises ClientDisconnected when nobody is there any more."""
        if message["type"] != TEXTS:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        try:
            for text in message["texts"]:
                self.conn.send_text(text.encode())
        except InvalidState:
            raise ClientDisconnected from None
        self.transport.write(b"".join(self.conn.data_to_send()))


async def send_texts(scope: Scope, send: Send, texts: Sequence[str]) -> None:
    """Send texts, each as a message of its own."""
    if len(texts) > 1 and TEXTS in (scope.get("extensions") or {}):
        await send({"type": TEXTS, "texts": texts})
        return
    for text in texts:
        await send({"type": "websocket.send", "bytes": None, "text": text})
