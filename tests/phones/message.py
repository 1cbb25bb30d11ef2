"""SIP messages: text on the wire, and the few parts of it that a phone looks at.

Only what Asterisk on the same machine sends is understood: no folded lines, no compact header names, no forking.
"""

import re
import secrets
from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]

REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    603: "Decline",
}


@dataclass(frozen=True)
class Message:
    """A request or a response. `start` is the first line; header names keep the case that they came with."""

    start: str
    headers: Headers
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    def encode(self) -> bytes:
        body = self.body.encode()
        headers = (*self.headers, ("Content-Length", str(len(body))))
        return "\r\n".join([self.start, *(f"{name}: {value}" for name, value in headers), "", ""]).encode() + body

    @property
    def status(self) -> int:
        """A response's code; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """What is requested, or what the response answers."""
        return self["CSeq"].split()[-1]

    @property
    def uri(self) -> str:
        """Whom a request is for."""
        return self.start.split()[1]

    def __getitem__(self, name: str) -> str:
        """The first header of that name, "" when there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def branch(self) -> str:
        """The transaction that the message belongs to."""
        return found(r"branch=([^;,\s]+)", self["Via"])


@dataclass
class Dialog:
    """What requests within one call have in common. `target` is where they go, `remote` the To of ours."""

    local: str
    remote: str
    target: str
    call_id: str = field(default_factory=lambda: secrets.token_hex(10))
    cseq: int = 1


def found(pattern: str, text: str) -> str:
    """The pattern's group in `text`, or ""."""
    match = re.search(pattern, text)
    return match[1] if match else ""


def uri_in(header: str) -> str:
    """The address in a From, To or Contact."""
    return found(r"<([^>]+)>", header) or header.split(";")[0]


def user_in(text: str) -> str:
    """The part of a SIP address before the `@`."""
    return found(r"sip:([^@;>]+)@", text)


def response(request: Message, status: int, headers: Headers = (), to_tag: str = "", body: str = "") -> Message:
    """The answer to `request`; `to_tag` is added to the To where it has none yet."""
    copied = [(name, value) for name in ("Via", "Record-Route") for value in request.all(name)]
    to = request["To"]
    if to_tag and ";tag=" not in to:
        to += f";tag={to_tag}"
    own = [("From", request["From"]), ("To", to), ("Call-ID", request["Call-ID"]), ("CSeq", request["CSeq"])]
    return Message(f"SIP/2.0 {status} {REASONS[status]}", (*copied, *own, *headers), body)
