"""Generated passwords, kept in one file that only its owner can read.

A password is made at its first use and stays the same. It never appears in an error, a log or `repr`.
"""

import secrets
from pathlib import Path

from infra.kept import KeptFile

# 256 bits: what a key that signs tokens must have (RFC 7518 section 3.2), and still short enough to paste.
RANDOM_BYTES = 32


class Passwords:
    """Passwords by name in the JSON file `path` (mode 0600)."""

    def __init__(self, path: Path) -> None:
        self._file = KeptFile(path)

    def get(self, name: str) -> str:
        """The password called `name`, made now if there is none yet."""
        return str(self._file.choose(name, lambda kept: kept.get(name) or secrets.token_urlsafe(RANDOM_BYTES)))

    def has(self, name: str) -> bool:
        """Whether the password called `name` was made before."""
        return name in self._file.read()
