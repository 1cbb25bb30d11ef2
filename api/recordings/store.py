"""The store of encrypted recordings: files below one folder, found by what the database says of them and nothing else.

A path that is not of the one form that ours have is refused before the disk is touched, and no link is followed on the
way. A file is complete or absent, as where recordings come in.
"""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyrage
from msgspec import Struct

from api.recordings.age import CHUNK, AgeFile, Unreadable
from api.recordings.key_file import KeyFile

PATH = re.compile(r"[a-z0-9][a-z0-9-]{0,62}/\d{4}/\d{2}/\d{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.age", re.ASCII)
# The group may be that of the keeper, another user.
FILE_MODE, FOLDER_MODE = 0o640, 0o2770


class Stored(Struct, frozen=True):
    """What the database says of a file. `size`: its bytes, encrypted."""

    path: str
    recipient: str
    size: int


class Written(Struct, frozen=True):
    """A file that was written."""

    size: int
    sha256: bytes


class RecordingStore:
    """The files below `folder`, and the `keys` that open them."""

    def __init__(self, folder: Path, keys: KeyFile) -> None:
        self._folder = folder
        self.keys = keys

    @contextmanager
    def opened(self, stored: Stored) -> Iterator[AgeFile]:
        """The recording, to be read. Raises Unreadable, KeysUnusable, and OSError where the file is not there."""
        identity = self.keys.identity(stored.recipient)
        if identity is None:
            raise Unreadable("its key is not here")
        with self._descriptor(stored.path) as descriptor:
            if os.fstat(descriptor).st_size != stored.size:
                raise Unreadable("the file is not as long as it was")
            yield AgeFile(descriptor, identity)

    def again(self, stored: Stored, path: str, recipient: str) -> Written:
        """Encrypt a recording for another recipient, into `path`; the old file stays. Raises as `opened` does."""
        with self.opened(stored) as source:
            return self._write(path, _Plain(source), recipient)

    def remove(self, path: str) -> None:
        """Delete a file; one that is not there is no matter. Raises Unreadable for what is no path, and OSError."""
        with suppress(FileNotFoundError), self._parent(path) as parent:
            os.unlink(path.rpartition("/")[2], dir_fd=parent)
            os.fsync(parent)

    @contextmanager
    def _descriptor(self, path: str) -> Iterator[int]:
        with self._parent(path) as parent:
            descriptor = os.open(path.rpartition("/")[2], os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _parent(self, path: str) -> Iterator[int]:
        """The folder that the file is in, walked to without following a link."""
        if PATH.fullmatch(path) is None:
            raise Unreadable("its path is none of ours")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        descriptor = os.open(self._folder, flags)
        try:
            for name in path.split("/")[:-1]:
                inner = os.open(name, flags | os.O_NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)

    def _write(self, path: str, source: io.RawIOBase, recipient: str) -> Written:
        if PATH.fullmatch(path) is None:
            raise Unreadable("its path is none of ours")
        place = self._folder / path
        for folder in reversed(place.relative_to(self._folder).parents[:-1]):
            with suppress(FileExistsError):
                (self._folder / folder).mkdir()
                (self._folder / folder).chmod(FOLDER_MODE)
        part = place.with_name(place.name + ".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, FILE_MODE), "wb") as file:
            target = _Hashed(file)
            try:
                pyrage.encrypt_io(source, target, [pyrage.x25519.Recipient.from_str(recipient)])
            except pyrage.EncryptError as error:
                part.unlink()
                raise OSError(str(error)) from error
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
        return Written(target.size, target.hash.digest())


class _Plain(io.RawIOBase):
    """A recording's plain text as a file, in memory and chunk by chunk."""

    def __init__(self, source: AgeFile) -> None:
        self._source = source
        self._place = 0
        self._chunk = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._chunk:
            self._chunk = self._source.read(self._place, CHUNK)
            self._place += len(self._chunk)
        data, self._chunk = self._chunk[: len(buffer)], self._chunk[len(buffer) :]
        memoryview(buffer)[: len(data)] = data
        return len(data)


class _Hashed(io.RawIOBase):
    """Writes on, and counts and hashes what it writes."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.size = 0
        self.hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = self._file.write(data)
        self.size += written
        self.hash.update(data)
        return int(written)
