"""The lake's tables, in a real DuckLake whose catalog is a file."""

from pathlib import Path

import duckdb
import pytest

from calls.agent_tally import AGENT_COLUMNS
from calls.tally import COLUMNS
from warehouse.duck import quoted
from warehouse.lake import connect
from warehouse.schema import LATER, SORTED, ensure_tables, model


@pytest.fixture
def lake(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(tmp_path)
    catalog = quoted(f"ducklake:{tmp_path}/catalog.ducklake")
    connection.execute(f"ATTACH {catalog} AS lake (DATA_PATH {quoted(f'{tmp_path}/lake/')})")
    return connection


def test_they_are_made_once(lake: duckdb.DuckDBPyConnection) -> None:
    assert [ensure_tables(lake), ensure_tables(lake)] == [False, False]
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


def test_a_lake_from_before_there_was_a_table_gets_it_and_has_to_be_loaded_anew(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    ensure_tables(lake)
    for table in LATER:
        lake.execute(f"DROP TABLE lake.{table}")
    assert [ensure_tables(lake), ensure_tables(lake)] == [True, False]
    for table in LATER:
        assert lake.execute(f"FROM lake.{table}").fetchall() == []


def test_the_rollups_have_the_columns_of_their_tallies(lake: duckdb.DuckDBPyConnection) -> None:
    ensure_tables(lake)
    described = [row[0] for row in lake.execute("DESCRIBE lake.q15").fetchall()]
    assert described == ["tenant", "pbx", "queue", "interval_start", *COLUMNS]
    described = [row[0] for row in lake.execute("DESCRIBE lake.agent15").fetchall()]
    assert described == ["tenant", "pbx", "agent_id", "interval_start", *AGENT_COLUMNS]


def test_the_models_are_found_in_the_package() -> None:
    assert model("tables.sql").startswith("-- ")
