"""Where an Asterisk listens, who we are there, and how long we wait for it.

Job: the inert settings of `asterisk.connection`.
Contract: frozen values, no defaults for secrets, secrets kept out of `repr`.
It must not: read files or the environment.
"""

import ssl
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A `[username]` of one Asterisk's manager.conf."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    events: str = "on"
    """The classes of events wanted: `on`, `off`, or a list such as `call,agent,system`."""
    plain_login: bool = False
    """Send the secret itself instead of an MD5 answer to a challenge; only for a peer that knows no challenges."""

    @property
    def address(self) -> str:
        """host:port, for people to read."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait, in seconds."""

    connect: float = 5.0
    login: float = 5.0
    # Asterisk takes logins some 0.2 s before its queues are loaded, and says FullyBooted when they are; at once if they
    # have been for long. A user without the class `system` never hears it: for them this is long enough.
    boot: float = 2.0
    # Asterisk answers a ping in milliseconds. 3 + 5 leaves two seconds of the ten in which a dead line must be noticed.
    ping_every: float = 3.0
    ping_timeout: float = 5.0
    # Where something is heard but no answer, the line is slow, or its buffers drain: one more moment, within the ten.
    ping_grace: float = 1.5
    # Asterisk is back in 0.6 to 3 s after a restart, so begin well below that and do not grow far beyond.
    retry_first: float = 0.25
    retry_most: float = 5.0
    # A wrong secret does not cure itself, and each try is a line in the PBX's security log that fail2ban counts.
    retry_refused: float = 30.0

    def retry_delay(self, failures: int, roll: float) -> float:
        """How long to wait after the given number of failures in a row: doubled each time, up to `retry_most`.

        `roll` in [0, 1) takes off up to half of it, so that many clients do not come back at the same moment.
        """
        # Beyond 2**16 the power means nothing and grows without end.
        longest = min(self.retry_most, self.retry_first * 2.0 ** min(failures, 16))
        return longest * (1 - roll / 2)
