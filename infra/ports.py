"""Free ports, chosen once and kept in a file, so that addresses stay the same and two checkouts run side by side.

Loopback only. A kept port that somebody else has taken meanwhile is chosen anew. This module does not reserve: a port
may be lost between the choice and its use, which the servers' own checks then notice.
"""

import random
import socket
from collections.abc import Iterator
from pathlib import Path

from infra.kept import KeptFile

HOST = "127.0.0.1"
# Below the range from which Linux takes the ports of outgoing connections (32768 and up), so that none of those is hit.
FIRST, LAST = 20_000, 32_000


class Ports:
    """The ports of one data folder by name, kept in `path` as JSON."""

    def __init__(self, path: Path) -> None:
        self._file = KeptFile(path)

    def claim(self, name: str) -> int:
        """The port kept under `name` if nobody listens there, else a new free one, kept from now on."""

        def choice(kept: dict[str, int]) -> int:
            port = kept.get(name)
            if port is not None and is_free(port):
                return port
            taken = set(kept.values())
            return next(candidate for candidate in _candidates() if candidate not in taken and is_free(candidate))

        return int(self._file.choose(name, choice))

    def kept(self, name: str) -> int | None:
        """The port under `name` as last claimed, whoever listens there; None when it was never claimed."""
        return self._file.read().get(name)


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on `host:port` now; connections that are just ending do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def listens(port: int, host: str = HOST) -> bool:
    """Whether anybody at all accepts connections on `host:port`; says nothing about who."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def _candidates() -> Iterator[int]:
    while True:
        yield random.randrange(FIRST, LAST)
