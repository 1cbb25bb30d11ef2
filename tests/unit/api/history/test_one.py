"""api/history/one.py: when callers were on hold, from what ended each hold."""

from datetime import UTC, datetime, timedelta
from typing import Any

from api.history.one import holds_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(second: int, **proved: Any) -> dict[str, Any]:
    paths = {name.replace("_of_", "[").replace("hold", "].hold"): value for name, value in proved.items()}
    return {"at": NOON + timedelta(seconds=second), "proved": paths}


def test_each_hold_is_what_the_sum_grew_by() -> None:
    events = [
        event(0, status="CONNECTED"),
        event(50, legs_of_0hold_s=10.0),
        event(90, legs_of_1hold_s=5.0, legs_of_0hold_s=10.0),
        event(200, legs_of_0hold_s=30.5),
    ]
    spans = [
        (it.part, (it.began_at - NOON).total_seconds(), (it.ended_at - NOON).total_seconds()) for it in holds_of(events)
    ]
    assert spans == [(0, 40.0, 50.0), (1, 85.0, 90.0), (0, 179.5, 200.0)]


def test_what_became_smaller_or_was_taken_back_is_no_hold() -> None:
    assert holds_of([event(1, legs_of_0hold_s=0.0), event(2, legs_of_0hold_s=None)]) == []
