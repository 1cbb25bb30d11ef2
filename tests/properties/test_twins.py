"""Two ingesters of one PBX that numbers its events tell the same calls as one, whichever of them was down, and when.

Recordings are played to both of them. Each hears the events in the PBX's order, may be seconds later than the other one
in Kafka, and drops out for spans that leave no moment to none.
"""

import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from asterisk.ami import event_name
from asterisk.decode import Link, events_of
from asterisk.recording import read_records
from asterisk.replay import Replay, replay_records
from calls.apply import Result
from calls.codec import Entry, Record
from calls.events import Event, Position
from calls.form import CallForm, call_form
from calls.listeners import LINKS, PATIENCE_MS
from calls.listeners import heard as heard_of
from calls.reducer import advance
from calls.resync import CLOCKS_MS
from calls.state import Gap, GapChanged, State

SCENARIOS = Path(__file__).parents[1] / "scenarios"
# In these the PBX itself goes down, or is heard twice.
LEFT_OUT = {"s25_ami_drop_and_reconnect", "s30_core_restart_now", "s31_kill9"}
NAMES = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir() and path.name not in LEFT_OUT)
SHORT = [name for name in NAMES if name != "load_300"]
FIRST_NUMBER = (1 << 32) - 200
LATEST_MS = 3000
BEFORE_MS = 5000
# Long before any of the recordings.
UP_SINCE_MS = 1_700_000_000_000


class Span(NamedTuple):
    """From when to when an ingester is down, and when it says so, ms: at once, or if it was killed when it is back."""

    start: int
    until: int
    noted: int


class Heard(NamedTuple):
    """A record of an ingester, and when it comes to Kafka."""

    at: int
    record: Record


@cache
def packets(name: str) -> tuple[Entry, ...]:
    """A recording's events, numbered as Asterisk does it; what it answered to whoever recorded it is left out.

    Each second number is of an event that was held back, some neighbours were numbered the wrong way round, and soon
    the counter runs over.
    """
    rng = random.Random(name)
    entries = [it for record in read_records(SCENARIOS / name / "session.ami.gz") for it in record.entries]
    told = [it for it in entries if b"\r\nTimestamp: " in it.raw and event_name(it.raw)]
    numbers = [FIRST_NUMBER + 2 * place for place in range(len(told))]
    for place in range(0, len(numbers) - 1, 2):
        if rng.random() < 0.1:
            numbers[place], numbers[place + 1] = numbers[place + 1], numbers[place]
    return tuple(it._replace(raw=numbered(it.raw, number)) for it, number in zip(told, numbers, strict=True))


def numbered(raw: bytes, number: int) -> bytes:
    """A packet with its number, where and as Asterisk writes it: behind the time, as a C int."""
    signed = (number + (1 << 31)) % (1 << 32) - (1 << 31)
    before, stamp, after = raw.partition(b"\r\nTimestamp: ")
    value, end, rest = after.partition(b"\r\n")
    return before + stamp + value + b"\r\nSequenceNumber: %d" % signed + end + rest


