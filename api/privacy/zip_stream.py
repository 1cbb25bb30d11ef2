"""A ZIP that is sent while it is written: as much of it is in memory as was added since it was last drained. Pure."""

import zipfile
from datetime import datetime
from typing import IO, cast

# What is sound is hardly smaller when packed.
STORED, PACKED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


class _Sink:
    """A file that can only be written to."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def write(self, data: bytes) -> int:
        self.kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


class ZipStream:
    """Files one after the other: `begin` one, `add` to it what it holds, and `drain` what can be sent by then."""

    def __init__(self, at: datetime) -> None:
        """`at`: the moment that all files have."""
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._sink), "w")
        self._date = at.timetuple()[:6]
        self._open: IO[bytes] | None = None

    def begin(self, name: str, *, packed: bool = True) -> None:
        """A new file; the one before it is whole."""
        self._end()
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = PACKED if packed else STORED
        info.external_attr = 0o100600 << 16
        # Its size is not known before it is there.
        self._open = self._zip.open(info, "w", force_zip64=True)

    def add(self, data: bytes) -> None:
        """More of the file that was begun last."""
        assert self._open is not None
        self._open.write(data)

    def drain(self) -> bytes:
        """What was written since."""
        data, self._sink.kept = bytes(self._sink.kept), bytearray()
        return data

    def close(self) -> bytes:
        """The rest: nothing can be added after it."""
        self._end()
        self._zip.close()
        return self.drain()

    def _end(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
