"""A queue's live state after one of its calls changed: who waits, and the facts by quarter of an hour. Pure."""

from msgspec.structs import replace

from calls.call import Call
from calls.settings import Settings
from calls.state import KEPT_INTERVALS_MS, Queue, Waiting
from calls.tally import NOTHING, Tally, interval_start, stint_tally


def touched(before: Call | None, call: Call) -> set[str]:
    """The queues whose live state may differ: those of stints, where stints, legs or missed rings changed."""
    if before is not None and before.stints is call.stints and before.missed is call.missed:
        if before.legs is call.legs:
            return set()
        return {call.stints[leg.stint].queue for leg in call.legs if leg.stint is not None}
    return {stint.queue for stint in call.stints}


def with_call(queue: Queue, before: Call | None, call: Call, settings: Settings) -> Queue:
    """The queue with the new facts of this call in the place of the old ones."""
    return replace(queue, waiting=_waiting(queue, call), tallies=_tallies(queue, before, call, settings))


def _waiting(queue: Queue, call: Call) -> tuple[Waiting, ...]:
    now = [
        Waiting(call.linkedid, stint.uniqueid, stint.entered_at, call.from_number)
        for stint in call.stints
        if stint.queue == queue.queue_id and stint.left_at is None
    ]
    others = [waiting for waiting in queue.waiting if waiting.linkedid != call.linkedid]
    if not now and len(others) == len(queue.waiting):
        return queue.waiting
    return tuple(sorted([*others, *now], key=lambda waiting: waiting.entered_at))


def _tallies(queue: Queue, before: Call | None, call: Call, settings: Settings) -> dict[int, Tally]:
    own = settings.queue(queue.queue_id)
    tallies = queue.tallies
    for index, stint in enumerate(call.stints):
        if stint.queue != queue.queue_id:
            continue
        new = stint_tally(call, index, own)
        old = stint_tally(before, index, own) if before is not None and index < len(before.stints) else NOTHING
        if new == old:
            continue
        start = interval_start(stint.entered_at)
        oldest = start - KEPT_INTERVALS_MS
        tallies = {at: tally for at, tally in tallies.items() if at > oldest}
        tallies[start] = tallies.get(start, NOTHING) + new - old
    return tallies
