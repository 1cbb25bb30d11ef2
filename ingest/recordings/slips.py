"""What is being done about each recording, on disk: decided before anything is done, forgotten when all of it is.

A slip is what makes a kill harmless at any point. It says under which id, for whom and where a recording goes, so that
whoever goes on after a kill does the same again; and it waits with all that PostgreSQL is to be told until it was told.
"""

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from ingest.recordings.seal import make_folder, sync_folder

SUFFIX = ".json"

log = logging.getLogger(__name__)


class Slip(Struct, frozen=True):
    """One recording. Times are ms since the epoch; `name` is that in the spool; without `call_id` no call is known.

    `size` and `sha256` (hex) are those of the encrypted file, once there is one.
    """

    id: str
    name: str
    tenant: str
    call_id: str | None
    recipient: str
    path: str
    media_type: str
    started_at: int | None
    ended_at: int
    seconds: float | None
    size: int = 0
    sha256: str = ""

    @property
    def sealed(self) -> bool:
        """Whether the encrypted file is in the store, for good."""
        return bool(self.sha256)


class Slips:
    """All slips, each a file of `folder`; `open_slips` is what they say. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)
        self.open_slips: dict[str, Slip] = {}
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            self._read(path)

    def put(self, slip: Slip) -> None:
        """From now on this is so, also after a kill. Raises OSError."""
        place = self._place(slip.id)
        part = place.with_suffix(".new")
        with part.open("wb") as file:
            file.write(msgspec.json.encode(slip))
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
        sync_folder(self._folder)
        self.open_slips[slip.id] = slip

    def drop(self, slip: Slip) -> None:
        """Nothing is left to be done. Raises OSError."""
        self._place(slip.id).unlink(missing_ok=True)
        del self.open_slips[slip.id]

    def _read(self, path: Path) -> None:
        try:
            slip = msgspec.json.decode(path.read_bytes(), type=Slip)
        except msgspec.DecodeError as error:
            # Not written by us: ours are whole or not there.
            log.error("a slip cannot be read and is left where it is", extra={"slip": str(path), "reason": str(error)})
            return
        self.open_slips[slip.id] = slip

    def _place(self, identity: str) -> Path:
        return self._folder / f"{identity}{SUFFIX}"
