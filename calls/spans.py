"""Time cut into intervals, and the rules by which a fact belongs to one: each has a name, as no two products agree.

`by_arrival` is what everything here is counted by unless it says otherwise. Pure; milliseconds since the epoch, UTC.
"""

from enum import StrEnum

from calls.call import Call, Stint
from calls.settings import QueueSettings
from calls.tally import INTERVAL_MS, Tally, let_in, stint_tally


class Rule(StrEnum):
    """When a fact of a stint counts."""

    BY_ARRIVAL = "by_arrival"
    BY_EVENT = "by_event"
    BY_DISCONNECT = "by_disconnect"
    SPLIT = "split"


MEANINGS = {
    Rule.BY_ARRIVAL: "All of a stint counts in the interval in which the caller entered the queue; only so is offered ="
    " answered + abandoned + other + still waiting in every interval",
    Rule.BY_EVENT: "Offered counts where the caller entered, answered, abandoned and other where the caller left, a"
    " missed ring where it rang, a conversation where it ended (Genesys)",
    Rule.BY_DISCONNECT: "All of a stint counts where its call ended; a call that goes on counts nowhere yet"
    " (Amazon Connect's contact records)",
    Rule.SPLIT: "A span counts in each interval for as much of it as lies there (Amazon Connect's agent activity); the"
    " time of agents in a state is counted so",
}
# Those that whole stints can be counted by.
STINT_RULES = (Rule.BY_ARRIVAL, Rule.BY_EVENT, Rule.BY_DISCONNECT)

# What of a tally happens when the caller leaves the queue, and what when the conversation is over.
LEAVING = (
    "answered", "abandoned", "short_abandoned", "flow_out", "answered_in_sl", "abandoned_in_sl", "pbx_abandoned",
    "pbx_abandoned_in_sl", "wait_answered_s", "wait_abandoned_s", "wait_s",
)  # fmt: skip
HANDLING = ("handled", "talk_s", "hold_s", "wrap_s")


def split(start: int, end: int, length: int = INTERVAL_MS) -> list[tuple[int, int]]:
    """The span [start, end) as (start of the interval, milliseconds in it); an empty one is in none."""
    first = start - start % length
    return [(at, min(end, at + length) - max(start, at)) for at in range(first, end, length)] if start < end else []


def dated_tallies(call: Call, index: int, queue: QueueSettings, rule: Rule) -> list[tuple[int, Tally]]:
    """The facts of one stint with the instants that they count at by the rule, which is one of STINT_RULES.

    Their sum is `stint_tally`, but for what has not happened yet.
    """
    stint, whole = call.stints[index], stint_tally(call, index, queue)
    if rule is Rule.BY_ARRIVAL:
        return [(stint.entered_at, whole)]
    if rule is Rule.BY_DISCONNECT:
        return [] if call.ended_at is None else [(call.ended_at, whole)]
    return _by_event(call, index, stint, whole)


def _by_event(call: Call, index: int, stint: Stint, whole: Tally) -> list[tuple[int, Tally]]:
    found = [(stint.entered_at, Tally(offered=whole.offered, refused=whole.refused))]
    if stint.left_at is not None:
        found.append((stint.left_at, _only(whole, LEAVING)))
    if let_in(stint):
        found += [(ring.rang_at, Tally(missed=1)) for ring in call.missed if ring.stint == index]
    leg = next((leg for leg in call.legs if leg.stint == index and leg.ended_at is not None), None)
    if whole.handled and leg is not None and leg.ended_at is not None:
        found.append((leg.ended_at, _only(whole, HANDLING)))
    return found


def _only(whole: Tally, names: tuple[str, ...]) -> Tally:
    return Tally(**{name: getattr(whole, name) for name in names})
