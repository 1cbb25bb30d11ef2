"""The commands below `trunkline staffing`: tables, JSON and CSV, and what they refuse."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_calls import queue_call
from made_lake import NOW, publish_calls

from warehouse.staffing.commands import staffing_command

HOUR_MS = 3_600_000
LIKE = ("--queue", "support", "--days", "1", "--interval", "1h")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    begin = round(NOW.timestamp() * 1000) - 21 * 24 * HOUR_MS
    publish_calls(data, [queue_call(n, at=begin + n * HOUR_MS) for n in range(21 * 24)])
    return data


def said(data: Path, *arguments: str) -> str:
    done = CliRunner().invoke(staffing_command, list(arguments), obj=data)
    assert done.exit_code == 0, done.output
    return done.output


def test_forecast_and_plan_are_tables_json_and_csv(data: Path) -> None:
    table = said(data, "forecast", *LIKE)
    assert "2026-11-22T00:00:00+00:00" in table and "naive_wape" in table
    answer = json.loads(said(data, "plan", *LIKE, "--json"))
    assert answer["rows"][0]["agents"] == 1
    lines = said(data, "plan", *LIKE, "--csv").splitlines()
    assert lines[0] == "interval_start,calls,agents,rostered,service_level,asa_s,occupancy"
    assert len(lines) == 25


def test_what_if_is_a_table_and_json(data: Path) -> None:
    day = ("what-if", "--queue", "support", "--day", "2026-11-10")
    assert "simulated" in said(data, *day, "--add", "1", "--add-from", "09:00", "--add-to", "17:00")
    assert json.loads(said(data, *day, "--json"))["unchanged"] is True


@pytest.mark.parametrize(
    "arguments", [("forecast",), ("what-if", "--queue", "support"), ("plan", *LIKE, "--shrinkage", "1"), ("guess",)]
)
def test_nonsense_is_refused(data: Path, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(staffing_command, list(arguments), obj=data).exit_code == 2
