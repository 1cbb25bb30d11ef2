"""What staffing reads of published marts: whole days of the past, and a day stint by stint."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from made_calls import AGENTS, START, queue_call
from made_lake import publish_calls

from calls.call import StintOutcome
from warehouse.errors import BadRange
from warehouse.marts import open_marts
from warehouse.staffing.day import Caller
from warehouse.staffing.facts import local_day, named_queue, past, recorded_day
from warehouse.staffing.whatif import Change, play

SATURDAY = date(2026, 10, 24)
MINUTE, DAY = 60_000, 86_400_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of a call each ten minutes, two hours long; each third gives up, one still waits."""
    data = tmp_path_factory.mktemp("data")
    outcomes = [StintOutcome.ANSWERED, StintOutcome.ANSWERED, StintOutcome.ABANDONED]
    calls = [
        queue_call(12 * day + n, outcomes[n % 3], 4 + n, START + day * DAY + n * 10 * MINUTE)
        for day in range(2)
        for n in range(12)
    ]
    publish_calls(data, [*calls, queue_call(99, None, at=START + DAY), queue_call(98, queue="sales")])
    return data


def test_the_past_is_of_whole_days_without_the_first(data: Path) -> None:
    known = past(data, "default", "support", "UTC", 4)
    assert known.today == date(2026, 11, 22)
    assert known.quarters["interval_start"][0] == datetime(2026, 10, 25, tzinfo=UTC)
    assert len(known.quarters) == 28 * 96
    assert known.quarters["offered"].sum() == 13
    assert known.aht_s == 60.0


def test_a_queue_that_nobody_called_or_that_is_not_there_is_said(data: Path) -> None:
    with pytest.raises(BadRange, match="No queue 'suport'; There are: pbx1:sales, pbx1:support"):
        past(data, "default", "suport", "UTC", 4)
    with pytest.raises(BadRange, match="no whole day before 2026-10-25"):
        past(data, "default", "support", "UTC", 4, date(2026, 10, 25))
    with pytest.raises(BadRange, match="Nobody called"):
        recorded_day(data, "default", "sales", date(2026, 1, 1), "UTC")
    known = open_marts(data, "default").queue_names()
    with pytest.raises(BadRange, match="Which queue 'sales'"):
        named_queue([known[0], known[0]._replace(pbx="pbx2")], "sales")


def test_a_day_is_its_stints_and_is_played_as_it_was(data: Path) -> None:
    day = recorded_day(data, "default", "pbx1:support", date(2026, 10, 25), "UTC")
    assert len(day.callers) == 13
    first = START + DAY
    assert Caller("pbx1:l12/0", first, first + 4_000, StintOutcome.ANSWERED, AGENTS[0], 60_000) in day.callers
    assert Caller("pbx1:l99/0", first, None, None) in day.callers
    # Nothing is known of presence: from the first answer until the last call was over.
    assert day.there == {AGENTS[0]: ((first + 4_000, first + 100 * MINUTE + 14_000 + 60_000),)}
    assert play(day).callers == day.callers
    assert play(day, Change(added=((day.start, day.end),))).callers != day.callers


def test_a_day_is_local(data: Path) -> None:
    assert local_day(datetime(2026, 10, 24, 22, tzinfo=UTC), "Europe/Berlin") == date(2026, 10, 25)
    with pytest.raises(BadRange, match="Europe/Berlin"):
        local_day(datetime(2026, 10, 24, 22, tzinfo=UTC), "Mars/Olympus")
    assert len(recorded_day(data, "default", "support", SATURDAY, "UTC").callers) == 12
