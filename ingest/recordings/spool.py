"""The folder into which the PBX writes recordings: what lies there, and which of it is finished.

A file is finished when no process has it open for writing. The kernel answers that exactly: it grants a read lease on
a file only then. So a recording is never taken too early, and one whose Asterisk was killed is taken at once. Links,
pipes and files with other names elsewhere are never followed or read.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

# What a file that others write needs: no link at its end, no waiting at a pipe.
OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class UnusableSpool(Exception):
    """The folder is not there, is a link, or is not for us; the text says what to do."""


class Unkeepable(Exception):
    """A link, a pipe, or a file of which cannot be told whether it is finished; it is left where it is."""


class Finished(Struct, frozen=True):
    """A recording that nobody writes any more, open to be read. `changed_ns`: when it was written last."""

    name: str
    descriptor: int
    size: int
    changed_ns: int


class Spool:
    """The folder at `path`. Raises UnusableSpool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._folder = _opened(path)
        except OSError as error:
            raise UnusableSpool(
                f"The spool {path} cannot be used: {error.strerror}. Make the folder, for Asterisk's user alone, or "
                "correct TRUNKLINE_RECORDING_SPOOL."
            ) from error

    @property
    def open_to_others(self) -> bool:
        """Whether somebody else than its owner and group may look into it."""
        return bool(os.fstat(self._folder).st_mode & stat.S_IRWXO)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._folder)

    def names(self) -> list[str]:
        """What lies there, oldest name first. Raises OSError."""
        fresh = _opened(self.path)
        # A folder that was made anew, or mounted over, is another one under the same name.
        os.close(self._folder)
        self._folder = fresh
        with os.scandir(fresh) as entries:
            return sorted(entry.name for entry in entries)

    @contextmanager
    def taken(self, name: str) -> Iterator[Finished | None]:
        """The recording of that name, None while it is written or when it is gone. Raises Unkeepable and OSError."""
        try:
            descriptor = os.open(name, OPENING, dir_fd=self._folder)
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO, errno.EACCES):
                raise Unkeepable(f"it cannot be opened: {error.strerror}") from error
            raise
        try:
            _refuse_others(os.fstat(descriptor))
            if is_written(descriptor):
                yield None
                return
            # Only now: until the last writer was gone it could grow.
            found = os.fstat(descriptor)
            yield Finished(name, descriptor, found.st_size, found.st_mtime_ns)
        finally:
            os.close(descriptor)

    def remove(self, finished: Finished) -> None:
        """Take it out, so that it stays out. Raises OSError."""
        os.unlink(finished.name, dir_fd=self._folder)
        os.fsync(self._folder)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def is_written(descriptor: int) -> bool:
    """Whether a process has this file open for writing. Raises Unkeepable where the kernel does not tell us."""
    try:
        # Should somebody open it at this moment, the kernel sends SIGIO, which the process has to ignore.
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError as error:
        raise Unkeepable(
            f"whether it is finished cannot be told ({error.strerror}): run the keeper as the user that Asterisk runs "
            "as, with the spool on this machine"
        ) from error
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _refuse_others(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unkeepable("it is no file")
    if found.st_nlink > 1:
        raise Unkeepable("it has another name elsewhere")
