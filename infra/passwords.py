"""Generated passwords, kept in one file that only its owner can read.

A password is made at its first use and stays the same. It never appears in an error, a log or `repr`.
"""

import json
import os
import secrets
from pathlib import Path

# 24 random bytes are 192 bits: more than the 128 that a token needs, and short enough to paste.
RANDOM_BYTES = 24


class Passwords:
    """Passwords by name in the JSON file `path` (mode 0600)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str:
        """The password called `name`, made now if there is none yet."""
        kept = self._read()
        if name not in kept:
            kept[name] = secrets.token_urlsafe(RANDOM_BYTES)
            write_private(self._path, json.dumps(kept, indent=2, sort_keys=True) + "\n")
        return kept[name]

    def has(self, name: str) -> bool:
        """Whether the password called `name` was made before."""
        return name in self._read()

    def _read(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        return {str(name): str(value) for name, value in json.loads(self._path.read_text()).items()}


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` so that it is complete or absent, and never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
