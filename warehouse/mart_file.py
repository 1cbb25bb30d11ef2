"""One published file, opened read-only and followed when the warehouse puts another in its place.

Safe for any number of threads: each question has a cursor of its own. A question that is being answered keeps the file
it began with. Nothing but this file can be reached through the connection.
"""

import threading
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.duck import Frame, fetch, quoted
from warehouse.errors import MartsMissing

# A page's questions need a few MB; the rest of the machine is not the dashboard's.
MEMORY_LIMIT = "512MB"


class MartFile:
    """The file at `path`, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._opened: tuple[int, int] | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    def ask(self, query: str, frames: dict[str, pl.DataFrame] | None = None, **values: Any) -> pl.DataFrame:
        """The answer to a query over the file's tables, `frames` by name, and `$name` for each value.

        Raises MartsMissing while there is no file, or none that can be read.
        """
        with self._cursor() as cursor:
            cursor.execute("USE marts")
            for name, frame in (frames or {}).items():
                cursor.register(name, Frame(frame))
            return fetch(cursor, query, values)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            try:
                file = self.path.stat()
                if self._connection is None or self._opened != (file.st_ino, file.st_mtime_ns):
                    self._connection = _open(self.path)
                    self._opened = (file.st_ino, file.st_mtime_ns)
            except FileNotFoundError:
                raise MartsMissing(
                    "Nothing is published yet: the warehouse publishes after its first load. `trunkline up` runs it."
                ) from None
            except duckdb.IOException as error:
                raise MartsMissing(f"{self.path.name} cannot be read: {error}") from error
            return self._connection.cursor()


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    # In memory, because DuckDB would answer a second connection to the same path from the file that was replaced.
    connection = duckdb.connect(config={"autoload_known_extensions": "false", "memory_limit": MEMORY_LIMIT})
    connection.execute(f"ATTACH {quoted(str(path))} AS marts (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    return connection
