"""A phone that speaks SIP over a WebSocket, as a browser's does: it registers, and sees what calls offer it.

It has no media: what a browser does with an offer is tried in a browser.
"""

import asyncio
import secrets
import ssl

from phones.phone import Phone
from websockets.asyncio.client import ClientConnection, connect


class _Frames:
    """A WebSocket in the place of a phone's UDP socket: each message is a frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sending: set[asyncio.Task[None]] = set()

    def is_closing(self) -> bool:
        return False

    def sendto(self, data: bytes, address: object) -> None:
        task = asyncio.create_task(self._socket.send(data.decode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def close(self) -> None:
        """The phone closes it."""


class BrowserPhone(Phone):
    """A phone at the WebSocket `url` of the PBX; with `context` over TLS."""

    def __init__(self, user: str, url: str, *, secret: str, context: ssl.SSLContext | None = None) -> None:
        super().__init__(user, ("127.0.0.1", 0), ("127.0.0.1", 0), secret=secret)
        self.protocol = "WSS" if context else "WS"
        self._url, self._context = url, context
        self._name = f"{secrets.token_hex(6)}.invalid"
        self._socket: ClientConnection
        self._reading: asyncio.Task[None]

    async def open(self) -> None:
        """Connect. Raises OSError, or websockets' own errors, when the PBX has no such socket."""
        self._socket = await connect(self._url, subprotocols=["sip"], ssl=self._context)  # type: ignore[list-item]
        self._transport = _Frames(self._socket)  # type: ignore[assignment]
        self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Hang up the connection; see `Phone.close`."""
        await super().close()
        self._reading.cancel()
        await self._socket.close()

    @property
    def contact(self) -> tuple[str, str]:
        return "Contact", f"<sip:{self.user}@{self._name};transport={self.protocol.lower()}>"

    async def _read(self) -> None:
        async for frame in self._socket:
            self.datagram_received(frame if isinstance(frame, bytes) else frame.encode(), None)
