"""Each mart's file: what its head says holds for its rows, as a view and as a report, and every column is explained."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from made_day import DAYS_END, DAYS_START, agent_rows, made_calls, made_presence, presence_rows
from made_lake import publish_calls

from calls.form import iso
from calls.metrics import ALL_METRICS
from calls.settings import QueueSettings
from warehouse.duck import Frame
from warehouse.mart_models import MARTS, described, mart_model
from warehouse.marts import Asked, Marts, open_marts
from warehouse.published import marts_path

BERLIN = "Europe/Berlin"
FROM, TO = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (DAYS_START, DAYS_END))
QUARTER = 900_000
VIEWS = ("stint_facts", *MARTS)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    who = {"pbx": "pbx1", "tenant": "default"}
    gap = {"id": 1, "pbx": "pbx1", "source": "ami", "cause": "closed", "started_at": iso(DAYS_START + 100_000)}
    call = who | {"call_id": "pbx1:l3", "call_started_at": iso(DAYS_START), "version": 2}
    right = call | {"corrected_at": iso(DAYS_END), "cause": "gap", "appeared": True, "fields": "{}"}
    rows = {
        "agents": agent_rows(),
        "presence_intervals": presence_rows(made_presence()),
        "gaps": [gap | {"ended_at": iso(DAYS_START + QUARTER + 50_000)}, gap | {"id": 2, "ended_at": None}],
        "corrections": [right],
    }
    settings = {"support": QueueSettings("Support", None, 10.0, 20.0, 5.0, 0.8)}
    publish_calls(folder, made_calls(400), settings, rows, zones=("UTC", BERLIN))
    return folder


@pytest.fixture(scope="module")
def marts(data: Path) -> Marts:
    return open_marts(data, "default")


def asked(name: str, **more: object) -> Asked:
    options = mart_model(name).options
    if "call" in options:
        more["call"] = "pbx1:l3"
    if "interval" in options:
        more.setdefault("interval", "1h")
    return Asked(FROM, TO, timezone=BERLIN)._replace(**more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", VIEWS)
def test_what_its_head_promises_holds_for_every_row_of_the_view(data: Path, name: str) -> None:
    mart = mart_model(name)
    with duckdb.connect(str(marts_path(data, "default")), read_only=True) as connection:
        described = [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
        assert sorted(described) == sorted(mart.columns)
        for check in mart.checks:
            assert connection.execute(f"FROM {name} WHERE NOT coalesce({check}, true) LIMIT 3").fetchall() == [], check
        grain = ", ".join(f'"{column}"' for column in mart.grain)
        doubled = f"SELECT {grain}, count(*) FROM {name} GROUP BY ALL HAVING count(*) > 1 LIMIT 3"
        assert connection.execute(doubled).fetchall() == []
        assert connection.execute(f"FROM {name} LIMIT 1").fetchall()


def test_every_metric_is_a_column_of_a_report() -> None:
    columns = {(column, text) for name in MARTS for column, text in mart_model(name).columns.items()}
    assert {(it.name, described(it)) for it in ALL_METRICS} <= columns


@pytest.mark.parametrize("name", MARTS)
def test_as_a_report_it_has_the_same_columns_and_keeps_its_promises(marts: Marts, name: str) -> None:
    mart, found = mart_model(name), marts.report(name, asked(name))
    assert sorted(found.columns) == sorted(mart.columns)
    assert set(mart.shown) <= set(mart.columns)
    assert not found.is_empty()
    assert found.select(mart.grain).is_unique().all()
    with duckdb.connect() as connection:
        connection.register("rows", Frame(found))
        for check in mart.checks:
            assert connection.execute(f"FROM rows WHERE NOT coalesce({check}, true)").fetchall() == [], check
