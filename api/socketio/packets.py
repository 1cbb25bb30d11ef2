"""The words of Engine.IO 4 and Socket.IO 5, as far as the namespace /pbx needs them. Pure: texts in, values out.

An Engine.IO packet is a digit and a text; several in one HTTP body are parted by `SEPARATOR`. A Socket.IO packet is the
text of a `MESSAGE`: a digit, the namespace and a comma unless it is `/`, the number of an awaited answer, JSON.
Binary packets are not taken: nothing that may be sent here has bytes in it.
(github.com/socketio/engine.io-protocol, github.com/socketio/socket.io-protocol)
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from api.live.messages import Message, encode

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
SEPARATOR = "\x1e"
# What a client sends to try a WebSocket before it moves there, and the answer.
PROBE, PROBED = PING + "probe", PONG + "probe"

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "01234"
NAMESPACE = "/pbx"

_PACKET = re.compile(r"([0-4])(?:(/[^,]{0,100}),)?([0-9]{0,9})(.*)", re.DOTALL)
_decode: Callable[[str], Any] = msgspec.json.Decoder().decode


class Malformed(Exception):
    """A text that is no packet which is taken here."""


class Packet(Struct, frozen=True):
    """A Socket.IO packet. `number` is that of the answer that the sender waits for, None where it waits for none."""

    kind: str
    namespace: str
    number: int | None
    data: Any


class Opening(Struct, frozen=True, rename="camel"):
    """What an Engine.IO session begins with. Times in ms, `max_payload` in bytes."""

    sid: str
    upgrades: list[str]
    ping_interval: int
    ping_timeout: int
    max_payload: int


def read_packet(text: str) -> Packet:
    """The Socket.IO packet in an Engine.IO message. Raises Malformed."""
    found = _PACKET.fullmatch(text)
    if found is None:
        raise Malformed
    kind, namespace, number, rest = found.groups()
    try:
        data = _decode(rest) if rest else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Malformed from None
    return Packet(kind, namespace or "/", int(number) if number else None, data)


def opening(opened: Opening) -> str:
    """The packet that begins a session."""
    return OPEN + encode(opened).decode()


def connected(sid: str) -> str:
    """The packet that lets a client into the namespace."""
    return f"{MESSAGE}{CONNECT}{NAMESPACE},{encode({'sid': sid}).decode()}"


def refused(namespace: str, detail: str) -> str:
    """The packet that keeps a client out of a namespace."""
    place = "" if namespace == "/" else f"{namespace},"
    return f"{MESSAGE}{CONNECT_ERROR}{place}{encode({'message': detail}).decode()}"


def disconnected() -> str:
    """The packet that puts a client out of the namespace."""
    return f"{MESSAGE}{DISCONNECT}{NAMESPACE},"


def answered(number: int, answer: Any) -> str:
    """The answer that a client waits for."""
    return f"{MESSAGE}{ACK}{NAMESPACE},{number}{encode([answer]).decode()}"


def event_of(message: Message, seq: int) -> str:
    """A message of the hub as an event: its data, then its number and version."""
    arguments = [message.event, message.data, {"seq": seq, "version": message.version}]
    return f"{MESSAGE}{EVENT}{NAMESPACE},{encode(arguments).decode()}"
