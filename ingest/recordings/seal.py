"""A recording becomes an encrypted file in the store: age, for the public key of the tenant. Nothing here can decrypt.

A file in the store is complete or absent: it is written beside its place, made to survive the machine's death, and then
put there in one step.
"""

import hashlib
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyrage
from msgspec import Struct

# Encrypted, so that the group may have them: who plays and deletes recordings may be another user than who writes them.
FILE_MODE, FOLDER_MODE = 0o640, 0o2770
# Beside the place of each; a dot is in no tenant's name and in no recording's.
PART = ".part"


class Sealed(Struct, frozen=True):
    """What the encrypted file is."""

    size: int
    sha256: bytes


class Spliced(io.RawIOBase):
    """A file's bytes with other first bytes: those of `beginning` stand for as many."""

    def __init__(self, beginning: bytes, descriptor: int) -> None:
        self._beginning = beginning
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        """It is for reading alone."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end. Raises OSError."""
        view = memoryview(buffer)
        begun = self._beginning[self._place : self._place + len(view)]
        data = begun or os.pread(self._descriptor, len(view), self._place)
        view[: len(data)] = data
        self._place += len(data)
        return len(data)


class _Hashed(io.RawIOBase):
    """Writes to a descriptor, and counts and hashes what it writes."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = 0
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    # It may write less than it is given, and says how much.
    def write(self, data: Any) -> int:
        written = os.write(self._descriptor, data)
        self.size += written
        self.hash.update(memoryview(data)[:written])
        return written


def seal(source: io.RawIOBase, recipient: str, place: Path) -> Sealed:
    """Encrypt all of `source` for `recipient` into `place`, replacing what is there. Raises OSError (disk full …)."""
    make_folder(place.parent, FOLDER_MODE)
    part = place.with_name(place.name + PART)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        target = _Hashed(descriptor)
        pyrage.encrypt_io(source, target, [pyrage.x25519.Recipient.from_str(recipient)])
        os.fsync(descriptor)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, pyrage.EncryptError):
            # The library's own word for what reading or writing said.
            raise OSError(str(error)) from error
        raise
    finally:
        os.close(descriptor)
    part.replace(place)
    sync_folder(place.parent)
    return Sealed(target.size, target.hash.digest())


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder and those above it, so that they survive. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    folder.mkdir(exist_ok=True)
    # Whatever the process' mask is.
    folder.chmod(mode)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make what was put into a folder, or taken out, survive the machine's death. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
