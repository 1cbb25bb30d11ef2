"""Who may log in, and which events they get.

Job: the login rules of manager.conf (plain and MD5), and what a connection hears: its event mask and its filters.
Contract: pure; answers are as Asterisk's: a wrong user and a wrong secret look the same.
It must not: know connections, or show a secret.
"""

from dataclasses import dataclass, field
from hashlib import md5
from hmac import compare_digest

from asterisk.ami import Packet
from asterisk.simulator.filters import BadFilter, EventFilter, read_filter

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
        self._filters: list[EventFilter] = []

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
        """Take a Filter action; return "" or Asterisk's complaint."""
        try:
            self._filters.append(read_filter(action))
        except BadFilter as complaint:
            return str(complaint)
        return ""

    @property
    def takes_everything(self) -> bool:
        """Whether every event is wanted, so that none need be looked at."""
        return self.mask == ALL and not self._filters

    def wants(self, packet: bytes) -> bool:
        """Whether one event packet is wanted: where any filter includes, only what is; never what is excluded."""
        if self.mask == NONE or (self.mask != ALL and not self._in_classes(packet)):
            return False
        fitting = [rule.excludes for rule in self._filters if rule.fits(packet)]
        if True in fitting:
            return False
        return False in fitting or all(rule.excludes for rule in self._filters)

    def _in_classes(self, packet: bytes) -> bool:
        head, _, rest = packet.partition(b"\r\nPrivilege: ")
        classes = rest.partition(b"\r\n")[0].decode("ascii", "replace").split(",") if rest else head and ()
        return not self._classes.isdisjoint(classes[:-1])
