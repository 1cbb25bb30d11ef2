"""Hostile texts: what has broken clients of the manager interface and dialplans, put into good values at each place."""

from collections.abc import Iterator

# Ends a line or a packet for somebody on the way, or is invisible there.
CONTROLS = (
    "\r", "\n", "\r\n", "\0", "\t", "\v", "\f", "\x1b[2J", "\x1f", "\x7f", "\x85", "\u2028", "\u2029",
    "\r\n\r\n", "\r\nAction: Originate\r\nChannel: Local/1@x\r\nApplication: System\r\nData: id\r\n\r\n",
    "\nAction: Command\nCommand: core restart now\n\n", "\r\nVariable: A=B", "\0\r\n",
)  # fmt: skip
# Harmless as they are, and something else to whoever decodes once or twice too often, or thinks of a dialplan.
TRICKS = (
    "%0d%0a", "%0D%0AAction:%20Originate", "%250d%250a", "%25250d%25250a", "%00", "%E2%80%A8", "%c0%8a",
    "\\r\\n", "\\u000d\\u000a", "&#13;&#10;", "&PJSIP/itsp/19005551234", "@pbx-inbound", ",1,System(id)", ";", "|",
    "${SHELL(id)}", "$[1+1]", "{", "\\", "'; DROP TABLE users; --", "=cmd|' /C calc'!A0", "<script>",
    "../../etc/passwd",
)  # fmt: skip
# No UTF-8 at all: a line's end in more bytes than it takes, a half of a pair, a byte that begins nothing.
BROKEN = (b"\xc0\x8d\xc0\x8a", b"\xe0\x80\x8d\xe0\x80\x8a", b"\xf0\x80\x80\x8a", b"\xed\xa0\x8a", b"\xff\xfe", b"\x80")


def placed(good: str, inserts: tuple[str, ...]) -> Iterator[str]:
    """Each of these before, in and behind a good value."""
    for insert in inserts:
        middle = len(good) // 2
        yield insert + good
        yield good[:middle] + insert + good[middle:]
        yield good + insert


def placed_bytes(good: str) -> Iterator[bytes]:
    """The same of what is no text."""
    for insert in BROKEN:
        yield insert + good.encode()
        yield good.encode() + insert
