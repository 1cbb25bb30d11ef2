"""The address of the calls behind a number."""

from datetime import UTC, datetime

import pytest
from dashboard_parts import BERLIN, NOW, filters

from dashboard.behind import Show, behind, behind_agents, behind_interval
from dashboard.filters import parse


def test_it_keeps_range_queues_agents_and_clock_and_drops_what_is_only_shown() -> None:
    chosen = parse("?range=7d&queue=a&agent=b&by=1h&compare=week&clock=UTC&metric=aht", NOW, BERLIN, ("metric",))
    assert behind(chosen, Show.MISSED) == "/reports/calls?range=7d&queue=a&agent=b&clock=UTC&show=missed"
    assert behind(filters(), Show.HANDLED, disposition="sale") == "/reports/calls?disposition=sale&show=handled"


@pytest.mark.parametrize(
    ("search", "at", "address"),
    [
        ("", (11, 22, 9, 15), "hour=10%3A15"),
        ("?by=1h", (11, 22, 9), "hour=10"),
        ("?range=7d", (11, 17, 23), "from=2026-11-18&to=2026-11-18"),
        ("?from=2026-06-01&to=2026-11-22&by=1w", (11, 15, 23), "from=2026-11-16&to=2026-11-22"),
        ("?from=2026-06-03&to=2026-11-22&by=1w", (6, 2, 22), "from=2026-06-03&to=2026-06-07"),
        ("?from=2026-01-01&to=2026-11-22&by=1M", (10, 31, 23), "from=2026-11-01&to=2026-11-22"),
    ],
)
def test_an_interval_is_its_days_or_its_time(search: str, at: tuple[int, ...], address: str) -> None:
    found = behind_interval(filters(search), datetime(2026, *at, tzinfo=UTC), Show.OFFERED)
    days = "" if "from" in address else "from=2026-11-22&to=2026-11-22&"
    assert found == f"/reports/calls?{days}{address}&show=offered"


def test_agents_count_their_own_from_whichever_queue() -> None:
    chosen = filters("?range=7d&queue=a&agent=b")
    assert behind_agents(chosen, Show.MISSED) == "/reports/calls?range=7d&agent=b&of=agents&show=missed"
