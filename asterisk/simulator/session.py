"""One client of the AMI server: greeting, login, what it asks, and what it is sent.

Job: the AMI protocol as Asterisk speaks it to one connection. What is about the connection itself (Challenge, Login,
Logoff, Ping, Events, Filter) is answered here, everything else by the server's `act`.
Contract: nothing but Login, Logoff and Challenge before login; a client that does not read for the write timeout is cut
off, as Asterisk does. It must not: know queues or calls.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from asterisk.ami import PACKET_END, Packet, PacketBuffer, parse_packet
from asterisk.errors import OversizedPacket
from asterisk.simulator.access import ALL, Account, Subscription

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
HIGH_WATER = 1 << 20
"""Bytes that may wait for a client before it counts as slow. The kernel's buffers come on top; with a real Asterisk
they alone held 4 MB."""

Act = Callable[[Packet], tuple[Sequence[bytes], Sequence[bytes]]]
"""What an action does: the packets that answer it, and the events that it causes, for everybody."""


class Host(Protocol):
    """What a connection needs of its server."""

    account: Account
    act: Act
    write_timeout_s: float
    refusal_s: float
    """How long Asterisk lets a wrong login wait for its answer."""

    def broadcast(self, events: Sequence[bytes]) -> None:
        """Send events to every connection."""

    def changed(self, session: "Session") -> None:
        """Take note that a connection has come, gone, or changed what it hears."""

    def now(self) -> float:
        """The time in epoch seconds."""

    def uptime_s(self) -> int:
        """How long the server has been up."""


class Session(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, host: Host) -> None:
        self.subscription = Subscription()
        self.logged_in = False
        self.closed = False
        self.writable = asyncio.Event()
        """Clear while the client is behind by more than the high-water mark."""
        self.writable.set()
        self._host = host
        self._buffer = PacketBuffer()
        self._challenge = ""
        self._deadline: asyncio.TimerHandle | None = None

    # ---- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("AMI is spoken over a stream")
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER, low=0)
        transport.write(GREETING)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone, or has been cut off."""
        self.closed, self.logged_in = True, False
        self.resume_writing()
        self._host.changed(self)

    def data_received(self, data: bytes) -> None:
        """Answer every action in it."""
        try:
            packets = self._buffer.feed(data)
        except OversizedPacket:
            self.transport.abort()
            return
        for raw in packets:
            if not self.closed and not self.transport.is_closing():
                self._answer(parse_packet(raw))

    def pause_writing(self) -> None:
        """The client reads too slowly. From now on it has the write timeout to catch up."""
        self.writable.clear()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._host.write_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has caught up."""
        self.writable.set()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    # ---- what the server calls

    @property
    def hears_everything(self) -> bool:
        """Whether this connection is logged in and gets events of every class; who acts on calls wants a few only."""
        return self.logged_in and self.subscription.mask == ALL

    def deliver(self, packets: Sequence[bytes], all_of_them: bytes) -> None:
        """Send what is wanted of some events; `all_of_them` are the same events as they go over the wire."""
        if self.subscription.takes_everything:
            self.transport.write(all_of_them)
        elif wanted := [packet for packet in packets if self.subscription.wants(packet)]:
            self.transport.write(wire(wanted))

    # ---- answers

    def _answer(self, action: Packet) -> None:
        name = action.get("Action").lower()
        if not self.logged_in and name not in ("login", "logoff", "challenge"):
            self._send(response(action, "Error", "Message: Permission denied"))
        elif own := _OWN.get(name):
            own(self, action)
        else:
            answers, events = self._host.act(action)
            self._send(*answers)
            self._host.broadcast(events)

    def _send(self, *packets: bytes) -> None:
        if packets:
            self.transport.write(wire(packets))

    def _challenged(self, action: Packet) -> None:
        if action.get("AuthType").lower() != "md5":
            self._send(response(action, "Error", "Message: Must specify AuthType"))
            return
        self._challenge = str(secrets.randbelow(900_000_000) + 100_000_000)
        self._send(response(action, "Success", f"Challenge: {self._challenge}"))

    def _login(self, action: Packet) -> None:
        if not self._host.account.admits(action, self._challenge):
            asyncio.get_running_loop().call_later(self._host.refusal_s, self._refuse, action)
            return
        self.logged_in = True
        self.subscription.set_mask(action.get("Events"))
        self._send(response(action, "Success", "Message: Authentication accepted"))
        seconds = self._host.uptime_s()
        told = f"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: {seconds}\r\nLastReload: {seconds}"
        booted = f"{told}\r\nStatus: Fully Booted".encode()
        self.deliver([booted], wire([booted]))
        self._host.changed(self)

    def _refuse(self, action: Packet) -> None:
        if not self.closed:
            self._send(response(action, "Error", "Message: Authentication failed"))
            self.transport.close()

    def _logoff(self, action: Packet) -> None:
        self._send(response(action, "Goodbye", "Message: Thanks for all the fish."))
        self.transport.close()

    def _ping(self, action: Packet) -> None:
        self._send(response(action, "Success", "Ping: Pong", f"Timestamp: {self._host.now():.6f}"))

    def _events(self, action: Packet) -> None:
        wanted = self.subscription.set_mask(action.get("EventMask"))
        self._send(response(action, "Success", f"Events: {'On' if wanted else 'Off'}"))
        self._host.changed(self)

    def _filter(self, action: Packet) -> None:
        complaint = self.subscription.add_filter(action)
        self._send(response(action, "Error" if complaint else "Success", f"Message: {complaint or 'Success'}"))


_OWN: Final[Mapping[str, Callable[[Session, Packet], None]]] = {
    "challenge": Session._challenged,
    "login": Session._login,
    "logoff": Session._logoff,
    "ping": Session._ping,
    "events": Session._events,
    "filter": Session._filter,
}


def wire(packets: Sequence[bytes]) -> bytes:
    """Packets as they are sent, each with its blank line."""
    return b"".join([packet + PACKET_END for packet in packets])


def response(action: Packet, kind: str, *lines: str) -> bytes:
    """A response packet to an action, with its ActionID where it has one."""
    head = [f"Response: {kind}"]
    if action.action_id:
        head.append(f"ActionID: {action.action_id}")
    return "\r\n".join((*head, *lines)).encode("utf-8", "surrogateescape")
