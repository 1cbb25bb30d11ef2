"""How much one peer may ask of this process: requests and handshakes by a bucket, open sockets by number.

A peer may be a whole office behind one address, so these hold off machines and not people. In this process's memory:
each process defends itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from msgspec import Struct

from api.errors import TooManyTries
from api.throttle import Throttle

# Pages ask for many things at once; then they are quiet.
AT_ONCE_S = 10
# Sockets that nobody holds are noticed within this.
SOCKETS_AGAIN_S = 40.0


class Rates(Struct, frozen=True):
    """Requests a second for one peer and for one user, ten seconds' worth at once; and a peer's open sockets."""

    peer: int = 300
    user: int = 30
    sockets: int = 1_000


class Crowd:
    """All peers and users of this process."""

    def __init__(self, rates: Rates | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._rates = rates or Rates()
        self._peers = bucket(self._rates.peer, clock)
        self._users = bucket(self._rates.user, clock)
        self._sockets: Counter[str] = Counter()

    def peer_asks(self, peer: str) -> None:
        """Count a request or a handshake of this peer. Raises TooManyTries."""
        _take(self._peers, peer)

    def user_asks(self, user_id: str) -> None:
        """Count a request or a handshake of this user. Raises TooManyTries."""
        _take(self._users, user_id)

    @contextmanager
    def socket_of(self, peer: str) -> Iterator[None]:
        """One open socket of this peer, while the body runs. Raises TooManyTries when it has as many as it may."""
        if self._sockets[peer] >= self._rates.sockets:
            raise TooManyTries(SOCKETS_AGAIN_S, "Too many open sockets from one address.")
        self._sockets[peer] += 1
        try:
            yield
        finally:
            self._sockets[peer] -= 1
            if not self._sockets[peer]:
                del self._sockets[peer]


def bucket(per_second: int, clock: Callable[[], float] = monotonic) -> Throttle:
    """A bucket of so many a second."""
    return Throttle(per_second * AT_ONCE_S, 1 / per_second, clock)


def _take(throttle: Throttle, key: str) -> None:
    if wait := throttle.take(key):
        raise TooManyTries(wait)
