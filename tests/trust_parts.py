"""What the data-quality page knows, on paper: two PBXs, one of which is silent, over a week."""

from datetime import datetime, timedelta
from typing import Any

from dashboard_parts import NOW, PaperMarts

DAY = timedelta(days=1)


def counts(calls: int, **more: float) -> dict[str, Any]:
    """A row of the mart `data_quality`: of all calls nine of ten are compared and agree."""
    compared = calls * 9 // 10
    plain: dict[str, Any] = {
        "calls": calls, "provisional": 0, "provisional_share": 0.0, "corrected": 0, "appeared": 0, "compared": compared,
        "agree": compared, "explained": 0, "unexplained": 0, "gaps": 0, "gap_s": 0.0,
    }  # fmt: skip
    return plain | more


def quality_rows() -> list[dict[str, Any]]:
    """Whole range and days at once: the marts on paper do not tell them apart."""
    first = datetime(2026, 11, 20, 23, tzinfo=NOW.tzinfo)
    return [
        {"interval_start": first, "pbx": "pbx-1"}
        | counts(1000, provisional=12, corrected=3, appeared=1, unexplained=2),
        {"interval_start": first + DAY, "pbx": "pbx-2"} | counts(200, provisional=30, gaps=1, gap_s=754.5),
    ]


def trusted(**more: Any) -> PaperMarts:
    """Marts of that week."""
    silence = ("pbx-2", "ami", "connection_lost", NOW - timedelta(minutes=12), None, 720.0)
    over = ("pbx-1", "cel", "restart", NOW - 2 * DAY, NOW - 2 * DAY + timedelta(seconds=34), 34.5)
    fresh = [
        ("pbx-1", NOW - timedelta(seconds=9), NOW - timedelta(minutes=3), 12, None),
        ("pbx-2", NOW - timedelta(minutes=12), NOW - DAY, 30, NOW - timedelta(minutes=12)),
    ]
    plain: dict[str, Any] = {"rows": {"data_quality": quality_rows()}, "silences": [silence, over], "fresh": fresh}
    return PaperMarts(**plain | more)
