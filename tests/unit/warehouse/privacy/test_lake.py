"""Every column of the lake that holds text is known: it names nobody, or an erasure rewrites it."""

import duckdb

from warehouse.privacy.lake import NAMING
from warehouse.schema import table_statements

# Ids, words of our own, and what is told of agents, queues and PBXs.
NOBODY = {
    *("call_id", "pbx", "tenant", "direction", "status", "certainty", "merged_into", "outcome", "agent_id"),
    *("disposition", "uniqueid", "queue", "agent", "interface", "ended_by", "transfer_kind", "mos_method", "state"),
    *("reason", "name", "verdict", "rules", "cause", "source", "extension", "zone", "tenants"),
}


def test_each_column_with_text_names_nobody_or_is_rewritten() -> None:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute(table_statements())
        found = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake'"
            " AND data_type LIKE '%VARCHAR%'"
        ).fetchall()
    rewritten = {(table, column) for table, (_, columns) in NAMING.items() for column in columns}
    assert {(table, column) for table, column in found if column not in NOBODY} == rewritten
