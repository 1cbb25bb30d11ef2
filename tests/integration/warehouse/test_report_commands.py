"""`trunkline report NAME`: a command for each mart, in each style."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from made_day import agent_rows, made_calls
from made_lake import publish_calls
from rich.console import Console

from warehouse.__main__ import csv_option, json_option, report, tenant_option, timezone_option
from warehouse.errors import BadRange
from warehouse.mart_models import MARTS, mart_model
from warehouse.report_commands import OWN, add_reports

SPAN = ("--from", "2026-10-24", "--to", "2026-10-26", "--tz", "Europe/Berlin")
COMMANDS = [name.replace("_", "-") for name in MARTS if name not in OWN]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> click.Group:
    data: Path = tmp_path_factory.mktemp("data")
    publish_calls(data, made_calls(120), {}, {"agents": agent_rows()})
    group = click.Group()
    shared = (timezone_option, tenant_option, json_option, csv_option)
    add_reports(group, lambda: data, lambda: None, lambda: Console(width=300), shared)
    return group


def said(reports: click.Group, *arguments: str) -> str:
    done = CliRunner().invoke(reports, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_each_says_what_was_asked_what_columns_mean_and_the_rows(reports: click.Group, name: str) -> None:
    span = ("--call", "pbx1:l3") if name == "call-trace" else SPAN
    whole = json.loads(said(reports, name, *span, "--json"))
    assert whole["report"] == name
    assert set(whole["columns"]) == set(mart_model(name.replace("-", "_")).columns)
    assert whole["rows"]
    assert list(whole["rows"][0]) == list(whole["columns"])
    lines = said(reports, name, *span, "--csv").splitlines()
    assert lines[0].split(",") == list(whole["columns"])
    assert len(lines) == len(whole["rows"]) + 1


def test_options_choose_queues_agents_intervals_variants_and_rules(reports: click.Group) -> None:
    summary = ("queue-summary", *SPAN, "--queue", "support", "--json")
    days = json.loads(said(reports, *summary, "--interval", "1d"))["rows"]
    assert [row["interval_start"] for row in days] == ["2026-10-24T00:00:00+02:00", "2026-10-25T00:00:00+02:00"]
    (whole,) = json.loads(said(reports, *summary))["rows"]
    assert whole["offered"] == sum(row["offered"] for row in days)
    (other,) = json.loads(said(reports, *summary, "--variant", "sl_connect"))["rows"]
    assert other["service_level"] == whole["sl_connect"]
    by_event = json.loads(said(reports, *summary, "--rule", "by_event", "--interval", "15m"))
    assert (by_event["rule"], sum(row["answered"] for row in by_event["rows"])) == ("by_event", whole["answered"])
    agents = json.loads(said(reports, "agent-performance", *SPAN, "--agent", "agent-1", "--json"))["rows"]
    assert [row["name"] for row in agents] == ["Agent 1"]
    assert "agent-1" not in said(reports, "hold", *SPAN, "--agent", "agent-2")


def test_a_terminal_gets_the_columns_that_it_has_room_for(reports: click.Group) -> None:
    told = said(reports, "queue-summary", *SPAN)
    assert "service_level" in told and "sl_genesys_000" not in told
    assert told.splitlines()[-1].startswith("As of 2026-11-22 12:00:00 UTC. ")
    assert told.splitlines()[-1].endswith(" more columns with --json and --csv.")
    nothing = said(reports, "queue-summary", "--from", "2030-01-01", "--to", "2030-01-02")
    assert nothing.splitlines()[-1].startswith("Nothing in this range.")


def test_what_is_not_there_is_said(reports: click.Group) -> None:
    for arguments in (("--queue", "nobody"), ("--tz", "Mars/Olympus")):
        with pytest.raises(BadRange):
            said(reports, "queue-summary", *SPAN, *arguments)
    with pytest.raises(BadRange, match="No agent 'nobody'; there are: PJSIP/1008, agent-0, "):
        said(reports, "hold", *SPAN, "--agent", "nobody")
    with pytest.raises(BadRange, match="No call 'nope'; `trunkline calls` lists them"):
        said(reports, "call-trace", "--call", "nope")
    with pytest.raises(BadRange, match="exclusive"):
        said(reports, "hold", "--from", "2026-10-24", "--to", "2026-10-24")


def test_every_mart_has_a_command() -> None:
    assert {name.replace("_", "-") for name in MARTS} <= set(report.commands)
