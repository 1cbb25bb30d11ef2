"""warehouse/staffing/plan.py: the formulas, interval by interval."""

import polars as pl
import pytest

from warehouse.staffing.plan import Target, plan, rostered

EIGHTY_IN_TWENTY = Target(0.8, 20.0)


def planned(calls: float | None, share: float = 1.0, target: Target = EIGHTY_IN_TWENTY) -> dict[str, float | None]:
    forecast = pl.DataFrame(
        {"interval_start": [0], "calls": [calls], "share": [share]}, schema_overrides={"calls": pl.Float64}
    )
    (row,) = plan(forecast, "30m", 180.0, target)
    return row


def test_the_worked_example_of_the_formulas() -> None:
    row = planned(100, target=Target(0.8, 20.0, shrinkage=0.3))
    assert (row["agents"], row["rostered"]) == (14, 20)
    assert row["service_level"] == pytest.approx(0.888350, abs=6e-7)


def test_who_hangs_up_needs_no_agent() -> None:
    assert (planned(100, target=Target(0.8, 20.0, 60.0))["agents"] or 99) < 14


def test_half_an_interval_with_half_of_the_calls_is_the_same_load() -> None:
    assert planned(50, share=0.5)["agents"] == 14


def test_nobody_calls_and_nothing_known() -> None:
    assert (planned(0)["agents"], planned(0)["rostered"]) == (0, 0)
    assert set(planned(None).values()) == {0, None}


@pytest.mark.parametrize(("agents", "shrinkage", "needed"), [(14, 0.3, 20), (14, 0.0, 14), (1, 0.1, 2), (0, 0.5, 0)])
def test_shrinkage_is_rounded_up_without_dust(agents: int, shrinkage: float, needed: int) -> None:
    assert rostered(agents, shrinkage) == needed
