"""One Engine.IO session: what was said in it and what waits to be sent, whichever transport carries it.

Nobody is anybody until the packet CONNECT has let them into the namespace, by its token or by the cookie of the request
that opened the session. A session that does not get there in time, or is not heard of for too long, ends.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from api.errors import ApiError
from api.live.client import Client
from api.live.conversation import STRIKES, Conversation
from api.live.entrance import Entrance
from api.live.sent import Envelope, Wrong, refuse_giant
from api.problems import answer_to
from api.socketio.packets import (
    CLOSE,
    CONNECT,
    DISCONNECT,
    EVENT,
    MESSAGE,
    NAMESPACE,
    NOOP,
    PING,
    PONG,
    Malformed,
    Packet,
    answered,
    connected,
    event_of,
    read_packet,
    refused,
)
from api.tokens import Principal

# The library's own defaults: a client that hears no ping for both together takes the line for dead.
PING_EVERY_S, PING_TIMEOUT_S = 25.0, 20.0
# Long enough for a bad line, too short to pile up sessions of nobody.
CONNECT_WITHIN_S = 10.0
# How often it is looked whether one of these is due.
LOOK_EVERY_S = 5.0
# A session that ends in order.
DONE = 1000

Admit = Callable[[str | None], Awaitable[Principal]]
"""Who a token stands for; without one, whoever opened the session. Raises ApiError."""


class Credentials(Struct, frozen=True):
    """What a client says of itself when it connects."""

    token: str | None = None


class Session:
    """A session. `forget` is called once, when it ends."""

    def __init__(self, sid: str, admit: Admit, entrance: Entrance, forget: Callable[[], None]) -> None:
        self.sid = sid
        self.client: Client | None = None
        self.by_websocket = False
        # While a client tries the WebSocket, its poll must not wait.
        self.probing = False
        # Whether a request waits for packets just now: there may be one.
        self.polled = False
        self.over = False
        self._admit = admit
        self._entrance = entrance
        self._forget = forget
        self._conversation: Conversation | None = None
        self._words: deque[str] = deque()
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._strikes = 0
        self._loop = asyncio.get_running_loop()
        self._born = self._heard = self._pinged = self._loop.time()
        self._look = self._loop.call_later(LOOK_EVERY_S, self.look)

    def push(self, packet: str) -> None:
        """Send an Engine.IO packet."""
        self._words.append(packet)
        self.stir()

    def stir(self) -> None:
        """Let whoever waits for packets look again."""
        self._wake.set()
        if self.client is not None:
            self.client.nudge()

    async def packets(self) -> list[str]:
        """What is to be sent now, or as soon as there is something."""
        while not self._ready:
            self._wake.clear()
            await (self._wake.wait() if self.client is None else self.client.until_frames())
        return self.take_packets()

    async def until_closing(self) -> None:
        """Wait for the end."""
        while not self.is_closing:
            await (self._settled.wait() if self.client is None else self.client.closing.wait())

    def take_packets(self) -> list[str]:
        """What is to be sent now."""
        packets = list(self._words)
        self._words.clear()
        if self.client is not None:
            packets.extend(self.client.take_frames())
        return packets or ([NOOP] if self.probing else [])

    @property
    def _ready(self) -> bool:
        told = self.client is not None and self.client.has_frames
        return bool(told or self._words or self.probing or self.is_closing)

    @property
    def is_closing(self) -> bool:
        """Whether nothing more is to be said."""
        return self.over or (self.client is not None and self.client.closing.is_set())

    async def take(self, packet: str) -> None:
        """An Engine.IO packet that a client sent."""
        self.heard()
        kind, text = packet[:1], packet[1:]
        if kind == MESSAGE:
            await self._take_message(text)
        elif kind != PONG:
            # CLOSE, or something that no client sends here.
            self.end()

    def heard(self) -> None:
        """The client is still there."""
        self._heard = self._loop.time()

    def look(self) -> None:
        """Do what is due: a ping, or the end."""
        now = self._loop.time()
        if now - self._pinged >= PING_EVERY_S:
            self._pinged = now
            self.push(PING)
        silent = now - self._heard > PING_EVERY_S + PING_TIMEOUT_S
        if silent or (self.client is None and now - self._born > CONNECT_WITHIN_S):
            self.end()
        else:
            self._look = self._loop.call_later(LOOK_EVERY_S, self.look)

    def end(self) -> None:
        """The session is over. Whoever waits for packets is told so."""
        if self.over:
            return
        self.over = True
        self._look.cancel()
        self._forget()
        self._settled.set()
        if self.client is not None:
            self.client.close(DONE)
            self._entrance.leave(self.client)
        self.push(CLOSE)

    async def _take_message(self, text: str) -> None:
        try:
            packet = read_packet(text)
        except Malformed:
            await self._take_event(Packet(EVENT, NAMESPACE, None, None))
            return
        if packet.kind == CONNECT:
            await self._connect(packet)
        elif packet.kind == EVENT:
            await self._take_event(packet, text)
        elif packet.kind == DISCONNECT:
            self.end()

    async def _connect(self, packet: Packet) -> None:
        if packet.namespace != NAMESPACE:
            self._refuse(packet.namespace, f"Connect to the namespace {NAMESPACE}.")
            return
        if self.client is not None:
            return
        try:
            said = msgspec.convert(packet.data or {}, Credentials)
            principal = await self._admit(said.token)
            client = await self._entrance.enter(principal, event_of)
        except msgspec.ValidationError:
            self._refuse(NAMESPACE, 'Connect with {"token": …}, or with the cookie.')
        except Exception as error:
            self._refuse(NAMESPACE, error.detail if isinstance(error, ApiError) else answer_to(error).problem.detail)
        else:
            self._enter(client)

    def _enter(self, client: Client | None) -> None:
        if client is None:
            self._refuse(NAMESPACE, "Too many sockets of one user.")
        elif self.over or self.client is not None:
            # It ended, or connected a second time, while the database was asked.
            self._entrance.leave(client)
        else:
            self.push(connected(self.sid))
            self.client, self._conversation = client, self._entrance.conversation(client)
            self._settled.set()
            self.stir()

    def _refuse(self, namespace: str, detail: str) -> None:
        self.push(refused(namespace, detail))
        self._strikes += 1
        if self._strikes >= STRIKES:
            self.end()

    async def _take_event(self, packet: Packet, text: str = "") -> None:
        if self._conversation is None or packet.namespace != NAMESPACE:
            self._refuse(packet.namespace, "Sign in first.")
            return
        error = await self._conversation.hear(lambda: _envelope(packet.data, text))
        if packet.number is not None:
            self.push(answered(packet.number, error))


def _envelope(data: object, text: str) -> Envelope:
    refuse_giant(text)
    if isinstance(data, list) and data and isinstance(data[0], str):
        return Envelope(data[0], data[1] if len(data) > 1 else None)
    raise Wrong("bad_message", "Emit an event by its name, with its data as the one argument.", counts=True)
