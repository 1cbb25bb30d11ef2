"""What one transaction will write: records are reduced into it, then it becomes rows, messages and new states. Pure.

However often a call, an agent or a queue changed, only its newest value is written and published. The states that were
given are never touched: a transaction that fails leaves them as they are in the database.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from calls.call import Call
from calls.codec import Record
from calls.events import Event
from calls.form import call_form, iso
from calls.live import AgentLive, CallLive, GapLive, QueueLive, encode_live, gap_key, reject_key
from calls.presence import Interval
from calls.state import (
    Agent,
    AgentChanged,
    CallChanged,
    Change,
    Gap,
    GapChanged,
    Queue,
    QueueChanged,
    Rejected,
    State,
)
from calls.timeline import step
from calls.topics import AGENTS, CALLS, GAPS, QUEUES, REJECTS
from streams.call_rows import Rows, add_call, call_agent, correction_row
from streams.errors import RowsRefused
from streams.live_rows import agent_row, gap_row, interval_row, queue_row, reject_live
from streams.parts import changed_parts
from streams.rows import AgentRow, HealthRow, IntervalRow, PartKey, PartRow, QueueRow, RejectRow, TimelineRow


class Reducer(NamedTuple):
    """The language's functions that are at work here."""

    events_of: Callable[[Record], Iterable[Event | Rejected]]
    advance: Callable[[State, Event], tuple[State, tuple[Change, ...]]]
    agent_live: Callable[[State, Agent], AgentLive]
    queue_live: Callable[[State, Queue], QueueLive]


class Message(NamedTuple):
    """What is published: the newest value of a key on a topic."""

    topic: str
    key: bytes
    value: bytes


class Outcome(NamedTuple):
    """Rows by table, messages, and the new state of each PBX that was touched."""

    rows: Rows
    messages: list[Message]
    states: dict[str, State]


