"""A way for a page's sound that can be worsened and cut: a relay in UDP that the SIP text of both sides is bent to.

    path = await MediaPath.open(context)
    path.loss = 0.2           # of the packets of sound, each way
    await path.cut()          # nothing passes any more, and the SIP socket is gone
    await path.mend()         # another network: the old addresses are dead, the next offer has others

Neither Chromium nor Asterisk knows of it: each takes the relay's two ports for the other one's candidates.
"""

import asyncio
import random
import re
import socket
from typing import Self, cast

from playwright.async_api import BrowserContext, WebSocketRoute

CANDIDATE = re.compile(r"a=candidate:[^\r\n]*\r\n")
LENGTH = re.compile(r"(?im)^(Content-Length|l):[ \t]*\d+")


class Side(asyncio.DatagramProtocol):
    """One of a relay's two ports: what comes in here leaves by the other, to whoever was heard there last."""

    def __init__(self, path: "MediaPath", number: int) -> None:
        self.path, self.number = path, number
        self.other: Side
        self.peer: tuple[str, int] | None = None
        self.transport: asyncio.DatagramTransport

    @property
    def port(self) -> int:
        return int(self.transport.get_extra_info("sockname")[1])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.peer = address
        other = self.other
        # The first byte tells sound from what finds and keys the way (RFC 7983).
        lost = 128 <= data[0] < 192 and random.random() < self.path.loss
        if self.number == self.path.number and not self.path.is_cut and not lost and other.peer is not None:
            other.transport.sendto(data, other.peer)

    def error_received(self, error: Exception) -> None:
        """Who has gone answers by ICMP."""


class MediaPath:
    """The way of all calls of a browser's context, one at a time."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.is_cut = False
        self.number = 0
        self._host = _own_address()
        self._sockets: list[WebSocketRoute] = []
        self._sides: tuple[Side, Side] | None = None
        self._opened: list[Side] = []

    @classmethod
    async def open(cls, context: BrowserContext) -> Self:
        """For pages that are opened in this context from now on."""
        path = cls()
        await path.mend()
        await context.route_web_socket(re.compile(r"/sip\?"), path._connected)
        return path

    async def cut(self) -> None:
        """The network is gone: sound both ways, and the SIP socket. A page finds no other until it is mended."""
        self.is_cut = True
        for each in self._sockets:
            await each.close(code=1001, reason="cut")
        self._sockets.clear()

    async def mend(self) -> None:
        """There is another network: what is offered from now on has other addresses; the old ones are dead."""
        self.number += 1
        self._sides = await self._side(), await self._side()
        self._sides[0].other, self._sides[1].other = self._sides[1], self._sides[0]
        self.is_cut = False

    def close(self) -> None:
        """Give the ports back."""
        for side in self._opened:
            side.transport.close()

    async def _side(self) -> Side:
        loop = asyncio.get_running_loop()
        _, side = await loop.create_datagram_endpoint(lambda: Side(self, self.number), local_addr=(self._host, 0))
        self._opened.append(side)
        return side

    async def _connected(self, page: WebSocketRoute) -> None:
        if self.is_cut:
            await page.close(code=1001, reason="cut")
            return
        server = page.connect_to_server()
        self._sockets.append(page)
        assert self._sides is not None
        page.on_message(lambda text: server.send(self._bent(text, 1)))
        server.on_message(lambda text: page.send(self._bent(text, 0)))

    def _bent(self, text: str | bytes, side: int) -> str | bytes:
        """The text with the relay's port in the place of the sender's candidates."""
        if isinstance(text, bytes) or "a=candidate:" not in text or self._sides is None:
            return text
        head, _, body = text.partition("\r\n\r\n")
        own = f"a=candidate:1 1 UDP 2130706431 {self._host} {self._sides[side].port} typ host\r\n"
        first = CANDIDATE.search(body)
        assert first is not None
        body = body[: first.start()] + own + CANDIDATE.sub("", body[first.start() :])
        return LENGTH.sub(f"Content-Length: {len(body.encode())}", head) + "\r\n\r\n" + body


def _own_address() -> str:
    """An address of this machine that both sides take for a candidate: not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent by it.
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
