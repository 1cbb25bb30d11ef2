"""Small JSON files that are changed by many at once: complete or absent at any moment, and no change lost.

Private (mode 0600) from the first byte. Readers need no lock; whoever changes a file holds one beside it (`NAME.lock`),
which works between threads and between processes alike.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class KeptFile:
    """The JSON object in `path`; empty while there is no file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """The whole object."""
        return dict(json.loads(self._path.read_text())) if self._path.exists() else {}

    def choose(self, name: str, choice: Callable[[dict[str, Any]], Any]) -> Any:
        """What `choice` makes of the whole object is the value of `name` from now on, and is returned."""
        with _exclusive(self._path):
            kept = self.read()
            value = choice(kept)
            if kept.get(name) != value:
                write_private(self._path, json.dumps(kept | {name: value}, indent=2, sort_keys=True) + "\n")
            return value


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


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
