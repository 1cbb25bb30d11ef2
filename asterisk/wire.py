"""One TCP connection to AMI: panoramisk's manager and protocol, with its data path replaced.

Job: open a connection with panoramisk's `Manager`, and pass on what arrives as raw packets.
Contract: panoramisk decodes each chunk by itself (a character cut in two is lost), re-joins its buffer on every chunk,
has no limit, sends actions again after a reconnect and checks no ping. All of that lies in methods that are overridden
here; what stays is how it connects and the seam for a protocol of one's own.
It must not: know about logins, answers or reconnecting (`asterisk.connection`).
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Final

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from asterisk.ami import PacketBuffer
from asterisk.errors import AmiError, ConnectionLost, OversizedPacket

logger: Final = logging.getLogger(__name__)


class Wire(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """The protocol of one connection. `lost` becomes done, with the reason, as soon as it is of no more use."""

    transport: asyncio.Transport

    def __init__(self, on_packets: "Callable[[Wire, list[bytes]], None]", on_lost: "Callable[[Wire], None]") -> None:
        self._on_packets = on_packets
        self._on_lost = on_lost
        self._buffer = PacketBuffer()
        self._loop = asyncio.get_running_loop()
        self.heard_at = self._loop.time()
        """When something arrived last, in the loop's time."""
        self.lost: asyncio.Future[AmiError] = self._loop.create_future()

    @property
    def banner(self) -> str:
        """The greeting line, or "" before it came."""
        return self._buffer.banner or ""

    def data_received(self, data: bytes) -> None:
        """Pass complete packets on. A peer that sends no packet ends is cut off."""
        if self.lost.done():
            return
        self.heard_at = self._loop.time()
        try:
            packets = self._buffer.feed(data)
        except OversizedPacket as error:
            self.abort(error)
            return
        if packets:
            self._hand_on(packets)

    def _hand_on(self, packets: list[bytes]) -> None:
        """What the owner could not take is not passed over: the connection ends, which its owner hears of as a loss."""
        try:
            self._on_packets(self, packets)
        except Exception as error:
            logger.exception("%d packets could not be handed on", len(packets))
            self.abort(ConnectionLost(f"its packets could not be handed on ({error})"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop when the connection has ended, by whomever."""
        why = f"the connection broke ({exc})" if exc else "Asterisk closed the connection"
        self._give_up(ConnectionLost(why))

    def abort(self, reason: AmiError) -> None:
        """End the connection at once, because of `reason`."""
        self._give_up(reason)
        self.transport.abort()

    def close(self) -> None:
        """End the connection after what has been written is sent."""
        self.transport.close()

    def _give_up(self, reason: AmiError) -> None:
        if not self.lost.done():
            self.lost.set_result(reason)
            self._on_lost(self)


class Dialer(Manager):  # type: ignore[misc]  # panoramisk has no types
    """Opens connections. Everything that panoramisk would do by itself once connected is ours (`connection_made`)."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, protocol: Callable[[], Wire]) -> None:
        super().__init__(
            host=host,
            port=port,
            ssl=tls,
            protocol_factory=protocol,
            # Without it panoramisk asks for the thread's loop, which later Pythons refuse.
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, f: asyncio.Future[tuple[asyncio.Transport, Wire]]) -> None:
        """Nothing: panoramisk would log in with the secret in clear, start its ping and schedule its reconnect."""

    async def dial(self, timeout: float) -> Wire:
        """Connect, within `timeout` seconds. Raises ConnectionLost with what to check."""
        wire: Wire
        try:
            async with asyncio.timeout(timeout):
                _, wire = await self.connect()
        except TimeoutError:
            raise ConnectionLost(f"no connection in {timeout:g} s: check the address and the firewall") from None
        except OSError as error:
            raise ConnectionLost(
                f"cannot connect ({error.strerror or error}): check that Asterisk runs and that manager.conf has "
                "enabled=yes and this port"
            ) from error
        return wire
