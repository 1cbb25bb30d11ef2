"""Analysts' SQL: what is answered, what is refused by which wall, and that nothing outside is ever touched."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from made_calls import START, queue_call
from made_lake import publish_calls

from warehouse.analyst import ask, open_locked
from warehouse.errors import MartsMissing, QueryRefused, QueryStopped
from warehouse.published import marts_path

SECRET = "canary-7f3a"
# {d} is a folder with a text file and a database that hold the secret.
READS = (
    "FROM read_csv('{d}/secret.csv')",
    "FROM read_text('{d}/secret.csv')",
    "FROM read_blob('{d}/secret.csv')",
    "FROM read_json('{d}/secret.csv')",
    "FROM read_parquet('{d}/secret.csv')",
    "FROM parquet_metadata('{d}/secret.csv')",
    "FROM read_duckdb('{d}/secret.duckdb')",
    "FROM sniff_csv('{d}/secret.csv')",
    "FROM glob('{d}/*')",
    "FROM '{d}/secret.csv'",
    "FROM '{d}/*.csv'",
    "SELECT (SELECT content FROM read_text('{d}/secret.csv'))",
    "WITH stolen AS (FROM read_text('{d}/secret.csv')) FROM stolen",
    "FROM query('FROM read_text(''{d}/secret.csv'')')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{d}/secret.csv'')'))",
    "PRAGMA import_database('{d}')",
    "IMPORT DATABASE '{d}'",
    "FROM 'http://127.0.0.1:1/secret.csv'",
    "FROM 's3://bucket/secret.parquet'",
    "FROM postgres_scan('host=127.0.0.1', 'public', 'users')",
    "FROM sqlite_scan('{d}/secret.duckdb', 'secret')",
    "FROM duckdb_secrets()",
    "FROM which_secret('s3://bucket', 's3')",
    "FROM SECRET",
    "FROM pandas_scan(1)",
    "FROM arrow_scan(1, 1, 1)",
    "SELECT getenv('HOME')",
)
WRITES = (
    "COPY calls TO '{d}/out.csv'",
    "COPY (SELECT 1) TO '{d}/secret.csv'",
    "EXPORT DATABASE '{d}/export'",
    "ATTACH '{d}/secret.duckdb' AS other",
    "ATTACH '{d}/new.duckdb' AS other",
    "INSERT INTO calls FROM calls",
    "UPDATE calls SET pbx = 'x'",
    "DELETE FROM calls",
    "DROP TABLE calls",
    "TRUNCATE calls",
    "ALTER TABLE calls ADD COLUMN x INTEGER",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE OR REPLACE VIEW service_level AS SELECT 1",
    "CREATE MACRO mine() AS 1",
    "CREATE SECRET (TYPE s3)",
    "SELECT 1; DROP TABLE calls",
)
SETTINGS = (
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET memory_limit = '100GB'",
    "SET threads = 64",
    "SET temp_directory = '{d}'",
    "SET allowed_directories = ['/']",
    "RESET memory_limit",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA profile_output = '{d}/profile.json'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{d}/evil.duckdb_extension'",
    "FORCE INSTALL httpfs FROM community",
)
# What harms nothing outside, but is no question about the marts.
OTHERS = (
    "FROM enable_logging(storage := 'file', storage_path := '{d}/logs')",
    "CALL enable_logging('QueryLog', storage := 'file', storage_path := '{d}/logs')",
    "FROM enable_profiling(format := 'json', save_location := '{d}/profile.json')",
    "FROM truncate_duckdb_logs()",
    "FROM checkpoint()",
    "FROM duckdb_settings()",
    "FROM duckdb_databases()",
    "CREATE TEMP TABLE mine AS SELECT 1",
    "PREPARE question AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "BEGIN",
    "VACUUM",
    "SELECT 1; SELECT 2",
    "",
    "-- nothing",
    ".read /etc/passwd",
    "SELEC 1",
)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_calls(data, [queue_call(n, at=START + n * 1000) for n in range(3)])
    return marts_path(data, "default")


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with secrets, which no statement may read from or write to."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.csv").write_text(f"word\n{SECRET}\n")
    (folder / "schema.sql").write_text(f"CREATE TABLE secret AS SELECT '{SECRET}' AS word;")
    (folder / "load.sql").write_text("")
    with duckdb.connect(str(folder / "secret.duckdb")) as connection:
        connection.execute(f"CREATE TABLE secret AS SELECT '{SECRET}' AS word")
    return folder


def state(*folders: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file under these folders."""
    files = {path: path.stat() for folder in folders for path in folder.rglob("*")}
    return {str(path): (file.st_size, file.st_mtime_ns) for path, file in files.items()}


