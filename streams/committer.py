"""A run of deliveries becomes one transaction: decode, reduce, write, and only then believe it and publish it.

What makes this fail is told apart: a record that cannot be reduced is known by its offset; when PostgreSQL refuses the
rows, the run is committed record by record to find out which it is. What failed often enough goes to the rejects.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from calls.codec import Record, decode_record
from calls.errors import BadRecord
from calls.live import CallLive, GapLive
from calls.state import State
from streams.call_rows import Rows
from streams.errors import PoisonRecord, RowsRefused
from streams.meters import Meters
from streams.partition import Advance, Delivery, Partition
from streams.rows import RejectRow
from streams.work import Message, Reducer, Work, call_message, gap_message, state_messages

# A record that failed three times is not going to succeed: what is bad in it goes to the rejects, and the rest goes on.
MAX_ATTEMPTS = 3
# What the rows of gaps say of records that were gone before they were read.
KAFKA, LOST = "kafka", "records lost in Kafka"

Publish = Callable[[Iterable[Message]], None]
Held = Mapping[int, Partition]


class SinkLike(Protocol):
    """What is asked of the database; `sink.Sink` in the process."""

    async def load(self, number: int) -> Partition: ...
    async def load_state(self, partition: Partition, pbx: str) -> State: ...
    async def just_ended(self, pbx: str) -> list[CallLive]: ...
    async def write(self, advances: Mapping[int, Advance], rows: Rows) -> None: ...
    async def count_attempt(self, number: int, offset: int, reason: str) -> None: ...


class Committer:
    """Commits runs of deliveries of held partitions. Not for use by two tasks at once."""

    def __init__(
        self,
        sink: SinkLike,
        reducer: Reducer,
        publish: Publish,
        meters: Meters,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._reducer = reducer
        self._publish = publish
        self._meters = meters
        self._clock = clock

    async def commit(self, held: Held, run: Sequence[Delivery]) -> None:
        """Apply a run, in order per partition, and move the held partitions on. An offset left out is lost for good.

        Raises Retry, PoisonRecord or Unfit; what came before a record whose rows were refused has then been applied.
        """
        try:
            await self._commit(held, run, reject=False)
        except RowsRefused as error:
            if len(run) > 1:
                for delivery in run:
                    await self.commit(held, [delivery])
            elif _is_hopeless(held, run[0]):
                await self._commit(held, run, reject=True)
            else:
                raise PoisonRecord(run[0].partition, run[0].offset, str(error)) from error

    async def publish_all(self, partition: Partition) -> None:
        """Publish everything that is live in a partition, as who takes it over must. Raises Retry."""
        # First: they are told of once, by who loaded the partition when they were noted.
        self._publish(map(gap_message, partition.gaps))
        for state in partition.states.values():
            await self._publish_state(state)

    async def commit_loss(self, partition: Partition, end: int) -> None:
        """Move a partition on to `end`: the log holds nothing before it any more."""
        work = Work(self._reducer, partition.states)
        self._lose(work, partition, partition.next_offset, end)
        await self._write({partition.number: partition}, work, {partition.number: end})

    async def _commit(self, held: Held, run: Sequence[Delivery], reject: bool) -> None:
        records = [(delivery, _decoded(delivery)) for delivery in run]
        await self._load_missing(held, records)
        work = Work(self._reducer, {pbx: state for it in held.values() for pbx, state in it.states.items()})
        following: dict[int, int] = {}
        for delivery, record in records:
            partition = held[delivery.partition]
            expected = following.get(partition.number, partition.next_offset)
            if delivery.offset > expected:
                self._lose(work, partition, expected, delivery.offset)
            self._take(work, partition, delivery, record, reject)
            following[partition.number] = delivery.offset + 1
        await self._write(held, work, following)
        self._meters.records.inc(len(run))

    async def _load_missing(self, held: Held, records: Sequence[tuple[Delivery, Record | BadRecord]]) -> None:
        for delivery, record in records:
            partition = held[delivery.partition]
            if isinstance(record, Record) and record.pbx not in partition.states:
                state = await self._sink.load_state(partition, record.pbx)
                await self._publish_state(state)
                partition.states[record.pbx] = state

    async def _publish_state(self, state: State) -> None:
        self._publish(map(call_message, await self._sink.just_ended(state.pbx)))
        self._publish(state_messages(self._reducer, state))

    def _take(
        self, work: Work, partition: Partition, delivery: Delivery, record: Record | BadRecord, reject: bool
    ) -> None:
        tried = partition.attempts.get(delivery.offset)
        hopeless = tried is not None and tried.times >= MAX_ATTEMPTS
        if isinstance(record, BadRecord):
            if not hopeless:
                raise PoisonRecord(*delivery[:2], str(record)) from record
            work.add_reject(_undecodable(delivery, str(record)))
        elif reject:
            work.reject(record, tried.reason if tried else "")
        elif hopeless:
            work.take_apart(record, tried.reason if tried else "")
        else:
            try:
                work.take(record)
            # The reducer never raises for an event it knows; what happens otherwise must not be acknowledged to Kafka.
            except Exception as error:
                raise PoisonRecord(*delivery[:2], f"{type(error).__name__}: {error}") from error

    def _lose(self, work: Work, partition: Partition, start: int, end: int) -> None:
        detail: dict[str, int | str] = {"partition": partition.number, "from": start, "to": end}
        for pbx in partition.states or [""]:
            work.add_gap(GapLive(pbx, KAFKA, LOST, None, None, detail))
        self._meters.lost.inc(end - start)

    async def _write(self, held: Held, work: Work, following: Mapping[int, int]) -> None:
        outcome = work.finish()
        advances = {number: Advance(held[number].next_offset, offset) for number, offset in following.items()}
        await self._sink.write(advances, outcome.rows)
        for number, offset in following.items():
            partition = held[number]
            partition.next_offset = offset
            partition.moved_at = self._clock()
            partition.states.update((pbx, outcome.states[pbx]) for pbx in partition.states if pbx in outcome.states)
        self._publish(outcome.messages)
        self._meters.events.inc(work.events)
        self._meters.rejects.inc(len(outcome.rows["rejects"]))
        self._meters.corrections.inc(len(outcome.rows["corrections"]))
        self._meters.transactions.inc()


def _decoded(delivery: Delivery) -> Record | BadRecord:
    try:
        return decode_record(delivery.value or b"")
    except BadRecord as error:
        return error


def _is_hopeless(held: Held, delivery: Delivery) -> bool:
    tried = held[delivery.partition].attempts.get(delivery.offset)
    return tried is not None and tried.times >= MAX_ATTEMPTS


def _undecodable(delivery: Delivery, reason: str) -> RejectRow:
    """Bytes that are no record have no position of their own: the one in Kafka stands for it."""
    pbx = (delivery.key or b"").decode("utf-8", "replace")
    return RejectRow(pbx, "kafka", "", delivery.partition, delivery.offset, reason, delivery.value or b"")
