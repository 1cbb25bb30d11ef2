"""Free ports, chosen once and kept in a file, so that addresses stay the same and two checkouts run side by side.

Loopback only. A kept port that somebody else has taken meanwhile is chosen anew. This module does not reserve: a port
may be lost between the choice and its use, which the servers' own checks then notice.
"""

import json
import random
import socket
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which Linux takes the ports of outgoing connections (32768 and up), so that none of those is hit.
FIRST, LAST = 20_000, 32_000


class Ports:
    """The ports of one data folder by name, kept in `path` as JSON."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def claim(self, name: str) -> int:
        """The port kept under `name` if nobody listens there, else a new free one, kept from now on."""
        kept = self._read()
        port = kept.get(name)
        if port is None or not is_free(port):
            taken = set(kept.values())
            port = next(candidate for candidate in _candidates() if candidate not in taken and is_free(candidate))
            self._write(kept | {name: port})
        return port

    def kept(self, name: str) -> int | None:
        """The port under `name` as last claimed, whoever listens there; None when it was never claimed."""
        return self._read().get(name)

    def _read(self) -> dict[str, int]:
        if not self._path.exists():
            return {}
        return {str(name): int(port) for name, port in json.loads(self._path.read_text()).items()}

    def _write(self, ports: dict[str, int]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(ports, indent=2, sort_keys=True) + "\n")
        part.replace(self._path)


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
