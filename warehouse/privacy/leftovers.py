"""What interrupted work has left behind: files of the lake that belong to no load, and what did not fit into memory.

Whoever was killed cannot say what of it is theirs, so only what nobody has written for a while is taken away. To be
called by the holder of the lock.
"""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb

from warehouse.duck import one
from warehouse.lake import unavailable

# Of the lake, and of imports; see docs/operator.md.
FOLDERS = ("lake.tmp", "import.tmp")
# No load takes so long to say what its files are.
GRACE = timedelta(minutes=10)


def sweep(connection: duckdb.DuckDBPyConnection, data: Path, grace: timedelta = GRACE) -> int:
    """Remove what was not written for so long; how many files of no load are younger. Raises LakeUnavailable."""
    _sweep_folders(data, time.time() - grace.total_seconds())
    try:
        old = f"now() - to_seconds({grace.total_seconds()})"
        connection.execute(f"CALL ducklake_delete_orphaned_files('lake', older_than => {old})")
        (left,) = one(
            connection,
            "SELECT count(*) FROM ducklake_delete_orphaned_files('lake', dry_run => true, cleanup_all => true)",
        )
    except duckdb.Error as error:
        raise unavailable("What interrupted loads have left could not be removed", error) from error
    return int(left)


def _sweep_folders(data: Path, before: float) -> None:
    for path in (it for folder in FOLDERS for it in (data / folder).rglob("*")):
        # Somebody may be just done with it.
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
