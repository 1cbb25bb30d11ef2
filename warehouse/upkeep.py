"""Keeping the lake quick: small files become large ones, what nobody can need any more goes.

Small loads lie in the catalog and in small files, and each deletion beside the file it is in. Run now and then, by the
holder of the lock; readers notice nothing, because what they read is kept for a day after it was replaced.
"""

import duckdb

from warehouse.lake import unavailable
from warehouse.recount import Say, quiet

# How far back the lake can be asked `AT (VERSION => …)`, and how long load_audit is kept.
HISTORY = "INTERVAL 7 DAYS"
AUDIT = "INTERVAL 30 DAYS"
# The longest that anybody may read one snapshot.
GRACE = "INTERVAL 1 DAY"

STEPS = (
    ("moving rows from the catalog to files", "CALL ducklake_flush_inlined_data('lake')"),
    ("rewriting files with many deleted rows", "CALL ducklake_rewrite_data_files('lake')"),
    ("merging small files", "CALL ducklake_merge_adjacent_files('lake')"),
    ("forgetting old snapshots", f"CALL ducklake_expire_snapshots('lake', older_than => now() - {HISTORY})"),
    ("removing files that nobody needs", f"CALL ducklake_cleanup_old_files('lake', older_than => now() - {GRACE})"),
    ("removing files of no load", f"CALL ducklake_delete_orphaned_files('lake', older_than => now() - {GRACE})"),
    (
        "forgetting old notes of loads",
        f"DELETE FROM lake.load_audit WHERE loaded_at < now() - {AUDIT}"
        " AND load_id < (SELECT max(load_id) FROM lake.load_audit)",
    ),
)


def tidy(connection: duckdb.DuckDBPyConnection, say: Say = quiet) -> None:
    """One round of upkeep; `say` hears each step. Raises LakeUnavailable: the lake is as before that step."""
    try:
        for what, step in STEPS:
            say(what)
            connection.execute(step)
    except duckdb.Error as error:
        raise unavailable("Upkeep of the lake failed", error) from error
