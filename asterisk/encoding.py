"""How an action is written for the wire, or refused.

Job: `Action`, the base of the types in `asterisk.actions`, and `encode_action`, which turns one into bytes.
Contract: no value of any field can add a header, an action or a channel variable, and what Asterisk would cut off or
read differently is refused before anything is sent. A field's header is its name in capitals (`member_name` →
`MemberName`) unless its metadata says otherwise; None leaves the header out.
It must not: send anything, or know what an action means.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from asterisk.errors import InvalidAction

# What Asterisk 22 reads, tried out: a line of 1024 bytes with its line end, and 128 headers. Beyond that it refuses the
# action, and what it says then names neither the header nor, for the rest of the bytes, the action.
MAX_LINE_BYTES: Final = 1024
MAX_HEADERS: Final = 128

# Everything that some reader takes for the end of a line, and the other control characters. As bytes, so that surrogate
# escapes in a name that came from Asterisk cannot smuggle them in.
_UNSAFE: Final = re.compile(rb"[\x00-\x1f\x7f]|\xc2\x85|\xe2\x80[\xa8\xa9]")
_VARIABLE_NAME: Final = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_-]*")
# Asterisk splits the value of a `Variable` header like an application's arguments: these would end it, or vanish.
_VARIABLE_SPECIAL: Final = re.compile(r'([\\,"()\[\]])')

Variables = tuple[tuple[str, str], ...]
"""Channel variables as (name, value). With two leading underscores the channels made from this one inherit it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Action:
    """The base of every action. Not for use itself."""

    name: ClassVar[str]
    changes_state: ClassVar[bool] = False
    """Whether it does something to a call, a queue or a phone; such an action is never sent twice."""
    constants: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Headers that are always sent with it."""

    def fields(self) -> Iterator[tuple[str, str]]:
        """The headers in order, without Action and ActionID. Raises InvalidAction for a variable's bad name."""
        yield from self.constants
        for item in dataclasses.fields(self):
            header = item.metadata.get("header") or "".join(part.capitalize() for part in item.name.split("_"))
            for value in _texts(getattr(self, item.name)):
                yield header, value


def _texts(value: Any) -> Iterator[str]:
    """A field's value as header texts: none for None, several for variables."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, tuple):
        yield from (_variable(name, text) for name, text in value)
    elif value is not None:
        yield str(value)


def _variable(name: str, value: str) -> str:
    """`NAME=value`, escaped. A function is refused as a name: `FUNC(x)=y` would write to what it stands for."""
    if not _VARIABLE_NAME.fullmatch(name):
        raise InvalidAction("Variable", "a name is letters, digits, - and _, with at most two _ in front")
    return name + "=" + _VARIABLE_SPECIAL.sub(r"\\\1", value)


def encode_action(action: Action, action_id: str) -> bytes:
    """The action's bytes with its blank line. Raises InvalidAction, naming the header that Asterisk would misread."""
    headers = [("Action", action.name), ("ActionID", action_id), *action.fields()]
    if len(headers) > MAX_HEADERS:
        raise InvalidAction(headers[MAX_HEADERS][0], f"Asterisk reads {MAX_HEADERS} headers, this has {len(headers)}")
    return b"".join([_line(header, value) for header, value in headers]) + b"\r\n"


def _line(header: str, value: str) -> bytes:
    try:
        text = f"{header}: {value}".encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise InvalidAction(header, "holds a character that UTF-8 does not have") from None
    if _UNSAFE.search(text):
        raise InvalidAction(header, "holds a line end or another control character")
    if len(text) + 2 > MAX_LINE_BYTES:
        raise InvalidAction(header, f"Asterisk reads lines of {MAX_LINE_BYTES} bytes, this has {len(text) + 2}")
    return text + b"\r\n"