class Work:
    """Reduces records on top of `states`, which must hold every PBX that comes."""

    def __init__(self, reducer: Reducer, states: Mapping[str, State]) -> None:
        self._reducer = reducer
        self._before = states
        self._states: dict[str, State] = {}
        self._heard: dict[str, int] = {}
        self._calls: dict[tuple[str, str], Call] = {}
        self._story: dict[tuple[str, str], list[CallChanged]] = defaultdict(list)
        self._agents: dict[tuple[str, str], Agent] = {}
        self._queues: dict[tuple[str, str], Queue] = {}
        self._spent: list[tuple[str, Agent, Interval]] = []
        self._rejects: list[RejectRow] = []
        self._gaps: list[GapLive] = []
        self.events = 0

    def take(self, record: Record) -> None:
        """Apply a record. Raises whatever the decoder or the reducer raises; this object is of no use afterwards."""
        pbx = record.pbx
        state = self._states.get(pbx) or self._before[pbx]
        advance = self._reducer.advance
        for event in self._reducer.events_of(record):
            if isinstance(event, Rejected):
                self._reject(record, event)
                continue
            state, changes = advance(state, event)
            if changes:
                self._gather(record, changes)
        self._states[pbx] = state
        self.events += len(record.entries)
        if record.entries:
            self._heard[pbx] = record.entries[-1].received

    def take_apart(self, record: Record, reason: str) -> None:
        """Apply a poisonous record entry by entry; those that raise go to the rejects, the others count."""
        for entry in record.entries:
            single = msgspec.structs.replace(record, entries=[entry])
            attempt = Work(self._reducer, {record.pbx: self._states.get(record.pbx) or self._before[record.pbx]})
            try:
                attempt.take(single)
            # Whatever the decoder or the reducer stumbles over, it has done so three times.
            except Exception as error:
                self.reject(single, f"{type(error).__name__}: {error} (before: {reason})")
            else:
                self.take(single)

    def reject(self, record: Record, reason: str) -> None:
        """Put all entries of a record among the rejects; nothing of it is applied."""
        for entry in record.entries:
            self._rejects.append(
                RejectRow(record.pbx, record.source, record.ingester, record.epoch, entry.seq, reason, entry.raw)
            )

    def add_reject(self, row: RejectRow) -> None:
        """Put something that is not even a record among the rejects."""
        self._rejects.append(row)

    def add_gap(self, gap: GapLive) -> None:
        """Note that something was lost for good."""
        self._gaps.append(gap)

    def finish(self) -> Outcome:
        """Everything as rows and messages. Raises RowsRefused for what no row can hold."""
        try:
            return self._finish()
        # Text that is not Unicode, a time after the year 9999: whatever it is, it came with a record.
        except Exception as error:
            raise RowsRefused(f"{type(error).__name__}: {error}") from error

    def _finish(self) -> Outcome:
        rows: Rows = defaultdict(list)
        messages = [
            *self._finish_calls(rows),
            *_keep_newest(self._agent_rows(), rows["agent_extensions"]),
            *_keep_newest(self._queue_rows(), rows["queues"]),
            *map(gap_message, self._gaps),
            *map(reject_message, self._rejects),
        ]
        rows["presence_intervals"].extend(self._interval_rows())
        rows["rejects"].extend(self._rejects)
        rows["gaps"].extend(map(gap_row, self._gaps))
        for pbx, state in self._states.items():
            written, gone = changed_parts(self._before[pbx], state)
            rows["pbx_state"].extend(PartRow(pbx, part.kind, part.key, part.body) for part in written)
            rows["-pbx_state"].extend(PartKey(pbx, name.kind, name.key) for name in gone)
            if pbx in self._heard:
                rows["pbx_health"].append(HealthRow(pbx, iso(self._heard[pbx]), state.version))
        return Outcome(rows, messages, self._states)

    def _gather(self, record: Record, changes: tuple[Change, ...]) -> None:
        pbx = record.pbx
        for change in changes:
            match change:
                case CallChanged(call=call):
                    self._calls[pbx, call.linkedid] = call
                    self._story[pbx, call.linkedid].append(change)
                case AgentChanged(agent, spent):
                    self._agents[pbx, agent.interface] = agent
                    self._spent.extend((pbx, agent, span) for span in spent)
                case QueueChanged(queue):
                    self._queues[pbx, queue.queue_id] = queue
                case GapChanged(gap):
                    self._gap(pbx, gap)
                case Rejected():
                    self._reject(record, change)

    def _gap(self, pbx: str, gap: Gap) -> None:
        """The newest word on a gap: one that begins and ends within a transaction is one row."""
        self._gaps = [it for it in self._gaps if (it.pbx, it.source, it.start) != (pbx, gap.source, gap.start)]
        self._gaps.append(GapLive(pbx, gap.source, gap.cause, gap.start, gap.end))

    def _reject(self, record: Record, it: Rejected) -> None:
        raw = next((entry.raw for entry in record.entries if entry.seq == it.seq), b"")
        self._rejects.append(RejectRow(record.pbx, it.source, it.ingester, it.epoch, it.seq, it.reason, raw))

    def _finish_calls(self, rows: Rows) -> Iterator[Message]:
        for (pbx, linkedid), call in self._calls.items():
            form, agent_id = call_form(call), call_agent(call, self._states[pbx].settings)
            add_call(rows, self._stored(pbx, linkedid), call, form, agent_id)
            rows["corrections"].extend(filter(None, map(correction_row, self._story[pbx, linkedid])))
            if steps := [proof for change in self._story[pbx, linkedid] if (proof := step(change)) is not None]:
                rows["call_timelines"].append(TimelineRow(form.call_id, call.version, steps))
            yield call_message(CallLive(call.version, form, agent_id))

    def _stored(self, pbx: str, linkedid: str) -> Call | None:
        """The call as it is in the database, where it may change any more."""
        before = self._before[pbx]
        return before.calls.get(linkedid) or before.ended.get(linkedid)

    def _agent_rows(self) -> Iterator[AgentRow]:
        for (pbx, _), agent in self._agents.items():
            yield agent_row(self._reducer.agent_live(self._states[pbx], agent))

    def _queue_rows(self) -> Iterator[QueueRow]:
        for (pbx, queue_id), queue in self._queues.items():
            state = self._states[pbx]
            yield queue_row(self._reducer.queue_live(state, queue), state.settings.queue(queue_id).wrapup_s or 0.0)

    def _interval_rows(self) -> Iterable[IntervalRow]:
        newest: dict[tuple[str, str, str], IntervalRow] = {}
        for pbx, agent, span in self._spent:
            row = interval_row(pbx, self._states[pbx].settings, agent, span)
            newest[row.pbx, row.agent_id, row.started_at] = row
        return newest.values()


def state_messages(reducer: Reducer, state: State) -> Iterator[Message]:
    """Everything that is live in a state: what a worker publishes when it takes a PBX over."""
    for agent in state.agents.values():
        yield _live_message(agent_row(reducer.agent_live(state, agent)))
    for queue in state.queues.values():
        yield _live_message(queue_row(reducer.queue_live(state, queue), 0.0))
    for call in state.calls.values():
        yield call_message(CallLive(call.version, call_form(call), call_agent(call, state.settings)))


def call_message(live: CallLive) -> Message:
    """A call as it is published."""
    return Message(CALLS.name, live.call.call_id.encode(), encode_live(live))


def gap_message(gap: GapLive) -> Message:
    """A gap as it is published."""
    return Message(GAPS.name, gap_key(gap).encode(), encode_live(gap))


def reject_message(row: RejectRow) -> Message:
    """A reject as it is published."""
    live = reject_live(row)
    return Message(REJECTS.name, reject_key(live).encode(), encode_live(live))


def _live_message(row: AgentRow | QueueRow) -> Message:
    topic, name = (AGENTS.name, row.agent_id) if isinstance(row, AgentRow) else (QUEUES.name, row.queue_id)
    return Message(topic, f"{row.pbx}:{name}".encode(), bytes(row.live))


def _keep_newest(found: Iterable[AgentRow | QueueRow], rows: list[Struct]) -> Iterator[Message]:
    """One row a key: an agent that is reached on two interfaces would otherwise be written twice in one statement."""
    newest: dict[bytes, tuple[AgentRow | QueueRow, Message]] = {}
    for row in found:
        message = _live_message(row)
        if message.key not in newest or newest[message.key][0].version < row.version:
            newest[message.key] = row, message
    for row, message in newest.values():
        rows.append(row)
        yield message
