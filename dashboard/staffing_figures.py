"""What the staffing page reads: the outlook of one queue, for the target and the ways that the address names.

Numbers in an address are typed by people: what is out of bounds falls back to the queue's own.
"""

from dataclasses import dataclass

from dashboard.figure_marts import Answer, FigureMarts
from dashboard.filters import Filters
from dashboard.reports import chosen_queues, queue_key
from warehouse.marts import BadRange
from warehouse.staffing.outlook import Outlook, Wanted

# The page's own names in an address, with the least and the most that each may be.
BOUNDS = {"level": (1.0, 99.0), "within": (0.0, 3600.0), "aht": (1.0, 36_000.0), "shrinkage": (0.0, 90.0)}
PATIENCE = "patience"
OWN = (*BOUNDS, PATIENCE)


@dataclass(frozen=True)
class StaffingAnswer(Answer):
    """`outlook` is None where there is none; `why` says why not."""

    outlook: Outlook | None = None
    why: str = "A forecast needs a week of calls: it appears here by itself."


def read_staffing(marts: FigureMarts, filters: Filters) -> StaffingAnswer:
    """The outlook of the queue chosen, or of the first one."""
    queues = marts.queue_names()
    chosen = chosen_queues(filters, queues)
    if not chosen:
        return StaffingAnswer(filters)
    level, shrinkage = number(filters, "level"), number(filters, "shrinkage")
    wanted = Wanted(
        f"{chosen[0].pbx}:{chosen[0].queue}",
        filters.clock.key,
        service_level=None if level is None else level / 100,
        target_s=number(filters, "within"),
        aht_s=number(filters, "aht"),
        patience=bool(filters.own_value(PATIENCE)),
        shrinkage=(shrinkage or 0.0) / 100,
    )
    try:
        return StaffingAnswer(filters, outlook=marts.outlook(wanted))
    except BadRange as error:
        return StaffingAnswer(filters, why=str(error))


def number(filters: Filters, name: str) -> float | None:
    """A number of the page's own in the address; None if there is none within its bounds."""
    try:
        value = float(filters.own_value(name))
    except ValueError:
        return None
    least, most = BOUNDS[name]
    return value if least <= value <= most else None


def queue_of(answer: StaffingAnswer) -> str:
    """What the address calls the queue that is shown."""
    return queue_key(answer.outlook.queue, answer.queues) if answer.outlook else ""
