"""warehouse/staffing/day.py: when agents were busy, and the day's figures by their definitions."""

import pytest
from made_days import SUPPORT, caller, day

from calls.call import StintOutcome
from warehouse.staffing.day import busy_spans, figures, with_thresholds, without_overlap


def test_an_agent_is_free_at_the_latest_when_it_answers_the_next() -> None:
    one, two = caller("one", 0, 10, agent="ana", busy=60), caller("two", 5, 40, agent="ana", busy=60)
    assert busy_spans(without_overlap([two, one])) == {"ana": [(10_000, 40_000), (40_000, 100_000)]}


def test_figures_are_those_of_the_metrics() -> None:
    told = day(
        caller("quick", 0, 10, agent="ana", busy=60),
        caller("late", 100, 130, agent="ana", busy=30),
        caller("short", 200, 203, StintOutcome.ABANDONED),
        caller("lost", 200, 260, StintOutcome.ABANDONED),
        caller("refused", 200, 200, StintOutcome.FULL),
        caller("waiting", 300),
        there={"ana": ((0, 180),)},
    )
    assert figures(told.callers, told.there, SUPPORT) == {
        "offered": 5, "answered": 2, "abandoned": 2, "service_level": pytest.approx(1 / 3), "asa": 20.0,
        "occupancy": 0.5,
    }  # fmt: skip
    later = with_thresholds(SUPPORT, 30.0)
    assert figures(told.callers, told.there, later)["service_level"] == pytest.approx(2 / 3)
    assert with_thresholds(SUPPORT, None) == SUPPORT


def test_of_nothing_nothing_is_said() -> None:
    assert figures((), {}, SUPPORT) == {
        "offered": 0, "answered": 0, "abandoned": 0, "service_level": None, "asa": None, "occupancy": None
    }  # fmt: skip
