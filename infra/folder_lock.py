"""One server per data folder: a lock that lives exactly as long as the processes that hold it.

The lock is an flock on a file in the folder. The descriptor is handed to the server (`Command.keep_fds`), so it stays
locked while any of the server's processes lives, even when the process that started it was killed, and is free the
moment they are gone. Nothing has to be cleaned up.
"""

import fcntl
import os
import time
from pathlib import Path

from infra.errors import InUseError

# A server that was just killed may need a moment to leave; a running one does not leave at all.
PATIENCE_SECONDS = 5.0


class FolderLock:
    """Holds `folder`/lock. `owner` is the process to name when somebody else asks for the folder."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._folder = folder
        self.descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, patience: float = PATIENCE_SECONDS) -> "FolderLock":
        """Lock `folder`, which is made if need be.

        Raises InUseError when it stays locked for `patience` seconds, or is not ours to write in.
        """
        descriptor = _open(folder)
        deadline = time.monotonic() + patience
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                owner = os.pread(descriptor, 20, 0).decode() or "unknown"
                os.close(descriptor)
                raise InUseError(
                    f"{folder} is in use by the process {owner}.",
                    f"Stop it (`kill {owner}`), or use another folder (`--data DIR`).",
                )
            time.sleep(0.1)
        return cls(folder, descriptor)

    def name_owner(self, pid: int) -> None:
        """Write down whose folder this is, for the message that a second comer gets."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(pid).encode(), 0)

    def release(self) -> None:
        """Let go of our own hold; processes that inherited the descriptor keep theirs."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def _open(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InUseError(
            f"{folder} cannot be used: {error}.", "Choose a folder in which you may write: `--data DIR`."
        ) from error


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
