"""Upkeep of a real DuckLake whose catalog is a file: files become fewer, rows stay the same."""

from pathlib import Path

import duckdb
import pytest

from warehouse.duck import quoted
from warehouse.errors import LakeUnavailable
from warehouse.lake import connect
from warehouse.schema import ensure_tables
from warehouse.upkeep import tidy


@pytest.fixture
def lake(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = connect(tmp_path)
    catalog = quoted(f"ducklake:{tmp_path}/catalog.ducklake")
    connection.execute(f"ATTACH {catalog} AS lake (DATA_PATH {quoted(f'{tmp_path}/lake/')})")
    ensure_tables(connection)
    return connection


def files(lake: duckdb.DuckDBPyConnection) -> int:
    row = lake.execute(
        "SELECT file_count FROM ducklake_table_info('lake') WHERE table_name = 'presence_intervals'"
    ).fetchone()
    assert row is not None
    return int(row[0])


def put(lake: duckdb.DuckDBPyConnection, load: int, rows: int) -> None:
    lake.execute(
        f"""
        INSERT INTO lake.presence_intervals
        SELECT 'pbx1', 'anna', 'default', 'available', '{load}', moment, moment + INTERVAL 1 SECOND, moment
        FROM (SELECT TIMESTAMPTZ '2026-11-22 12:00:00+00' + n * INTERVAL 1 SECOND AS moment FROM range({rows}) AS r(n))
        """
    )


def test_files_become_one_and_rows_in_the_catalog_become_a_file(lake: duckdb.DuckDBPyConnection) -> None:
    for load in range(3):
        put(lake, load, rows=500)
    put(lake, 3, rows=5)
    lake.execute("DELETE FROM lake.presence_intervals WHERE reason = '0' AND epoch(started_at) % 2 = 0")
    before = lake.execute("SELECT reason, count(*) FROM lake.presence_intervals GROUP BY ALL ORDER BY ALL").fetchall()
    assert files(lake) == 3
    tidy(lake)
    after = lake.execute("SELECT reason, count(*) FROM lake.presence_intervals GROUP BY ALL ORDER BY ALL").fetchall()
    assert after == before == [("0", 250), ("1", 500), ("2", 500), ("3", 5)]
    assert files(lake) < 3


def test_old_notes_go_but_the_last_one(lake: duckdb.DuckDBPyConnection) -> None:
    for load, age in ((1, 90), (2, 60)):
        lake.execute(
            f"INSERT INTO lake.load_audit SELECT {load}, now() - INTERVAL {age} DAYS, NULL, now(), 1, 1, [], 0, 0, 0"
        )
    tidy(lake)
    assert lake.execute("SELECT load_id FROM lake.load_audit").fetchall() == [(2,)]


def test_a_lake_that_is_gone_is_an_error_of_ours(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("DETACH lake")
    with pytest.raises(LakeUnavailable, match="Upkeep"):
        tidy(lake)
