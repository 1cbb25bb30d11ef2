"""A recorded day played again with something changed; with nothing changed it is that day, stint by stint. Pure.

The record stands where it still can: a caller is answered at the recorded instant by the recorded agent if that one is
there and free. Who is free although the record has it busy with this queue, and who was added, takes whoever has waited
longest. A caller whose agent is gone, or busy at that instant, takes the next who is there and free, in the order of
arrival; so do callers who are added, and those who now wait beyond the recorded end of their patience. Each of these
takes the day's usual time of delivery. Nobody waits beyond their patience: the recorded one of who hung up, else one of
the day's curve, drawn by the caller's name and the seed, so that two runs differ by what was changed alone.
"""

from msgspec import Struct, field

from warehouse.staffing.day import Caller, Day, Span
from warehouse.staffing.floor import Floor
from warehouse.staffing.incoming import Incoming, incoming


class Change(Struct, frozen=True):
    """What is different. `added`: agents, each from and until then, ms. Factors are of the number of calls, of how long
    an agent is busy with each, and of how long callers wait before they give up.
    """

    removed: frozenset[str] = frozenset()
    added: tuple[Span, ...] = ()
    calls: float = 1.0
    handle: float = 1.0
    patience: float = 1.0
    seed: int = 1


NOTHING_CHANGED = Change()


class Played(Struct, frozen=True):
    """What became of each caller, in the order in which they entered, and when each agent was there."""

    callers: tuple[Caller, ...]
    there: dict[str, tuple[Span, ...]] = field(default_factory=dict)


def play(day: Day, change: Change = NOTHING_CHANGED) -> Played:
    """The day with the change in it."""
    there = staffed(day, change)
    added = frozenset(there) - frozenset(day.there)
    come = incoming(day, change.calls, change.patience, change.seed)
    floor = Floor(day, there, added, change.removed, change.handle)
    for number, caller in enumerate(come):
        floor.expect(number, as_gone(caller, change.removed))
    ended = floor.run()
    return Played(tuple(ended[number] for number in range(len(come))), there)


def as_gone(caller: Incoming, removed: frozenset[str]) -> Incoming:
    """A caller of an agent who is not there on that day is anybody's from the beginning."""
    return caller.anybodys(caller.recorded.entered_at) if caller.recorded.agent in removed else caller


def staffed(day: Day, change: Change) -> dict[str, tuple[Span, ...]]:
    """When each agent is there."""
    stay = {agent: spans for agent, spans in day.there.items() if agent not in change.removed}
    return stay | {f"added {number}": (span,) for number, span in enumerate(change.added, 1)}