class Ingester:
    """One of the two, and what it has written."""

    def __init__(self, name: str, rng: random.Random, latest_ms: int = LATEST_MS) -> None:
        self.written: list[Heard] = []
        self._name, self._rng, self._latest_ms = name, rng, latest_ms
        self._epoch = self._seq = self._arrival = 0

    def listens(self, heard: tuple[Entry, ...], down: list[Span]) -> None:
        """To all of this, but for when it is down. It comes back even if that is after the end of the recording."""
        rest = list(down)
        self._logs_in(heard[0].received - BEFORE_MS)
        for packet in heard:
            while rest and packet.received >= rest[0].until:
                self._comes_back(rest.pop(0))
            if not rest or packet.received < rest[0].start:
                self._write("ami", packet.received, packet.raw)
        for span in rest:
            self._comes_back(span)

    def _comes_back(self, span: Span) -> None:
        self._notes(Link("ami", span.start, "the cable"), span.noted)
        self._logs_in(span.until)

    def _logs_in(self, at: int) -> None:
        """It hears that the PBX has been up for long, and lists of nothing: to be believed only if it is alone."""
        self._epoch, self._seq = at, 0
        self._notes(Link("ami", at), at)
        uptime = (at - UP_SINCE_MS) // 1000
        self._write("ami", at, b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: %d" % uptime)
        self._write("ami", at, b"Event: QueueStatusComplete\r\nEventList: Complete\r\nListItems: 0")
        self._write("ami", at, b"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\nListItems: 0")

    def _notes(self, link: Link, at: int) -> None:
        self._write("link", at, msgspec.json.encode(link))

    def _write(self, source: str, at: int, raw: bytes) -> None:
        self._arrival = max(self._arrival, at + self._rng.choice((0, 15, 15, self._rng.randint(0, self._latest_ms))))
        self._seq += 1
        # A note's epoch is the moment; the same one may bring two.
        epoch = self._epoch if source == "ami" else at * 1000 + self._seq
        self.written.append(
            Heard(self._arrival, Record(1, "lab1", source, self._name, epoch, [Entry(self._seq, at, raw)]))
        )


def by_turns(rng: random.Random, begin: int, end: int) -> tuple[list[Span], list[Span]]:
    """When each of the two is down: one after the other, and never so soon that no moment is left to both.

    Nor so long that the other one, if it still waits to be seen among what this one told, does not wait for its word.
    """
    found: tuple[list[Span], list[Span]] = ([], [])
    at = begin + rng.randint(0, 2000)
    while at < end:
        until = at + rng.randint(200, PATIENCE_MS - LATEST_MS)
        rng.choice(found).append(Span(at, until, rng.choice((at, until))))
        at = until + LATEST_MS + rng.randint(500, 5000)
    return found


def brought(*ingesters: Ingester) -> list[Record]:
    """What they bring to Kafka, in the order in which it comes there."""
    written = [it for ingester in ingesters for it in ingester.written]
    return [it.record for it in sorted(written, key=lambda it: it.at)]


@cache
def alone(name: str) -> Replay:
    """What one ingester that is never down comes to."""
    only = Ingester("a", random.Random(0), latest_ms=0)
    only.listens(packets(name), [])
    return replay_records(brought(only))


def forms(replay: Replay) -> dict[str, CallForm]:
    """The calls, as they are told to anybody."""
    return {call_id: call_form(call) for call_id, call in replay.calls.items()}


def refused(replay: Replay) -> Counter[tuple[str, str]]:
    """What was refused, and why."""
    return Counter((it.event, it.reason) for it in replay.rejects)


def assert_same(name: str, rng: random.Random) -> None:
    """Two ingesters come to what one does."""
    heard = packets(name)
    both = Ingester("a", rng), Ingester("b", rng)
    for ingester, down in zip(both, by_turns(rng, heard[0].received, heard[-1].received), strict=True):
        ingester.listens(heard, down)
    records = brought(*both)
    # What comes twice changes nothing, here as ever.
    place = rng.randrange(len(records))
    replay = replay_records([*records[:place], *records[max(0, place - 50) :]])
    assert forms(replay) == forms(alone(name))
    assert refused(replay) == refused(alone(name))
    assert replay.gaps == []


@pytest.mark.parametrize("name", NAMES)
def test_two_tell_what_one_does(name: str) -> None:
    assert_same(name, random.Random(name))


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_two_tell_what_one_does_whenever_they_are_down(name: str, rng: random.Random) -> None:
    assert_same(name, rng)


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_a_state_that_was_stored_at_any_point_goes_on_the_same(name: str, rng: random.Random) -> None:
    heard = packets(name)
    both = Ingester("a", rng), Ingester("b", rng)
    for ingester, down in zip(both, by_turns(rng, heard[0].received, heard[-1].received), strict=True):
        ingester.listens(heard, down)
    kept = restarted = State(pbx="lab1")
    for record in brought(*both):
        for event in events_of(record):
            assert isinstance(event, Event)
            kept, expected = advance(kept, event)
            if rng.random() < 0.1:
                restarted = msgspec.msgpack.decode(msgspec.msgpack.encode(restarted), type=State)
            restarted, changes = advance(restarted, event)
            assert changes == expected
    assert restarted == kept


@given(st.sampled_from(SHORT), st.integers(0, 4000), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_while_both_are_down_there_is_a_gap(name: str, later: int, rng: random.Random) -> None:
    heard = packets(name)
    begin = heard[0].received + LATEST_MS
    down = Span(begin, begin + 10_000, begin), Span(begin + later, begin + later + 20_000, begin + later)
    both = Ingester("a", rng), Ingester("b", rng)
    for ingester, span in zip(both, down, strict=True):
        ingester.listens(heard, [span])
    (gap,) = replay_records(brought(*both)).gaps
    # The one whose word comes last says since when; the other may have been heard a little longer.
    assert gap.start in (down[0].start, down[1].start)
    assert gap == Gap("ami", "the cable", gap.start, down[0].until)


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_each_event_counts_once_or_a_gap_was_told_also_when_both_are_down(name: str, rng: random.Random) -> None:
    heard = packets(name)
    both = Ingester("a", rng), Ingester("b", rng)
    for ingester in both:
        ingester.listens(heard, at_will(rng, heard[0].received, heard[-1].received))
    fold = Fold()
    at = {}
    for record in brought(*both):
        for event in events_of(record):
            assert isinstance(event, Event)
            fold.hears(event)
            if event.sequence is not None:
                at[event.sequence] = event.at
    assert [number for number, times in fold.counted.items() if times > 1] == []
    held = {it.sequence for listener in fold.state.listeners.values() for it in listener.held}
    for number in at.keys() - fold.counted.keys() - held:
        assert any(
            it.start - CLOCKS_MS <= at[number] and (it.end is None or at[number] <= it.end + CLOCKS_MS)
            for it in fold.gaps.values()
        )


def at_will(rng: random.Random, begin: int, end: int) -> list[Span]:
    """When an ingester is down, whatever becomes of the other one."""
    found = []
    at = begin + rng.randint(0, 6000)
    while at < end:
        until = at + rng.choice((rng.randint(50, 1500), rng.randint(200, 7000)))
        found.append(Span(at, until, rng.choice((at, until))))
        at = until + rng.choice((rng.randint(50, 1500), rng.randint(500, 8000)))
    return found


class Fold:
    """The reducer, and how often it was given each numbered event."""

    def __init__(self) -> None:
        self.state = State(pbx="lab1")
        self.counted: Counter[int] = Counter()
        self.gaps: dict[int, Gap] = {}
        self._taken = 0

    def hears(self, event: Event) -> None:
        epoch, _ = self.state.positions.get(self._source(event), (0, 0))
        positions = {**self.state.positions, self._source(event): (event.pos.epoch, event.pos.seq)}
        state = replace(self.state, positions=positions)
        link = LINKS.get(type(event))
        self.state, changes = (
            link(state, event, self._take) if link else heard_of(state, event, event.pos.epoch > epoch, self._take)
        )
        self.gaps |= {it.gap.start: it.gap for it in changes if isinstance(it, GapChanged)}

    def _source(self, event: Event) -> str:
        return f"{event.pos.source}/{event.pos.ingester}"

    def _take(self, state: State, event: Event) -> Result:
        """As the reducer takes it: as one of a source of which there is but one."""
        self._taken += 1
        if event.sequence is not None:
            self.counted[event.sequence] += 1
        state = replace(state, heard_at=max(state.heard_at, event.at))
        return advance(state, replace(event, pos=Position("one", "", 0, self._taken)))
