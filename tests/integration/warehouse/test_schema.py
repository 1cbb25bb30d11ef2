"""The lake's tables, in a real DuckLake whose catalog is a file."""

from pathlib import Path

import duckdb
import pytest

from calls.tally import COLUMNS
from warehouse.duck import quoted
from warehouse.lake import connect
from warehouse.schema import SORTED, ensure_tables, model


@pytest.fixture
def lake(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(tmp_path)
    catalog = quoted(f"ducklake:{tmp_path}/catalog.ducklake")
    connection.execute(f"ATTACH {catalog} AS lake (DATA_PATH {quoted(f'{tmp_path}/lake/')})")
    return connection


def test_they_are_made_once(lake: duckdb.DuckDBPyConnection) -> None:
    assert [ensure_tables(lake), ensure_tables(lake)] == [True, False]
    assert lake.execute("FROM lake.load_head").fetchall() == [(0,)]


def test_they_are_partitioned_by_month_and_small_rows_wait_in_the_catalog(lake: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(lake)
    partitions = lake.execute(
        "SELECT table_name, list(transform ORDER BY partition_key_index) FROM __ducklake_metadata_lake.ducklake_table"
        " JOIN __ducklake_metadata_lake.ducklake_partition_column USING (table_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert partitions == [(table, ["year", "month"]) for table in sorted(SORTED)]
    lake.execute("INSERT INTO lake.load_head VALUES (1)")
    assert lake.execute("SELECT sum(file_count) FROM ducklake_table_info('lake')").fetchall() == [(0,)]


def test_a_lake_from_before_there_were_ledgers_gets_their_table(lake: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(lake)
    lake.execute("DROP TABLE lake.reconciliations")
    assert ensure_tables(lake) is False
    assert lake.execute("FROM lake.reconciliations").fetchall() == []


def test_the_rollup_has_the_columns_of_a_tally(lake: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(lake)
    described = [row[0] for row in lake.execute("DESCRIBE lake.q15").fetchall()]
    assert described == ["tenant", "pbx", "queue", "interval_start", *COLUMNS]


def test_the_models_are_found_in_the_package() -> None:
    assert model("tables.sql").startswith("-- ")
