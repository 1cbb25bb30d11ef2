"""What a page may send to the PBX, read off the SIP text. Pure.

Only what is looked at is understood. Whatever two readers could understand differently (folded lines, a header twice
that may come once) is refused, so that the PBX reads what was checked here.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

METHODS = frozenset(
    {"REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "INFO", "REFER", "NOTIFY", "OPTIONS", "PRACK"}
)
# Those that are of no use outside a call; outside, they are for other things than phones.
WITHIN_CALLS = frozenset({"REFER", "NOTIFY", "INFO", "UPDATE", "BYE", "PRACK"})
# RFC 3261 section 7.3.3, RFC 3515.
_LONG = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via", "r": "refer-to", "l": "content-length"}
_ONCE = frozenset({"from", "to", "call-id", "cseq", "refer-to"})
_NAME_ADDRESS = re.compile(
    r'(?:"(?:[^"\\]|\\.)*"|[^"<>]*)\s*<sips?:([^@<>;?%"\s]+)@[^<>]*>(.*)', re.DOTALL | re.IGNORECASE
)
_ADDRESS = re.compile(r'sips?:([^@<>;?%"\s]+)@[^<>;?"\s]+(.*)', re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]{3,10}")


class Refused(Exception):
    """A request that may not go on. `status` and `reason` are what SIP says to it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class Sent(Struct, frozen=True):
    """A request that may go on, if its `target` may be reached: who it is to call, or to hand a call to."""

    method: str
    target: str | None = None


def checked(text: str, endpoint: str) -> Sent | None:
    """What the phone `endpoint` sends; None for an answer, or a sign of life. Raises Refused."""
    if not text.strip():
        return None
    start, headers = _read(text)
    if start.startswith("SIP/2.0 "):
        return None
    method, uri = _request(start)
    if method not in METHODS:
        raise Refused(405, "Method Not Allowed")
    who, _ = _address(headers["from"])
    whom, to_rest = _address(headers["to"])
    within = _TAG.search(to_rest) is not None
    if method == "REGISTER" and not (who == whom == endpoint):
        raise Refused(403, "Not Your Extension")
    # Within a call that came in, From is the address that the phone gave itself: there the call is what is known.
    if not within and who != endpoint:
        raise Refused(403, "Not Your Extension")
    if not within and method in WITHIN_CALLS:
        raise Refused(481, "Call Does Not Exist")
    if method == "INVITE" and not within:
        return Sent(method, _address(uri)[0])
    if method == "REFER":
        if "refer-to" not in headers:
            raise Refused(400, "No Refer-To")
        return Sent(method, _address(headers["refer-to"])[0])
    return Sent(method)


def is_registered(text: str) -> bool:
    """Whether the PBX says that the phone is registered now; an answer without a contact says that it is not."""
    if not text.startswith("SIP/2.0 200"):
        return False
    head = text.partition("\r\n\r\n")[0].lower()
    return re.search(r"\r\ncseq:[^\r\n]*\bregister", head) is not None and "\r\ncontact:" in head


def refusal(text: str, refused: Refused) -> str | None:
    """What the PBX would answer, had it refused the request; None where nothing is answered."""
    lines = text.partition("\r\n\r\n")[0].split("\r\n")
    if lines[0].startswith(("ACK ", "SIP/2.0")):
        return None
    kept = [line for line in lines[1:] if _name(line) in ("via", "from", "to", "call-id", "cseq")]
    tagged = [f"{line};tag=trunkline" if _name(line) == "to" and not _TAG.search(line) else line for line in kept]
    return "\r\n".join([f"SIP/2.0 {refused.status} {refused.reason}", *tagged, "Content-Length: 0", "", ""])


def _read(text: str) -> tuple[str, Mapping[str, str]]:
    start, *lines = text.partition("\r\n\r\n")[0].split("\r\n")
    found: dict[str, str] = {}
    for line in lines:
        name = _name(line)
        # A folded line, or an end of line that only some readers see.
        if not name or line[0].isspace() or any(character in line for character in "\r\n\0"):
            raise Refused(400, "Bad Header")
        if name in _ONCE and name in found:
            raise Refused(400, "Header Twice")
        found[name] = line.partition(":")[2].strip()
    if not {"from", "to", "call-id", "cseq"} <= found.keys():
        raise Refused(400, "Header Missing")
    return start, found


def _name(line: str) -> str:
    name, colon, _ = line.partition(":")
    name = name.strip().lower()
    return _LONG.get(name, name) if colon else ""


def _request(start: str) -> tuple[str, str]:
    method, _, rest = start.partition(" ")
    uri, _, version = rest.rpartition(" ")
    if not _WORD.fullmatch(method) or version != "SIP/2.0" or any(character.isspace() for character in uri):
        raise Refused(400, "Bad Request")
    return method, uri


def _address(header: str) -> tuple[str, str]:
    """The user of an address, and what follows it."""
    found = _NAME_ADDRESS.fullmatch(header) or _ADDRESS.fullmatch(header)
    if found is None:
        # A domain alone, as a REGISTER has it in its first line, is nobody.
        raise Refused(400, "Bad Address")
    return found[1], found[2]
