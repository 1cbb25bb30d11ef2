"""An outlook of one morning of the queue billing, as the warehouse would give it."""

from datetime import date, datetime
from typing import Any

from dashboard_parts import BERLIN, BILLING

from warehouse.staffing.erlang import Fare
from warehouse.staffing.forecast import Error
from warehouse.staffing.outlook import Outlook, Wanted
from warehouse.staffing.plan import Target

ERROR = Error(400.0, 0.2, 0.01, 0.3, 0.0)


def interval(hour: int, calls: float | None, agents: int | None, present: float) -> dict[str, Any]:
    """A row."""
    rates = dict.fromkeys(("service_level", "asa_s", "occupancy"), None if calls is None else 0.85)
    at = datetime(2026, 11, 23, hour, tzinfo=BERLIN)
    return {"interval_start": at, "calls": calls, "agents": agents, "rostered": agents, "present": present, **rates}


def morning(patience_s: float | None = None) -> Outlook:
    """Enough agents at nine, too few at ten; of eleven nothing is known."""
    rows = [interval(9, 10.0, 2, 3.0), interval(10, 20.04, 4, 3.0), interval(11, None, None, 0.0)]
    fares = {
        -1: Fare(5, 0.9, 0.4, None, 0.9, 0.0),
        0: Fare(6, 0.2, 0.85, 9.0, 0.7, 0.0),
        1: Fare(7, 0.1, 0.95, 2.0, 0.6, 0.0),
    }
    target = Target(0.8, 20.0, patience_s, 0.3)
    wanted = Wanted("pbx-1:billing", BERLIN.key)
    return Outlook(BILLING, date(2026, 11, 23), wanted, target, 240.0, rows, fares, {date(2026, 11, 16): ERROR}, ERROR)
