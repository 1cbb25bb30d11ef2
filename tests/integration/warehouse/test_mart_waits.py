"""Waits by interval, patience and transfers, held against what the calls themselves say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_calls import queue_call
from made_lake import publish_calls
from made_weeks import publish_weeks

from calls.call import StintOutcome
from calls.settings import QueueSettings
from warehouse.marts import Marts, open_marts

START = datetime(2026, 11, 16, 9, tzinfo=UTC)
SUPPORT = QueueSettings("Support line", None, 10.0, 20.0, 5.0, 0.8)
# Of six callers, these waits in seconds; who gave up did so after 10 and 30.
WAITS = ((5, True), (10, False), (20, True), (30, False), (40, True), (50, True))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    data = tmp_path_factory.mktemp("data")
    ms = round(START.timestamp() * 1000)
    calls = [
        queue_call(n, StintOutcome.ANSWERED if answered else StintOutcome.ABANDONED, wait, ms + n * 1000)
        for n, (wait, answered) in enumerate(WAITS)
    ]
    publish_calls(data, calls, {"support": SUPPORT})
    return open_marts(data, "default")


def test_waits_stand_in_the_interval_of_arrival_and_empty_ones_are_there(marts: Marts) -> None:
    frame = marts.waits_by_interval(START, START + timedelta(hours=1), None, "30m", "Europe/Berlin")
    assert frame["left_queue"].to_list() == [6, 0]
    assert frame.row(0, named=True)["longest"] == 50.0
    assert frame["p50"].to_list() == [25.0, None]
    assert str(frame["interval_start"].dtype.time_zone) == "Europe/Berlin"  # type: ignore[attr-defined]


def test_patience_counts_who_was_answered_as_having_stayed(marts: Marts) -> None:
    found = marts.patience(START, START + timedelta(hours=1))
    staying = dict(found.curve.iter_rows())
    assert (staying[5.0], staying[10.0]) == (1.0, pytest.approx(4 / 5))
    assert staying[30.0] == pytest.approx(4 / 5 * 2 / 3)
    assert (found.gave_up, found.median_s, found.mean_s) == (2, None, 155 / 2)


def test_where_nobody_came_nobody_gave_up(marts: Marts) -> None:
    found = marts.patience(START - timedelta(days=1), START)
    assert (len(found.curve), found.gave_up, found.median_s, found.mean_s) == (0, 0, None, None)


def test_transfers_and_agents_are_those_of_the_calls(tmp_path: Path) -> None:
    until = datetime(2026, 11, 22, 12, tzinfo=UTC)
    publish_weeks(tmp_path, "default", until, 2, 60)
    marts = open_marts(tmp_path, "default")
    span = (until - timedelta(days=14), until)
    by_queue = dict(marts.transferred(*span).select("queue", "transferred").iter_rows())
    assert set(by_queue) == {"billing", "support", "returns", "orders"}
    assert dict(marts.transferred(*span, ["orders"]).select("queue", "transferred").iter_rows()) == {
        "orders": by_queue["orders"]
    }
    assert [each.name for each in marts.agent_names()][:2] == ["Aiko Tanaka", "Greta Holm"]
