"""The days ahead over published marts: what will come, who is needed, who usually is there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_weeks import publish_weeks

from warehouse.errors import BadRange
from warehouse.staffing.outlook import TRIED, PlannedMarts, Wanted, open_planned_marts
from warehouse.staffing.questions import Horizon, plan_answer

UNTIL = datetime(2026, 11, 22, 13, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_weeks(data, "default", UNTIL, 7, 120)
    return data


@pytest.fixture(scope="module")
def marts(data: Path) -> PlannedMarts:
    return open_planned_marts(data, "default")


def test_it_is_the_plan_that_the_command_prints(data: Path, marts: PlannedMarts) -> None:
    found = marts.outlook(Wanted("support", BERLIN, shrinkage=0.3))
    told = plan_answer(data, "default", Horizon("support", BERLIN), None, None, None, None, 0.3)
    assert [(row["calls"], row["agents"], row["rostered"]) for row in found.rows] == [
        (row["calls"], row["agents"], row["rostered"]) for row in told["rows"]
    ]
    assert (found.aht_s, found.target.service_level) == (told["aht_s"], 0.8)
    assert found.error._asdict() == told["back_test"]["total"]


def test_more_agents_answer_more_in_time(marts: PlannedMarts) -> None:
    found = marts.outlook(Wanted("support", BERLIN))
    levels = [found.what_if[more].service_level or 0.0 for more in TRIED]
    assert levels == sorted(levels)
    assert levels[TRIED.index(0)] >= 0.8


def test_callers_who_give_up_need_no_more_agents(marts: PlannedMarts) -> None:
    stubborn, patient = (marts.outlook(Wanted("support", BERLIN, patience=on)) for on in (False, True))
    assert patient.target.patience_s is not None
    assert sum(row["agents"] for row in patient.rows) <= sum(row["agents"] for row in stubborn.rows)
    assert (patient.what_if[0].p_abandon or 0) > 0


def test_who_usually_is_there_is_the_mean_of_the_past_weeks(marts: PlannedMarts) -> None:
    rows = {
        row["interval_start"].strftime("%a %H:%M"): row["present"]
        for row in marts.outlook(Wanted("support", BERLIN)).rows
    }
    assert 5 < rows["Tue 11:00"] <= 12
    assert rows["Tue 03:00"] == 0


def test_what_does_not_exist_is_named(marts: PlannedMarts) -> None:
    with pytest.raises(BadRange, match="nowhere"):
        marts.outlook(Wanted("nowhere", BERLIN))
