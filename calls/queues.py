"""A queue's live state after one of its calls changed: who waits, and the facts by quarter of an hour. Pure."""

from collections.abc import Iterator

from msgspec.structs import replace

from calls.call import Call
from calls.settings import QueueSettings, Settings
from calls.state import KEPT_INTERVALS_MS, Queue, Waiting
from calls.tally import NOTHING, Tally, interval_start, stint_tally


def touched(before: Call | None, call: Call) -> set[str]:
    """The queues whose live state may differ: those of stints, where stints, legs or missed rings changed."""
    if before is not None and before.stints is call.stints and before.missed is call.missed:
        if before.legs is call.legs:
            return set()
        return {call.stints[leg.stint].queue for leg in call.legs if leg.stint is not None}
    known = before.stints if before is not None else ()
    return {stint.queue for stint in (*known, *call.stints)}


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
    if before is not None and len(before.stints) > len(call.stints):  # one became another call's
        for start, tally in _facts(before, queue.queue_id, own):
            tallies = {**tallies, start: tallies.get(start, NOTHING) - tally}
        before = None
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


def _facts(call: Call, queue_id: str, own: QueueSettings) -> Iterator[tuple[int, Tally]]:
    for index, stint in enumerate(call.stints):
        if stint.queue == queue_id:
            yield interval_start(stint.entered_at), stint_tally(call, index, own)
