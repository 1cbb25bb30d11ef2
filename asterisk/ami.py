"""AMI on the wire: bytes in, packets out, and back.

Job: cut the byte stream of one AMI connection into packets (`PacketBuffer`), and turn one packet's bytes into ordered
fields and back (`parse_packet`, `packet_bytes`).
Contract: nothing is lost and nothing is reordered. Every chunking of a stream gives the same packets, repeated headers
stay repeated, bytes that are not UTF-8 survive a round trip (Asterisk cuts names inside a character), and no input
makes parsing fail: what is not understood is kept as it came.
It must not: wait, read a clock, know what an event means, or correlate answers with actions.
"""

from functools import cached_property
from typing import Final

import msgspec

from asterisk.errors import OversizedPacket

PACKET_END: Final = b"\r\n\r\n"
"""What stands between two packets on the wire; `packet_bytes(packet) + PACKET_END` is a packet as it is sent."""

MAX_PACKET_BYTES: Final = 8 * 1024 * 1024
"""The longest packet ever recorded has 4 kB; the answer to a `Command` may list thousands of lines (10,000 of 200 bytes
are 2 MB). Eight megabytes is beyond both and still nothing to a process."""

_BANNER: Final = b"Asterisk Call Manager/"
_TEXT: Final = b" "
# A header line is cached up to this length, and this many of them: a typical packet repeats 20 of its 27 lines from the
# packets before it, so most lines are looked up instead of decoded and split. At 200 bytes a line that is 2 MB at most.
_CACHED_LINE_BYTES: Final = 128
_CACHED_LINES: Final = 8192
_UNIQUE: Final = ("Timestamp", "SequenceNumber")


class PacketBuffer:
    """Cuts one connection's byte stream into packets. One buffer serves one connection: make a new one after each."""

    __slots__ = ("_at_start", "_buffer", "_limit", "banner")

    def __init__(self, limit: int = MAX_PACKET_BYTES) -> None:
        self.banner: str | None = None
        """The greeting line, without its line end; None until it has been received."""
        self._at_start = True
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes; return the packets that they complete, in order, without the blank line at their end.

        Asterisk ends some packets with one line end too many, so the next begins with an empty line: it is removed.
        Raises OversizedPacket when a packet is longer than the limit; the buffer is of no use afterwards.
        """
        # A packet end may have begun in the last three bytes of what was here before.
        searched = max(0, len(self._buffer) - len(PACKET_END) + 1)
        self._buffer += chunk
        if self._at_start:
            if not self._take_banner():
                return []
            searched = 0
        if self._buffer.find(PACKET_END, searched) < 0:
            self._refuse_beyond_limit(len(self._buffer))
            return []
        size = len(self._buffer)
        *packets, rest = bytes(self._buffer).split(PACKET_END)
        self._buffer = bytearray(rest)
        # Line ends sort before all that can be read: where the least is text, there is nothing to remove anywhere.
        if min(packets) < _TEXT:
            packets = [packet for piece in packets if (packet := piece.lstrip(b"\r\n"))]
        if size > self._limit:
            self._refuse_beyond_limit(max(map(len, (rest, *packets))))
        return packets

    def _take_banner(self) -> bool:
        """Move the greeting line out of the buffer; False while it is not known yet whether there is one."""
        head = bytes(self._buffer[: len(_BANNER)])
        if head == _BANNER:
            end = self._buffer.find(b"\r\n")
            if end < 0:
                self._refuse_beyond_limit(len(self._buffer))
                return False
            self.banner = self._buffer[:end].decode("utf-8", "surrogateescape")
            del self._buffer[: end + 2]
        elif _BANNER.startswith(head):
            return False
        self._at_start = False
        return True

    def _refuse_beyond_limit(self, size: int) -> None:
        if size > self._limit:
            raise OversizedPacket(
                f"{size} bytes without the end of a packet (limit {self._limit}): "
                "check that this address is an AMI port and not another service"
            )


class Packet(msgspec.Struct, frozen=True, dict=True):
    """One AMI packet: its headers in the order received, repeated ones kept."""

    fields: tuple[tuple[str, str], ...]

    def get(self, key: str, default: str = "") -> str:
        """The first value of a header; `default` where there is none. Another case counts where none is spelled so."""
        value = self._exact.get(key)
        return self._lowered.get(key.lower(), default) if value is None else value

    def all(self, key: str) -> tuple[str, ...]:
        """Every value of a header, in order, whatever the case of its name, which is ASCII."""
        wanted, size = key.lower(), len(key)
        return tuple([value for name, value in self.fields if len(name) == size and name.lower() == wanted])

    @property
    def name(self) -> str:
        """The event's name; "" for a response. Equals `event_name` of the packet's bytes."""
        for key, value in self.fields:
            if key == "Event":
                return value
        return ""

    @property
    def response(self) -> str:
        """`Success`, `Error`, … of an answer; "" for an event (OriginateResponse has the header, but is an event)."""
        return "" if self.name else self.get("Response")

    @property
    def action_id(self) -> str:
        """The ActionID that this packet answers, or "" for an event that nobody asked for."""
        return self.get("ActionID")

    @cached_property
    def _exact(self) -> dict[str, str]:
        return dict(reversed(self.fields))

    @cached_property
    def _lowered(self) -> dict[str, str]:
        # Asterisk spells each header in one way, so this is seldom needed, and four times as slow.
        return {name.lower(): value for name, value in reversed(self.fields)}


class _FieldCache(dict[bytes, tuple[str, str]]):
    """Header line → (name, value), splitting the line the first time that it is seen."""

    def __missing__(self, line: bytes) -> tuple[str, str]:
        name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
        field = (name, value.removeprefix(" "))
        # No two packets have the same time or number: remembered, these would push out what does come again.
        if name not in _UNIQUE and len(line) <= _CACHED_LINE_BYTES:
            if len(self) >= _CACHED_LINES:
                self.clear()
            self[line] = field
        return field


_fields = _FieldCache()
_field = _fields.__getitem__


def parse_packet(raw: bytes) -> Packet:
    """One packet's bytes, as `PacketBuffer.feed` returns them, to its fields. Never fails.

    A line is split at its first ':', and one space after that is dropped; a line without ':' becomes (line, "").
    A bare LF is part of the value it stands in. Bytes that are not UTF-8 become surrogate escapes.
    """
    return Packet(tuple(map(_field, raw.split(b"\r\n"))) if raw else ())


def packet_bytes(packet: Packet) -> bytes:
    """The inverse of `parse_packet`, byte for byte where each line is `Name: value`; no blank line at the end."""
    text = "\r\n".join([f"{name}: {value}" for name, value in packet.fields])
    return text.encode("utf-8", "surrogateescape")


def event_name(raw: bytes) -> bytes:
    """The Event header's value without a parse of the rest, b"" for responses. For lists of events to drop unread."""
    if raw.startswith(b"Event:"):
        start = 6
    elif (line_end := raw.find(b"\r\nEvent:")) >= 0:
        start = line_end + 8
    else:
        return b""
    end = raw.find(b"\r\n", start)
    return raw[start : end if end >= 0 else None].removeprefix(b" ")
