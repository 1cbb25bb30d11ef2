"""Published files: what is in them, whose, and that everything in them is explained."""

import stat
from pathlib import Path

import duckdb
import pytest
from made_calls import START, queue_call
from made_lake import NOW, empty_lake, publish_calls, put

from calls.call import StintOutcome
from calls.metrics import METRICS
from calls.settings import QueueSettings
from calls.tally import COLUMNS
from warehouse.load import Loaded
from warehouse.publish import metric_rows, publish
from warehouse.published import marts_path, read_published

SUPPORT = QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)
CALLS = [
    queue_call(1),
    queue_call(2, StintOutcome.ABANDONED, wait_s=12),
    queue_call(3, StintOutcome.JOIN_EMPTY, wait_s=0, at=START + 900_000),
    queue_call(4, tenant="other"),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_calls(data, CALLS, {"support": SUPPORT})
    return data


def read(data: Path, query: str, tenant: str = "default") -> list[tuple[object, ...]]:
    with duckdb.connect(str(marts_path(data, tenant)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_every_table_and_column_is_explained(published: Path) -> None:
    silent = "NOT internal AND coalesce(comment, '') = ''"
    nameless = read(published, f"SELECT table_name FROM duckdb_tables() WHERE {silent}")
    nameless += read(published, f"SELECT view_name FROM duckdb_views() WHERE {silent}")
    nameless += read(published, f"SELECT table_name, column_name FROM duckdb_columns() WHERE {silent}")
    assert nameless == []


def test_q15_has_the_columns_of_a_tally(published: Path) -> None:
    described = [row[0] for row in read(published, "DESCRIBE q15")]
    assert described == ["pbx", "queue", "interval_start", *COLUMNS]


def test_the_mart_has_every_metric_for_each_quarter(published: Path) -> None:
    names = [row[0] for row in read(published, "DESCRIBE service_level")]
    assert names == ["interval_start", "pbx", "queue", "name", *METRICS]
    query = "SELECT offered, answered, refused, service_level, asa FROM service_level ORDER BY interval_start"
    assert read(published, query) == [(2, 1, 0, 0.5, 4.0), (0, 0, 1, None, None)]


def test_the_metrics_are_explained_as_the_catalogue_has_them(published: Path) -> None:
    assert read(published, "FROM metrics") == metric_rows().rows()
    for name, formula in read(published, "SELECT name, sql FROM metrics WHERE \"of\" = 'q15'"):
        assert formula == METRICS[str(name)].sql()


def test_a_tenants_file_holds_nothing_of_another(published: Path) -> None:
    tables = ("calls", "stints", "legs", "q15")
    assert [read(published, f"SELECT count(*) FROM {table}", "other")[0][0] for table in tables] == [1, 1, 1, 1]
    assert read(published, "SELECT DISTINCT call_id FROM calls", "other") == [("pbx1:l4",)]
    assert read(published, "SELECT sum(offered) FROM q15") == [(2,)]


def test_only_the_owner_may_read_the_files(published: Path) -> None:
    assert stat.S_IMODE(marts_path(published, "default").stat().st_mode) == 0o600
    assert stat.S_IMODE((published / "marts").stat().st_mode) == 0o700


def test_a_tenant_without_calls_has_empty_marts(tmp_path: Path) -> None:
    publish_calls(tmp_path, [])
    assert read(tmp_path, "SELECT count(*) FROM calls") == [(0,)]
    assert read(tmp_path, "SELECT load_id, watermark FROM published") == [(1, NOW)]


def test_only_what_is_stale_or_missing_is_published_again(tmp_path: Path) -> None:
    with empty_lake() as lake:
        put(lake, CALLS, {"support": SUPPORT})
        lake.execute("INSERT INTO lake.load_audit VALUES (1, now(), NULL, now(), 1, 1, ['default', 'other'], 4, 0, 2)")
        assert publish(lake, tmp_path, Loaded(1, NOW)) == ["default", "other"]
        assert publish(lake, tmp_path, Loaded(1, NOW)) == []
        lake.execute("INSERT INTO lake.load_audit VALUES (2, now(), NULL, now(), 1, 1, ['other'], 4, 0, 2)")
        assert publish(lake, tmp_path, Loaded(2, NOW)) == ["other"]
        marts_path(tmp_path, "default").unlink()
        assert publish(lake, tmp_path, Loaded(2, NOW)) == ["default"]
    assert read_published(tmp_path).loads == {"default": 1, "other": 2}


@pytest.mark.parametrize("tenant", ["it's; DROP TABLE q15", "../up"])
def test_any_name_of_a_tenant_will_do(tmp_path: Path, tenant: str) -> None:
    publish_calls(tmp_path, [queue_call(1, tenant=tenant)])
    assert read(tmp_path, "SELECT offered FROM q15", tenant) == [(1,)]
    assert {path.parent for path in tmp_path.rglob("*.duckdb")} == {tmp_path / "marts"}
