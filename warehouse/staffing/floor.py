"""The floor of a call centre on a day that is played: who waits, who is free, and what happens next.

`whatif.py` has the rules in words. Events of one instant come in the order of `Kind`; then the free take the waiting.
"""

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from heapq import heappop, heappush

from msgspec.structs import replace

from calls.call import StintOutcome
from warehouse.staffing.day import Caller, Day, Span, busy_spans
from warehouse.staffing.incoming import Incoming

# Before everything: who was never busy has been free for longest.
NEVER = -1


class Kind(IntEnum):
    """What happens, in the order in which it does within one instant."""

    ARRIVES = 0
    ANSWERED = 1  # as the record has it
    DELIVERED = 2
    GIVES_UP = 3
    LOOK = 4  # somebody may be free, or anybody's


class Floor:
    """One day, once: `expect` everybody, then `run`."""

    def __init__(
        self,
        day: Day,
        there: dict[str, tuple[Span, ...]],
        added: frozenset[str],
        removed: frozenset[str],
        handle: float,
    ) -> None:
        self._delivery_ms, self._handle = day.delivery_ms, handle
        self._there = {agent: sorted(spans) for agent, spans in there.items()}
        self._added, self._removed = added, removed
        self._recorded = busy_spans(day.callers)
        self._recorded_starts = {agent: [start for start, _ in spans] for agent, spans in self._recorded.items()}
        self._agents = sorted({*there, *self._recorded} - removed)
        self._events: list[tuple[int, Kind, int]] = []
        self._come: dict[int, Incoming] = {}
        self._ended: dict[int, Caller] = {}
        # In the order of arrival; and who rings for whom, both ways.
        self._waiting: dict[int, None] = {}
        self._rings_for: dict[str, int] = {}
        self._rung_by: dict[int, str] = {}
        self._busy_until: dict[str, int] = {}
        for spans in (*self._there.values(), *self._recorded.values()):
            for start, _ in spans:
                self._tell(start, Kind.LOOK)

    def expect(self, number: int, caller: Incoming) -> None:
        """A caller who will come; numbers follow the order of arrival."""
        self._come[number] = caller
        self._tell(caller.recorded.entered_at, Kind.ARRIVES, number)
        if caller.free_at is not None:
            self._tell(caller.free_at, Kind.LOOK)

    def run(self) -> dict[int, Caller]:
        """What became of each, by number."""
        while self._events:
            now = self._events[0][0]
            while self._events and self._events[0][0] == now:
                _, kind, number = heappop(self._events)
                self._happens(now, kind, number)
            self._take(now)
        for number in self._waiting:
            recorded = self._come[number].recorded
            self._ended[number] = replace(recorded, left_at=None, outcome=None, agent=None, busy_ms=0)
        return self._ended

    def _happens(self, now: int, kind: Kind, number: int) -> None:
        if kind is Kind.ARRIVES:
            self._arrives(number)
        elif kind is not Kind.LOOK and number in self._waiting:
            if kind is Kind.ANSWERED:
                self._answered_as_recorded(now, number)
            elif kind is Kind.DELIVERED:
                self._delivered(now, number)
            else:
                self._leaves(number, now, self._come[number].gives_up)

    def _arrives(self, number: int) -> None:
        caller, recorded = self._come[number], self._come[number].recorded
        if caller.is_refused:
            self._ended[number] = recorded
            return
        self._waiting[number] = None
        if recorded.outcome is StintOutcome.ANSWERED and recorded.agent not in self._removed:
            self._tell(recorded.left_at or 0, Kind.ANSWERED, number)
        if caller.gives_up_at is not None:
            self._tell(max(caller.gives_up_at, recorded.entered_at), Kind.GIVES_UP, number)

    def _answered_as_recorded(self, now: int, number: int) -> None:
        agent = self._come[number].recorded.agent
        if agent is None or self._is_free(agent, now):
            self._answered(now, number, agent)
        else:
            self._come[number] = self._come[number].anybodys(now)

    def _delivered(self, now: int, number: int) -> None:
        """The ring that was to end now; another one, or none, if the caller was taken from it."""
        agent = self._rung_by.get(number)
        if agent is not None and self._busy_until[agent] == now:
            self._answered(now, number, agent)

    def _answered(self, now: int, number: int, agent: str | None) -> None:
        caller = self._come[number]
        busy = round(caller.busy_ms * self._handle)
        self._leaves(number, now, StintOutcome.ANSWERED)
        self._ended[number] = replace(self._ended[number], agent=agent, busy_ms=busy)
        if agent is not None:
            self._busy_until[agent] = now + busy
            self._tell(now + busy, Kind.LOOK)

    def _leaves(self, number: int, now: int, outcome: StintOutcome) -> None:
        del self._waiting[number]
        recorded = self._come[number].recorded
        self._ended[number] = replace(recorded, left_at=now, outcome=outcome, agent=None, busy_ms=0)
        if (ringing := self._rung_by.pop(number, None)) is not None:
            del self._rings_for[ringing]
            self._busy_until[ringing] = now

    def _take(self, now: int) -> None:
        """Who is free takes who waits, in the order of arrival."""
        unrung = [number for number in self._waiting if number not in self._rung_by]
        idle = [agent for agent in self._agents if self._could_ring(agent, now)] if unrung else []
        spare = {agent for agent in idle if self._is_spare(agent, now)}
        there = spare | {agent for agent in idle if _within(self._there.get(agent, ()), now)}
        for number in unrung:
            if (agent := self._longest_free(self._takers(now, number, spare, there))) is not None:
                spare.discard(agent)
                there.discard(agent)
                self._rings(now, number, agent)

    def _takers(self, now: int, number: int, spare: set[str], there: set[str]) -> set[str]:
        caller, recorded = self._come[number], self._come[number].recorded
        if caller.free_at is not None and caller.free_at <= now:
            return there
        if recorded.outcome is StintOutcome.ANSWERED and (recorded.left_at or 0) <= now + self._delivery_ms:
            # The record is as quick.
            return set()
        return spare

    def _longest_free(self, agents: set[str]) -> str | None:
        return min(agents, key=lambda agent: (self._busy_until.get(agent, NEVER), agent), default=None)

    def _rings(self, now: int, number: int, agent: str) -> None:
        self._rings_for[agent], self._rung_by[number] = number, agent
        self._busy_until[agent] = now + self._delivery_ms
        self._tell(now + self._delivery_ms, Kind.DELIVERED, number)

    def _is_free(self, agent: str, now: int) -> bool:
        return agent not in self._rings_for and self._busy_until.get(agent, NEVER) <= now

    def _could_ring(self, agent: str, now: int) -> bool:
        """Free, and not ringing in the record: whom it has answer before a ring would be over is left to it."""
        starts = self._recorded_starts.get(agent, ())
        following = bisect_right(starts, now)
        is_promised = following < len(starts) and starts[following] <= now + self._delivery_ms
        return self._is_free(agent, now) and not is_promised

    def _is_spare(self, agent: str, now: int) -> bool:
        """Whether who is free has time that the record has not."""
        spans = self._there.get(agent, ()) if agent in self._added else self._recorded.get(agent, ())
        return _within(spans, now)

    def _tell(self, at: int, kind: Kind, number: int = NEVER) -> None:
        heappush(self._events, (at, kind, number))


def _within(spans: Sequence[Span], now: int) -> bool:
    """Whether an instant lies in one of these spans, which are in order and do not overlap."""
    number = bisect_right(spans, (now, float("inf")))
    return number > 0 and now < spans[number - 1][1]
