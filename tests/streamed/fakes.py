"""A tiny language, database and log for tests of the order of things: entries say what they do.

`b"CALL 7"` changes call 7, `b"end 7"` ends it, `b"refuse"` is refused by the state, `b"unreadable"` cannot be read,
`b"raise"` makes the reducer raise, `b"misfit"` becomes a row that the database refuses.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from calls.call import Call, Status
from calls.codec import RECORD_VERSION, Entry, Record, encode_record
from calls.events import Event, Position
from calls.live import CallLive
from calls.state import CallChanged, Change, Rejected, State
from calls.views import agent_live, queue_live
from streams.call_rows import Rows
from streams.errors import Fenced, RowsRefused, StreamsError
from streams.partition import Advance, Attempts, Delivery, Partition
from streams.work import Reducer

NOON = 1_795_348_800_000


class Word(Event, frozen=True, kw_only=True):
    """What an entry says."""

    text: str


def record(*texts: str, seq: int = 1, pbx: str = "pbx") -> Record:
    """A record with these entries, numbered from `seq` on."""
    entries = [Entry(number, NOON + number, text.encode()) for number, text in enumerate(texts, seq)]
    return Record(RECORD_VERSION, pbx, "ami", "a", 1, entries)


def delivery(offset: int, *texts: str, partition: int = 0, pbx: str = "pbx") -> Delivery:
    """The record at an offset; its entries are numbered so that no two offsets share a number."""
    value = encode_record(record(*texts, seq=offset * 10 + 1, pbx=pbx))
    return Delivery(partition, offset, pbx.encode(), value)


def _events_of(it: Record) -> Iterator[Event | Rejected]:
    for entry in it.entries:
        pos = Position(it.source, it.ingester, it.epoch, entry.seq)
        if entry.raw == b"unreadable":
            yield Rejected(*pos, event="?", reason="cannot be read")
        else:
            yield Word(pos=pos, at=entry.received, text=entry.raw.decode())


def _advance(state: State, event: Event) -> tuple[State, tuple[Change, ...]]:
    assert isinstance(event, Word)
    verb, _, name = event.text.partition(" ")
    if verb == "raise":
        raise ValueError("the reducer is wrong")
    state = replace(state, version=state.version + 1)
    if verb == "refuse":
        return state, (Rejected(*event.pos, event="Word", reason="not now"),)
    before = state.calls.get(name)
    call = before or Call(name, state.pbx, event.at, "default", from_name=verb)
    call = replace(call, version=state.version, to_number=str(state.version))
    calls = {key: value for key, value in state.calls.items() if key != name}
    if verb == "end":
        call = replace(call, status=Status.ENDED, ended_at=event.at)
    else:
        calls[name] = call
    return replace(state, calls=calls), (CallChanged(call, before, event),)


REDUCER = Reducer(_events_of, _advance, agent_live, queue_live)


class FakeSink:
    """A database that keeps offsets and states, and refuses what `refuse_next` says or a row that names a misfit."""

    def __init__(self) -> None:
        self.offsets: dict[int, int] = {}
        self.states: dict[str, State] = {}
        self.attempts: dict[int, Attempts] = {}
        self.written: list[Rows] = []
        self.refuse_next: list[StreamsError] = []
        self.loads = 0
        self.ended: list[CallLive] = []
        self.before_write: Callable[[], None] = lambda: None

    async def load(self, number: int) -> Partition:
        self.loads += 1
        offset = self.offsets.setdefault(number, 0)
        return Partition(number, offset, dict(self.states), dict(self.attempts))

    async def just_ended(self, pbx: str) -> list[CallLive]:
        return self.ended

    async def load_state(self, partition: Partition, pbx: str) -> State:
        return self.states.get(pbx) or State(pbx=pbx)

    async def write(self, advances: Mapping[int, Advance], rows: Rows) -> None:
        self.before_write()
        if self.refuse_next:
            raise self.refuse_next.pop(0)
        for number, advance in advances.items():
            if self.offsets.get(number, 0) != advance.expected:
                raise Fenced(f"at {self.offsets.get(number)}, not {advance.expected}")
        if any(getattr(row, "from_name", "") == "misfit" for row in rows["call_sessions"]):
            raise RowsRefused("does not fit")
        self.offsets.update({number: advance.following for number, advance in advances.items()})
        self.written.append(rows)

    async def count_attempt(self, number: int, offset: int, reason: str) -> None:
        before = self.attempts.get(offset)
        self.attempts[offset] = Attempts(before.times + 1 if before else 1, reason)


class FakeLog:
    """A log that holds these records; what it does not hold is lost."""

    def __init__(self, held: Sequence[Delivery] = ()) -> None:
        self.held = list(held)
        self.reads: list[tuple[int, int, int]] = []

    async def read(self, number: int, start: int, end: int) -> AsyncGenerator[list[Delivery], None]:
        self.reads.append((number, start, end))
        for it in self.held:
            if it.partition == number and start <= it.offset < end:
                yield [it]

    async def ends(self, partitions: Sequence[int]) -> dict[int, int]:
        return {
            number: max((it.offset + 1 for it in self.held if it.partition == number), default=0)
            for number in partitions
        }
