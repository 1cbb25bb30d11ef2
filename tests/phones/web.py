"""A phone in a page: SIP over WebSocket, and WebRTC's words in its SDP. It has no media: nothing is ever decrypted.

`open` connects; `drop` cuts the socket as a lost network does. A call with `answer-after=0` is answered by itself.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from phones.media import DISCARD_PORT
from phones.phone import Phone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

SIP = [Subprotocol("sip")]
# The hash of a certificate that nobody has.
FINGERPRINT = ":".join(["AB"] * 32)


class _Frames:
    """A WebSocket in the place of a phone's UDP socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sending: set[asyncio.Task[None]] = set()

    def is_closing(self) -> bool:
        return self._socket.close_code is not None

    def sendto(self, data: bytes, address: object) -> None:
        task = asyncio.create_task(self._send(data.decode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def close(self) -> None:
        self._socket.transport.abort()

    async def _send(self, text: str) -> None:
        with suppress(ConnectionClosed):
            await self._socket.send(text)


class WebPhone(Phone):
    """The phone `user` behind the WebSocket at `url`, opened with these headers."""

    protocol = "WS"

    def __init__(self, user: str, url: str, secret: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(user, ("trunkline.invalid", 0), ("trunkline", 5060), secret=secret)
        self.url = url
        self._headers = dict(headers or {})
        self._more = more
        self._contact_user = secrets.token_hex(4)
        self._reading: asyncio.Task[None]
        self._socket: ClientConnection

    async def open(self) -> None:
        """Connect. Raises InvalidStatus when the handshake is refused."""
        self._socket = await connect(
            self.url, subprotocols=SIP, additional_headers=self._headers, proxy=None, compression=None, **self._more
        )
        self._transport = _Frames(self._socket)  # type: ignore[assignment]
        self._reading = asyncio.create_task(self._read())

    def drop(self) -> None:
        """Cut the line without a word."""
        self._reading.cancel()
        self._socket.transport.abort()

    async def closed(self) -> int:
        """The code with which the other side closes the socket."""
        async with asyncio.timeout(30):
            await self._socket.wait_closed()
        return self._socket.close_code or 0

    async def close(self) -> None:
        """Hang up the connection; see `Phone.close`."""
        self.drop()
        await super().close()

    @property
    def contact(self) -> tuple[str, str]:
        return "Contact", f"<sip:{self._contact_user}@trunkline.invalid;transport=ws>"

    def describe(self, port: int, direction: str, version: int) -> str:
        """An offer or answer as a browser makes it: DTLS, ICE, one port for everything."""
        lines = (
            *("v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0"),
            f"m=audio {DISCARD_PORT} UDP/TLS/RTP/SAVPF 0 101",
            *("c=IN IP4 127.0.0.1", "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"),
            *("a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901", f"a=fingerprint:sha-256 {FINGERPRINT}"),
            *("a=setup:active" if direction != "sendrecv" or version > 1 else "a=setup:actpass",),
            *("a=mid:0", "a=rtcp-mux", f"a={direction}"),
            "a=candidate:1 1 udp 2113937151 127.0.0.1 9 typ host",
        )
        return "\r\n".join([*lines, ""])

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                self.datagram_received(text if isinstance(text, bytes) else text.encode(), None)
