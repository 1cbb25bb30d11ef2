"""Who may log in, and which events they get.

Job: the login rules of manager.conf (plain and MD5) and the two filters of a connection: its event mask and the Filter
action. Contract: pure; answers are as Asterisk's: a wrong user and a wrong secret look the same.
It must not: know connections, or show a secret.
"""

import re
from dataclasses import dataclass, field
from hashlib import md5
from hmac import compare_digest

from asterisk.ami import Packet, event_name

ALL = "on"
NONE = "off"


@dataclass(frozen=True)
class Account:
    """A `[user]` of manager.conf."""

    user: str
    secret: str = field(repr=False)

    def admits(self, login: Packet, challenge: str) -> bool:
        """Whether a Login action is right: with the secret itself, or with MD5 of challenge and secret."""
        if login.get("AuthType").lower() == "md5":
            # MD5 is what AMI has; an empty challenge means that none was asked for.
            expected = md5((challenge + self.secret).encode(), usedforsecurity=False).hexdigest()
            right = bool(challenge) and _same(login.get("Key"), expected)
        else:
            right = _same(login.get("Secret"), self.secret)
        return _same(login.get("Username"), self.user) and right


def _same(given: str, expected: str) -> bool:
    return compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode("utf-8", "surrogateescape"))


class Subscription:
    """Which events one connection gets."""

    def __init__(self) -> None:
        self.mask = ALL
        self._classes: frozenset[str] = frozenset()
        self._refused_names: set[bytes] = set()
        self._wanted_names: set[bytes] = set()
        self._refused: list[re.Pattern[bytes]] = []
        self._wanted: list[re.Pattern[bytes]] = []

    def set_mask(self, mask: str) -> bool:
        """`on`, `off`, or classes such as `call,agent`. Says whether any event is wanted now."""
        mask = mask.strip().lower() or ALL
        if mask in ("on", "yes", "true", "1", "all"):
            self.mask = ALL
        elif mask in ("off", "no", "false", "0"):
            self.mask = NONE
        else:
            self.mask = mask
            self._classes = frozenset(part.strip() for part in mask.split(","))
        return self.mask != NONE

    def add_filter(self, action: Packet) -> str:
        """Take a Filter action; return "" or Asterisk's complaint.

        By name (`MatchCriteria: action(exclude),name(VarSet)`), or by a regular expression over the whole packet in
        `Filter`, which excludes where it begins with `!`.
        """
        if action.get("Operation").lower() != "add":
            return "Unknown operation"
        if criteria := action.get("MatchCriteria"):
            parts = dict(re.findall(r"(\w+)\(([^)]*)\)", criteria))
            if not parts.get("name"):
                return "Filter not added"
            names = self._refused_names if parts.get("action") == "exclude" else self._wanted_names
            names.add(parts["name"].encode())
            return ""
        return self._add_pattern(action.get("Filter"))

    def _add_pattern(self, text: str) -> str:
        if not text:
            return "Filter not specified"
        try:
            pattern = re.compile(text.removeprefix("!").encode("utf-8", "surrogateescape"))
        except re.error:
            return "Filter not added"
        (self._refused if text.startswith("!") else self._wanted).append(pattern)
        return ""

    @property
    def takes_everything(self) -> bool:
        """Whether every event is wanted, so that none need be looked at."""
        filters = self._refused_names or self._wanted_names or self._refused or self._wanted
        return self.mask == ALL and not filters

    def wants(self, packet: bytes) -> bool:
        """Whether one event packet is wanted. Where anything is asked for by name or pattern, only that is."""
        if self.mask == NONE or (self.mask != ALL and not self._in_classes(packet)):
            return False
        name = event_name(packet)
        if name in self._refused_names or any(pattern.search(packet) for pattern in self._refused):
            return False
        if not (self._wanted_names or self._wanted):
            return True
        return name in self._wanted_names or any(pattern.search(packet) for pattern in self._wanted)

    def _in_classes(self, packet: bytes) -> bool:
        head, _, rest = packet.partition(b"\r\nPrivilege: ")
        classes = rest.partition(b"\r\n")[0].decode("ascii", "replace").split(",") if rest else head and ()
        return not self._classes.isdisjoint(classes[:-1])
