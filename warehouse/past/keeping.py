"""Snapshots as the log grows: each PBX's log is folded on from the last snapshot, and every so often a new one is kept.

May be stopped at any moment: what is not kept yet is folded again. Writes snapshots only.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from calls.state import State
from warehouse.archived_lines import logged_pbxs
from warehouse.errors import WarehouseError
from warehouse.past.folding import fold
from warehouse.past.reading import Place, read_on
from warehouse.past.snapshots import Snapshot, Snapshots

log = logging.getLogger(__name__)

# Entries of the log between two snapshots. Folding so many takes a few hundredths of a second.
ENTRIES = 400
# Snapshots to a transaction while there is much to catch up with.
TOGETHER = 64
# At most so long at a stretch, and so long a rest behind it: half a core while there is much to do.
STRETCH_S, REST_S = 1.0, 1.0
# When there is nothing to do.
PAUSE_S = 5.0


class Keeper:
    """Keeps the snapshots of one PBX under the data folder. `clock` is monotonic, in seconds."""

    def __init__(
        self, data: Path, pbx: str, clock: Callable[[], float] = time.monotonic, entries: int = ENTRIES
    ) -> None:
        self._log = data / "log" / pbx
        self._clock, self._entries = clock, entries
        self._snapshots = Snapshots.writing(past_folder(data), pbx)
        last = self._snapshots.last() or Snapshot(0, Place(), State(pbx=pbx))
        self._received, self._place, self._state = last
        self._since = 0

    def close(self) -> None:
        """Let go of the file."""
        self._snapshots.close()

    def stretch(self, seconds: float = STRETCH_S) -> bool:
        """Fold on until the log's end, or for so long: whether the end was reached. Raises WarehouseError."""
        until, kept = self._clock() + seconds, list[Snapshot]()
        for record, place in read_on(self._log, self._place):
            self._state, self._place = fold(self._state, record), place
            self._received = max(self._received, *(entry.received for entry in record.entries))
            self._since += len(record.entries)
            if self._since >= self._entries:
                self._since = 0
                kept.append(Snapshot(self._received, self._place, self._state))
            if len(kept) >= TOGETHER or self._clock() >= until:
                self._snapshots.add(kept)
                kept.clear()
            if self._clock() >= until:
                return False
        self._snapshots.add(kept)
        return True


def past_folder(data: Path) -> Path:
    """Where the snapshots lie under the data folder."""
    return data / "past"


class Keeping:
    """Keeps those of all PBXs that have a log, for ever or once."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._keepers: dict[str, Keeper] = {}
        self._failing: set[str] = set()
        self._busy = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Keep until told to stop."""
        while not stop.is_set():
            stop.wait(PAUSE_S if self.round() else REST_S)
        self.close()

    def round(self) -> bool:
        """A stretch for each PBX: whether all ends were reached. A failure is said once and tried again."""
        return all([self._stretch(pbx) for pbx in logged_pbxs(self._data)])

    def close(self) -> None:
        """Let go of all files."""
        for keeper in self._keepers.values():
            keeper.close()
        self._keepers.clear()

    @contextmanager
    def still(self, pbx: str) -> Iterator[None]:
        """While the log of a PBX is rewritten: nothing is kept, and what is known of it is read again afterwards."""
        with self._busy:
            if pbx in self._keepers:
                self._keepers.pop(pbx).close()
            yield

    def _stretch(self, pbx: str) -> bool:
        with self._busy:
            return self._stretched(pbx)

    def _stretched(self, pbx: str) -> bool:
        try:
            if pbx not in self._keepers:
                self._keepers[pbx] = Keeper(self._data, pbx)
            done = self._keepers[pbx].stretch()
        except WarehouseError as error:
            if pbx not in self._failing:
                log.warning("the past is not kept, trying again", extra={"pbx": pbx, "reason": str(error)})
            self._failing.add(pbx)
            return True
        self._failing.discard(pbx)
        return done


@contextmanager
def kept_past(data: Path, stop: threading.Event) -> Iterator[Keeping]:
    """Keep in a thread of its own; at the end `stop` is set, and it has ended."""
    keeping = Keeping(data)
    thread = threading.Thread(target=keeping.run, args=(stop,), name="the past", daemon=True)
    thread.start()
    try:
        yield keeping
    finally:
        stop.set()
        thread.join()
