"""The calls behind a number: the address of the page that lists them, for the same range, queues and agents. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from dashboard.filters import Filters
from dashboard.intervals import By
from dashboard.shell import PREFIX

# What says how a page shows its numbers, and nothing of which calls they are of.
_NOT_OF_CALLS = frozenset({"by", "compare"})


class Show(StrEnum):
    """Which calls: by what became of their callers, or by what happened in them."""

    OFFERED = "offered"
    ANSWERED = "answered"
    IN_TIME = "in_time"
    LATER = "later"
    ABANDONED = "abandoned"
    FLOW_OUT = "flow_out"
    REFUSED = "refused"
    MISSED = "missed"
    TRANSFERRED = "transferred"
    HELD = "held"
    HANDLED = "handled"
    FILED = "filed"


def behind(filters: Filters, show: Show, **narrower: str) -> str:
    """The address of the calls of a choice; `narrower`: `hour`, `weekday` or `disposition`, which only calls have."""
    own = {name for name, _ in filters.own}
    query = [(name, value) for name, value in filters.query() if name not in _NOT_OF_CALLS | own]
    return f"{PREFIX}calls?{urlencode([*query, *narrower.items(), ('show', show.value)])}"


def behind_agents(filters: Filters, show: Show, **narrower: str) -> str:
    """The same of a figure of agents, who count their own parts and rings, from whichever queue."""
    return behind(replace(filters, queues=()), show, of="agents", **narrower)


def behind_interval(filters: Filters, start: datetime, show: Show) -> str:
    """The same of one interval alone, as the table lists it: its days or, within a day, its hour."""
    first = start.astimezone(filters.clock).date()
    by = filters.by
    if by is By.MONTH:
        last = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    else:
        last = first + timedelta(days=6 - first.weekday() if by is By.WEEK else 0)
    days = filters.on_days(first, min(last, filters.last))
    if by not in (By.HOUR, By.QUARTER):
        return behind(days, show)
    local = start.astimezone(filters.clock)
    time = f"{local:%H}" if by is By.HOUR else f"{local:%H:%M}"
    return behind(days, show, hour=str(int(time)) if by is By.HOUR else time)
