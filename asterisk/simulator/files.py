"""queue_log and CEL, written as Asterisk writes them: appended, a line at a time, never rewritten.

Job: append lines to `queue_log` and `cel.csv` in a folder. Contract: a line is written whole or not at all, and is in
the file when `write` returns. It must not: know what the lines say.
"""

from collections.abc import Sequence
from io import FileIO
from pathlib import Path

QUEUE_LOG = "queue_log"
CEL = "cel.csv"


class Files:
    """The two files of one PBX, open for appending; without a folder they go nowhere."""

    def __init__(self, folder: Path | None) -> None:
        self._files: tuple[FileIO | None, FileIO | None] = (None, None)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._files = (FileIO(folder / QUEUE_LOG, "ab"), FileIO(folder / CEL, "ab"))

    def write(self, queue_log: Sequence[bytes], cel: Sequence[bytes]) -> None:
        """Append lines, given without their newline."""
        for file, lines in zip(self._files, (queue_log, cel), strict=True):
            if file is not None and lines:
                file.write(b"".join([line + b"\n" for line in lines]))

    def close(self) -> None:
        """Close both."""
        for file in self._files:
            if file is not None:
                file.close()
