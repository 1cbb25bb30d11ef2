"""The lines of a PBX's files as the ingester's log has them, read on from where the last reading ended.

What is older than is asked for is forgotten, so that it may follow a log for ever. Reads files; changes none.
"""

from collections.abc import Iterator
from pathlib import Path

from asterisk.archive import day_file, log_files
from asterisk.recording import log_frames
from calls.codec import Record
from calls.errors import BadRecord
from warehouse.errors import LogUnreadable
from warehouse.evidence import Evidence


class ArchivedLines:
    """Of one PBX, whose log is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._evidence, self._since, self._file, self._offset = Evidence(), 0, "", 0
        self._inode = 0

    def read(self, start: int, end: int) -> Evidence:
        """All that was received from `start` to `end` (ms), and perhaps more; nothing about times before `start`.

        Raises LogUnreadable for a log that cannot be read.
        """
        if start < self._since or self._is_another():
            self._evidence, self._file, self._offset = Evidence(), "", 0
        self._since = start
        first, last = max(self._file, day_file(max(0, start))), day_file(end)
        try:
            for path in log_files(self._folder):
                if first <= path.name <= last:
                    for record in self._records(path):
                        self._evidence.note(record)
        except (OSError, BadRecord) as error:
            raise LogUnreadable(f"The log in {self._folder} cannot be read: {error}") from error
        self._evidence.forget(start)
        return self._evidence

    def _is_another(self) -> bool:
        """Whether the file that was read last was rewritten since: places in it are others."""
        path = self._folder / self._file
        return bool(self._file) and (not path.exists() or path.stat().st_ino != self._inode)

    def _records(self, path: Path) -> Iterator[Record]:
        offset = self._offset if path.name == self._file else 0
        inode = path.stat().st_ino
        for records, end in log_frames(path, offset):
            yield from records
            self._file, self._offset, self._inode = path.name, end, inode


def logged_pbxs(data: Path) -> list[str]:
    """The PBXs that have a log under the data folder."""
    return sorted(it.name for it in (data / "log").glob("*") if it.is_dir())
