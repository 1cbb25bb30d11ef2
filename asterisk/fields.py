"""The values in a packet's headers, as the events of `calls` hold them. Pure.

Text comes out fit for any store, numbers checked, channels with what their snapshot tells.
"""

from math import isfinite

from asterisk.ami import Packet
from calls.errors import BadEvent
from calls.events import Channel

UNKNOWN = "<unknown>"


def clean(value: str) -> str:
    """Text that any store can hold: Asterisk cuts names inside a character, and a database knows no NUL."""
    if value.isascii() and value.isprintable():
        return "" if value == UNKNOWN else value
    clean = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean.replace("\x00", "�")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unescape(value: str) -> str:
    r"""Undo the C escapes that snapshots put into names: `q\\\"uote\\\"` was `q\"uote\"`."""
    if "\\" not in value:
        return value
    out, characters = [], iter(value)
    for character in characters:
        if character == "\\":
            following = next(characters, "\\")
            character = _ESCAPES.get(following, following)
        out.append(character)
    return "".join(out)


def channel(packet: Packet, prefix: str = "") -> Channel | None:
    """The channel snapshot under this prefix, None where the packet has none."""
    uniqueid = packet.get(prefix + "Uniqueid")
    if not uniqueid:
        return None
    direction = ""
    for value in packet.all(prefix + "ChanVariable"):
        if value.startswith("CALL_DIRECTION="):
            direction = value[len("CALL_DIRECTION=") :]
    return Channel(
        uniqueid=uniqueid,
        linkedid=packet.get(prefix + "Linkedid") or uniqueid,
        name=clean(packet.get(prefix + "Channel")),
        number=clean(unescape(packet.get(prefix + "CallerIDNum"))),
        caller_name=clean(unescape(packet.get(prefix + "CallerIDName"))),
        exten=clean(packet.get(prefix + "Exten")),
        context=clean(packet.get(prefix + "Context")),
        direction=direction if direction in ("inbound", "outbound", "internal") else "",
    )


def need_channel(packet: Packet, prefix: str = "") -> Channel:
    """The same, where it must be there. Raises BadEvent naming the header."""
    found = channel(packet, prefix)
    if found is None:
        raise BadEvent(f"{packet.name} without {prefix}Uniqueid")
    return found


def word(packet: Packet, key: str) -> str:
    """A header that must be there and not be empty. Raises BadEvent naming it."""
    value = packet.get(key)
    if not value:
        raise BadEvent(f"{packet.name} without {key}")
    return clean(value)


def number(packet: Packet, key: str, default: int | None = None) -> int:
    """A whole number; the default where the header is missing or empty. Raises BadEvent naming it."""
    text = packet.get(key)
    if not text and default is not None:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise BadEvent(f"{packet.name}: {key} is not a number: {text!r}") from error


def decimal(packet: Packet, key: str, default: float | None = None) -> float:
    """A finite number; the default where the header is missing or empty. Raises BadEvent naming it."""
    text = packet.get(key)
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise BadEvent(f"{packet.name}: {key} is not a number: {text!r}") from error
    if not isfinite(value):
        raise BadEvent(f"{packet.name}: {key} is not a number: {text!r}")
    return value