@pytest.mark.parametrize("statement", [*READS, *WRITES, *SETTINGS, *OTHERS])
def test_no_statement_reads_writes_or_changes_anything_but_the_marts(
    marts: Path, outside: Path, statement: str
) -> None:
    before = state(outside, marts.parent)
    with pytest.raises(QueryRefused) as caught:
        ask(marts, statement.format(d=outside))
    assert SECRET not in str(caught.value)
    assert state(outside, marts.parent) == before


@pytest.mark.parametrize("statement", [*READS, *WRITES, *SETTINGS])
def test_the_locked_connection_would_refuse_it_by_itself(marts: Path, outside: Path, statement: str) -> None:
    before = state(outside, marts.parent)
    with open_locked(marts) as connection, pytest.raises(duckdb.Error) as caught:
        connection.execute(statement.format(d=outside)).fetchall()
    assert SECRET not in str(caught.value)
    assert state(outside, marts.parent) == before


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("SELECT count(*) FROM calls", (3,)),
        ("SELECT offered, service_level FROM service_level", (3, 1.0)),
        ("WITH a AS (SELECT 1 AS x) SELECT x, y FROM a, range(2) AS r(y) ORDER BY y DESC", (1, 1)),
        ("SELECT unnest([1, 2])", (1,)),
        ("SELECT 'read_csv'", ("read_csv",)),
        ("SHOW TABLES", ("abandoned_calls",)),
        ("PIVOT (SELECT pbx, queue FROM stints) ON queue IN ('support') USING count(*)", ("pbx1", 3)),
        ("SELECT comment FROM duckdb_columns() WHERE table_name = 'q15' AND column_name = 'pbx'", ("The PBX",)),
        ("SELECT title FROM metrics WHERE name = 'asa';", ("Speed of answer",)),
    ],
)
def test_questions_about_the_marts_are_answered(marts: Path, question: str, first: tuple[object, ...]) -> None:
    assert ask(marts, question).rows[0] == first


def test_times_are_shown_in_the_asked_zone(marts: Path) -> None:
    ((moment,),) = ask(marts, "SELECT min(started_at) FROM calls", "Asia/Tokyo").rows
    assert isinstance(moment, datetime)
    assert moment.isoformat() == "2026-10-24T09:00:00+09:00"
    assert ask(marts, "SELECT min(started_at)::VARCHAR FROM calls", "Asia/Tokyo").rows == [("2026-10-24 09:00:00+09",)]
    with pytest.raises(QueryRefused, match="Europe/Berlin"):
        ask(marts, "SELECT 1", "Mars/Olympus")


def test_an_endless_question_is_stopped_in_time(marts: Path) -> None:
    with pytest.raises(QueryStopped, match=r"after 0\.2 s"):
        ask(marts, "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a.range % 7 = b.range", seconds=0.2)


def test_a_greedy_question_is_stopped(marts: Path) -> None:
    with pytest.raises(QueryStopped, match="memory"):
        ask(marts, "SELECT list(range) FROM range(100000000)")


def test_more_rows_than_anybody_can_use_are_cut_off_and_that_is_said(marts: Path) -> None:
    answer = ask(marts, "FROM range(1000)", most_rows=10)
    assert ([row[0] for row in answer.rows], answer.columns, answer.cut) == (list(range(10)), ["range"], True)
    assert not ask(marts, "FROM range(10)", most_rows=10).cut


def test_before_anything_is_published_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(MartsMissing, match="trunkline up"):
        ask(tmp_path / "default.duckdb", "SELECT 1")
