"""The archive of one PBX through the reducer, in the order of the log: what each call of a span comes to.

How the log is cut into frames, records and files makes no difference: reading stops at an entry. Only open calls are in
memory; those that are over go to the spool, and again when a file tells more of them. Reads; writes only the spool.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from calls.call import Call
from calls.codec import Record
from calls.state import CallChanged, Change, Rejected, State
from calls.timeline import Step, step
from streams.call_rows import call_agent, correction_row
from streams.rebuild.spool import Derived, Span, Spool
from streams.rows import CorrectionRow
from streams.work import Reducer

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
# No call that matters lasts longer: what was open when the span began has begun after this.
LEAD_MS = DAY_MS
# A file's lines come seconds after a call's end, as a rule.
FOLLOW_MS = HOUR_MS
# Files that could not be read over a weekend and a holiday still make their calls final.
FOLLOW_AT_MOST_MS = 7 * DAY_MS


class Told(Struct):
    """What was read of one PBX: entries, the events in them, how many were refused, and entries that made us stumble.

    `until` is when the last of them was received, in ms since the epoch.
    """

    entries: int = 0
    events: int = 0
    refused: int = 0
    stumbled: int = 0
    until: int = 0


def derive(reducer: Reducer, pbx: str, records: Iterable[Record], span: Span, spool: Spool) -> Told:
    """Put the calls of the span, and those of the days around it, into the spool; how much was read.

    `records` begin where everything is known (`asterisk.archive`). They are read until the calls of the span are over
    and the PBX's files have told of them, an hour at least and a week at most behind the span. Calls that are open even
    then are put as they are.
    """
    return Derivation(reducer, State(pbx=pbx), span, spool).run(records)


class _Reduced(NamedTuple):
    """What a record came to: the state after it, and its changed calls, each with the agent who is on it."""

    state: State
    events: int
    refused: int
    changed: list[tuple[CallChanged, str | None]]


class _Story(NamedTuple):
    """What has been told of a call so far."""

    steps: list[Step]
    corrections: list[CorrectionRow]


class Derivation:
    """One run of `derive`."""

    def __init__(self, reducer: Reducer, state: State, span: Span, spool: Spool) -> None:
        self._reducer = reducer
        self._state = state
        self._span = span
        self._spool = spool
        self._told = Told()
        self._stories: dict[str, _Story] = {}

    def run(self, records: Iterable[Record]) -> Told:
        """Everything until nothing more can come."""
        for record in records:
            for piece in self._pieces(record):
                if self._is_done(piece):
                    self._put_open()
                    return self._told
                self._take(piece)
        self._put_open()
        return self._told

    def _pieces(self, record: Record) -> Iterator[Record]:
        """Behind the span entry by entry, so that reading ends at the same one however the log was packed."""
        if not record.entries:
            return
        if record.entries[-1].received < self._span.end + FOLLOW_MS:
            yield record
        else:
            yield from _single(record)

    def _is_done(self, record: Record) -> bool:
        behind = record.entries[-1].received - self._span.end
        return behind >= FOLLOW_AT_MOST_MS or (behind >= FOLLOW_MS and not self._is_owed())

    def _is_owed(self) -> bool:
        """Whether the span's calls may change yet: some are open, or files that speak of them were not read."""
        state = self._state
        calls = (*state.calls.values(), *state.ended.values())
        told = (it.records[0].at if it.records else it.entries[0].at for it in state.evidence.values())
        lost = (gap.start for gap in state.filing.lost.values())
        return any(self._is_meant(it.started_at) for it in calls) or any(it < self._span.end for it in (*told, *lost))

    def _is_meant(self, started_at: int) -> bool:
        return self._span.start <= started_at < self._span.end

    def _take(self, record: Record) -> None:
        told = self._told
        told.entries += len(record.entries)
        told.until = max(told.until, record.entries[-1].received)
        try:
            reduced = [self._reduce(self._state, record)]
        # As in the live path: one entry that makes us stumble does not take the others with it.
        except Exception:
            reduced = list(self._one_by_one(record))
        for it in reduced:
            self._state = it.state
            told.events += it.events
            told.refused += it.refused
            for change, agent_id in it.changed:
                self._keep(change, agent_id, record.entries[-1].received)

    def _one_by_one(self, record: Record) -> Iterator["_Reduced"]:
        state = self._state
        for single in _single(record):
            try:
                reduced = self._reduce(state, single)
            except Exception:
                self._told.stumbled += 1
            else:
                state = reduced.state
                yield reduced

    def _reduce(self, state: State, record: Record) -> "_Reduced":
        events, refused = 0, 0
        changed: list[tuple[CallChanged, str | None]] = []
        for event in self._reducer.events_of(record):
            events += 1
            changes: Sequence[Change] = (event,) if isinstance(event, Rejected) else ()
            if not isinstance(event, Rejected):
                state, changes = self._reducer.advance(state, event)
            for change in changes:
                if isinstance(change, CallChanged):
                    changed.append((change, call_agent(change.call, state.settings)))
                elif isinstance(change, Rejected):
                    refused += 1
        return _Reduced(state, events, refused, changed)

    def _keep(self, change: CallChanged, agent_id: str | None, received: int) -> None:
        call = change.call
        if not self._span.start - LEAD_MS <= call.started_at < self._span.end + LEAD_MS:
            return
        story = self._story(call.call_id)
        if (found := step(change)) is not None:
            story.steps.append(found)
        if (put_right := correction_row(change)) is not None:
            story.corrections.append(put_right)
        if call.ended_at is not None:
            self._put(call, agent_id, received)

    def _story(self, call_id: str) -> "_Story":
        if call_id not in self._stories:
            known = self._spool.get(call_id)
            self._stories[call_id] = _Story([], []) if known is None else _Story(known.steps, known.corrections)
        return self._stories[call_id]

    def _put(self, call: Call, agent_id: str | None, received: int) -> None:
        self._spool.put(Derived(call, agent_id, received, *self._story(call.call_id)))
        del self._stories[call.call_id]

    def _put_open(self) -> None:
        for call in self._state.calls.values():
            if self._is_meant(call.started_at):
                self._put(call, call_agent(call, self._state.settings), self._told.until)


def _single(record: Record) -> Iterator[Record]:
    return (replace(record, entries=[entry]) for entry in record.entries)
