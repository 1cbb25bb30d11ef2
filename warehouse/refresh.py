"""Load, publish, and now and then upkeep, under the lock: what `serve` does again and again and `build` once."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.lake import open_lake
from warehouse.load import Loaded, load
from warehouse.lock import sole_writer
from warehouse.publish import publish
from warehouse.recount import Say, quiet
from warehouse.upkeep import tidy

# Often enough that a report never meets more than some hundred small files.
UPKEEP_SECONDS = 3600.0


class Refreshed(NamedTuple):
    """What was done: the load, the tenants published, how many seconds all took."""

    loaded: Loaded
    published: list[str]
    seconds: float


class Refresher:
    """Keeps the lake open between refreshes. `catalog` and `source` are postgresql:// URLs.

    `zones`: those whose local times analysts find in `dim_interval`.
    """

    def __init__(self, catalog: str, source: str, data: Path, zones: Sequence[str] = ("UTC",)) -> None:
        self._catalog, self._source, self._data, self._zones = catalog, source, data, tuple(zones)
        self._lake: duckdb.DuckDBPyConnection | None = None
        self._tidied: float | None = None

    def refresh(self, full: bool = False, say: Say = quiet) -> Refreshed:
        """Load what changed (`full`: everything) and publish it, after whoever does so just now. `say` hears each step.

        Raises LakeUnavailable, LoadConflict and OSError; the next call begins with a new connection.
        """
        begun = time.monotonic()
        try:
            with sole_writer(self._catalog):
                if self._lake is None:
                    self._lake = open_lake(self._catalog, self._data, self._source)
                loaded = load(self._lake, full, self._zones, say)
                say("publishing")
                published = publish(self._lake, self._data, loaded)
        except BaseException:
            self.close()
            raise
        return Refreshed(loaded, published, time.monotonic() - begun)

    def tidy_if_due(self) -> bool:
        """Upkeep, if the last one of this object is long ago; whether it was done. Raises LakeUnavailable."""
        if self._lake is None or (self._tidied is not None and time.monotonic() - self._tidied < UPKEEP_SECONDS):
            return False
        try:
            with sole_writer(self._catalog):
                tidy(self._lake)
        except BaseException:
            self.close()
            raise
        self._tidied = time.monotonic()
        return True

    def maintain(self, say: Say = quiet) -> None:
        """Upkeep, now, after whoever writes. Raises LakeUnavailable."""
        with sole_writer(self._catalog), open_lake(self._catalog, self._data) as lake:
            tidy(lake, say)

    def close(self) -> None:
        """Let go of the lake."""
        if self._lake is not None:
            self._lake.close()
            self._lake = None
