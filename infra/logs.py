"""A log file that cannot fill the disk: what a child process prints, in two files of bounded size, and its last lines.

`NAME.log` is what is written now, `NAME.log.1` what was written before; the older text is dropped. A start of the
process begins a new file. It never parses what it keeps.
"""

import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO

# Two files of 8 MB per process: days of ordinary output, and less than 150 MB for everything together.
MAX_BYTES = 8_000_000
# What is shown when a process fails: enough for a Python traceback.
TAIL_LINES = 25


class LogFile:
    """Appends lines to `path`, moving it to `path.1` at `max_bytes`. Safe to use from several threads."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._size = 0

    def rotate(self) -> None:
        """Begin anew: the present file, if it has any content, becomes `path.1`, and the last lines are forgotten."""
        with self._lock:
            self._rotate()
            self._tail.clear()

    def write(self, line: bytes) -> None:
        """Append one line as it came, with its line end."""
        with self._lock:
            if self._file is None or self._size + len(line) > self._max_bytes:
                self._rotate()
            assert self._file is not None
            self._file.write(line)
            self._file.flush()
            self._size += len(line)
            self._tail.append(line.decode("utf-8", "replace").rstrip())

    def tail(self) -> str:
        """The last lines that were written since the last `rotate`, as one text."""
        with self._lock:
            return "\n".join(self._tail)

    def close(self) -> None:
        """Close the file; a later write opens a new one."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _rotate(self) -> None:
        if self._file is not None:
            self._file.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._file = self.path.open("wb")
        self._size = 0
