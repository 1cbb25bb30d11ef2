"""The Filter action of one connection: which events are let through, in both forms that Asterisk 22 accepts.

Job: read a filter, say what is wrong with it in Asterisk's words, and match events against it.
Contract: pure. The old form is `Filter: !REGEX` over a whole packet, where `!` excludes. The new one is `MatchCriteria:
action(…),name(…),header(…),method(…)`: action is include or exclude, method is regex, exact, starts_with, ends_with,
contains or none, and what is to be matched stands in `Filter`. It must not know connections, or logins.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from asterisk.ami import Packet, event_name

UNKNOWN_OPERATION: Final = "Unknown operation"
MALFORMED: Final = "Filter was formatted incorrectly.  Check the syntax of the filter given."
NO_PATTERN: Final = "Filter did not compile.  Check the syntax of the filter given."

_BRACKETS: Final = re.compile(rb"\\.|\[(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]", re.DOTALL)
_CLASSES: Final[Mapping[bytes, bytes]] = {
    b"alnum": b"0-9A-Za-z",
    b"alpha": b"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": b"0-9",
    b"graph": b"!-~",
    b"lower": b"a-z",
    b"print": b" -~",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t-\r",
    b"upper": b"A-Z",
    b"xdigit": b"0-9A-Fa-f",
}
_CRITERIA: Final = re.compile(rb"(action|name|header|method)\(([^()]*)\)")
_EXACT: Final[Mapping[bytes, Callable[[bytes, bytes], bool]]] = {
    b"exact": lambda value, wanted: value == wanted,
    b"starts_with": bytes.startswith,
    b"ends_with": bytes.endswith,
    b"contains": bytes.__contains__,
}


class BadFilter(Exception):
    """It is none; the text is Asterisk's."""


@dataclass(frozen=True)
class EventFilter:
    """One filter. Without `name` it is about every event, without `header` about a packet's whole text."""

    excludes: bool
    name: bytes = b""
    header: bytes = b""
    matches: Callable[[bytes], bool] | None = None

    def fits(self, packet: bytes) -> bool:
        """Whether it is about this packet."""
        if self.name and event_name(packet) != self.name:
            return False
        if not self.header:
            return self.matches is None or self.matches(packet)
        start = self.header + b": "
        values = [line[len(start) :] for line in packet.split(b"\r\n") if line.startswith(start)]
        return any(self.matches is None or self.matches(value) for value in values)


def read_filter(action: Packet) -> EventFilter:
    """The filter of a Filter action. Raises BadFilter."""
    if action.get("Operation").lower() != "add":
        raise BadFilter(UNKNOWN_OPERATION)
    expression = action.get("Filter").encode("utf-8", "surrogateescape")
    criteria = action.get("MatchCriteria").encode("utf-8", "surrogateescape")
    if criteria:
        return _advanced(criteria, expression)
    if not expression:
        raise BadFilter(MALFORMED)
    excludes = expression.startswith(b"!")
    return EventFilter(excludes, matches=_pattern(expression[1:] if excludes else expression))


def _advanced(text: bytes, expression: bytes) -> EventFilter:
    parts = text.split(b",")
    found = [_CRITERIA.fullmatch(part.strip()) for part in parts]
    given = {part[1]: part[2] for part in found if part}
    action, method = given.get(b"action", b"include"), given.get(b"method", b"none")
    name, header = given.get(b"name", b""), given.get(b"header", b"")
    # Each at most once; an expression needs a method and a method an expression; and something must be asked for.
    wrong = len(given) < len(parts) or action not in (b"include", b"exclude") or (method == b"none") == bool(expression)
    if wrong or not (name or header or expression):
        raise BadFilter(MALFORMED)
    return EventFilter(action == b"exclude", name, header, _match(method, expression))


def _match(method: bytes, expression: bytes) -> Callable[[bytes], bool] | None:
    if method == b"none":
        return None
    if method == b"regex":
        return _pattern(expression)
    if method not in _EXACT:
        raise BadFilter(MALFORMED)
    compare = _EXACT[method]
    return lambda value: compare(value, expression)


def _pattern(text: bytes) -> Callable[[bytes], bool]:
    """A POSIX extended regular expression; its dot matches line ends too."""
    try:
        search = re.compile(_BRACKETS.sub(_bracket, text), re.DOTALL).search
    except (re.error, KeyError) as error:
        raise BadFilter(NO_PATTERN) from error
    return lambda value: search(value) is not None


def _bracket(found: re.Match[bytes]) -> bytes:
    """A bracket expression in Python's words: POSIX's has classes by name, and no escapes."""
    if found[2] is None:
        return found[0]
    inner = b"".join(
        _CLASSES[part[2:-2]] if part.startswith(b"[:") else re.sub(rb"([\\\[\]&~|])", rb"\\\1", part)
        for part in re.split(rb"(\[:\w+:\])", found[2])
    )
    return b"[" + found[1] + inner + b"]"
