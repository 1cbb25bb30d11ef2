"""What the queues page reads: every queue, trouble first, beside an earlier period."""

from datetime import UTC, datetime
from typing import Any

from dashboard_parts import BILLING, SUPPORT, PaperMarts, filters

from dashboard.intervals import By
from dashboard.queue_figures import QueuesAnswer, read_queues, trend_by


def row(queue: str, offered: int, level: float | None, hour: int = 0) -> dict[str, Any]:
    """A row of `queue_summary`."""
    at = datetime(2026, 11, 21, 23 if not hour else hour - 1, tzinfo=UTC)
    counts = {"offered": offered, "answered": offered - 1, "abandoned": 1, "flow_out": 0}
    rates = {"service_level": level, "abandon_rate": 0.1, "asa": 14.2, "awt": 15.0, "aht": 252.0}
    return {"pbx": "pbx-1", "queue": queue, "name": queue.title(), "interval_start": at, **counts, **rates}


def marts(*rows: dict[str, Any]) -> PaperMarts:
    return PaperMarts(rows={"queue_summary": rows})


def read(search: str = "") -> QueuesAnswer:
    return read_queues(marts(row("support", 40, 0.75), row("billing", 90, 0.9)), filters(search))


def test_queues_below_their_target_stand_first() -> None:
    assert [each.queue.queue for each in read().rows] == ["support", "billing"]
    assert [round(each.below_target, 2) for each in read().rows] == [0.05, 0.0]


def test_a_queue_that_nobody_called_is_there_too() -> None:
    rows = read_queues(marts(row("billing", 9, None)), filters()).rows
    assert [(each.queue, each.now.get("offered")) for each in rows] == [(BILLING, 9), (SUPPORT, None)]
    assert rows[0].below_target == 0


def test_transfers_are_of_the_queue() -> None:
    assert [each.now.get("transferred") for each in read().rows] == [None, 3]


def test_the_marts_are_asked_for_the_very_choice() -> None:
    asked = marts(row("billing", 9, 0.5))
    read_queues(asked, filters("?range=7d&queue=billing&variant=sl_offered&compare=week"))
    of_days = [each for name, each in asked.reports if name == "queue_summary"]
    assert {(each.queues, each.variant, each.timezone) for each in of_days} == {
        (("billing",), "sl_offered", "Europe/Berlin")
    }
    assert [(each.interval, each.start.day) for each in of_days] == [(None, 15), ("1d", 15), (None, 8)]


def test_a_trend_has_as_many_points_as_can_be_seen() -> None:
    spans = ("", "?range=7d", "?range=year")
    assert [trend_by(filters(each)) for each in spans] == [By.HOUR, By.DAY, By.WEEK]
    assert read().rows[0].trend == [0.75]
