"""The private keys: one file, readable by nobody else, where recordings are played and nowhere else.

It is made and changed by the keys' owner; whoever only plays may have it read-only. No key is ever logged or shown.
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyrage
from msgspec import Struct

from api.recordings.age import Identity


class KeysUnusable(Exception):
    """The file cannot be read or written, or others can read it. The text says what to do."""


class Key(Struct, frozen=True):
    """One key of a tenant."""

    tenant: str
    identity: str

    def __repr__(self) -> str:
        return f"Key({self.tenant!r})"


Keys = dict[str, Key]


class KeyFile:
    """The keys in `path`, by their recipients. Without a file there are none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mapping[str, Key]:
        """All keys. Raises KeysUnusable."""
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & stat.S_IRWXO:
                    raise KeysUnusable(f"{self._path} can be read by everybody: chmod 600.")
                return msgspec.json.decode(file.read(), type=Keys)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            raise KeysUnusable(f"{self._path} cannot be read: {error}.") from error

    def identity(self, recipient: str) -> Identity | None:
        """What opens the files for this recipient, None where we have it not. Raises KeysUnusable."""
        key = self.read().get(recipient)
        return None if key is None else Identity.read(key.identity)

    def make(self, tenant: str) -> str:
        """Make a key, which is in the file for good when this returns; its recipient. Raises KeysUnusable."""
        made = pyrage.x25519.Identity.generate()
        recipient = str(made.to_public())
        self._change(lambda keys: keys | {recipient: Key(tenant, str(made))})
        return recipient

    def forget(self, recipients: set[str]) -> None:
        """Take keys out, for good: what was encrypted for them can never be read again. Raises KeysUnusable."""
        self._change(lambda keys: {name: key for name, key in keys.items() if name not in recipients})

    def _change(self, change: Callable[[Keys], Keys]) -> None:
        try:
            with _exclusive(self._path):
                part = self._path.with_name(self._path.name + ".part")
                part.unlink(missing_ok=True)
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(msgspec.json.format(msgspec.json.encode(change(dict(self.read())))) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self._path)
                _sync(self._path.parent)
        except OSError as error:
            raise KeysUnusable(f"{self._path} cannot be written: {error}. Make keys where it can be.") from error


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
