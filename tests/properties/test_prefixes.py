"""Whoever stops anywhere in a recording has the same state live and in batch.

Live is what a worker does: record by record into transactions, each from the parts of the state that the one before it
stored. Batch is one replay from the beginning.
"""

import random
from collections.abc import Iterable, Iterator

import pytest
from properties.test_reducer import SHORT, entries, events, record

from asterisk.decode import events_of, is_read
from asterisk.replay import replay_records
from calls.codec import Entry, Record
from calls.form import call_form
from calls.live import decode_call
from calls.reducer import advance
from calls.state import State
from calls.topics import CALLS
from calls.views import agent_live, queue_live
from streams.parts import Part, changed_parts, join
from streams.work import Reducer, Work

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
BRIEF = [name for name in SHORT if len(entries(name)) < 600]
SEED, PREFIXES = 20261126, 200


class Live:
    """A worker that forgets everything between two transactions but what it stored."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], Part] = {}
        self.calls: dict[str, object] = {}

    @property
    def state(self) -> State:
        """The state as it is stored."""
        return join("lab1", self._stored.values())

    def take(self, *some: Record) -> None:
        """One transaction."""
        before = self.state
        work = Work(REDUCER, {"lab1": before})
        for it in some:
            work.take(it)
        outcome = work.finish()
        written, gone = changed_parts(before, outcome.states["lab1"])
        self._stored |= {(part.kind, part.key): part for part in written}
        for name in gone:
            del self._stored[name.kind, name.key]
        for message in outcome.messages:
            if message.topic == CALLS.name:
                self.calls[message.key.decode()] = decode_call(message.value).call


@pytest.mark.parametrize("name", BRIEF)
def test_each_prefix_of_a_recording(name: str) -> None:
    """Packets that nobody reads change nothing, so the prefixes that end in them are those before."""
    whole, live, start = entries(name), Live(), 0
    for end, entry in enumerate(whole, 1):
        if not is_read(entry.raw):
            continue
        live.take(record(whole[start:end]))
        start = end
        batch = replay_records([record(whole[:end])])
        assert live.state == batch.states["lab1"]
        assert live.calls == {key: call_form(call) for key, call in batch.calls.items()}


def test_random_prefixes_of_the_load() -> None:
    whole, live, start = entries("load_300"), Live(), 0
    chance = random.Random(SEED)
    for end in sorted(chance.sample(range(1, len(whole)), PREFIXES)):
        for some in _pieces(whole[start:end], chance):
            live.take(record(some))
        start = end
        assert live.state == _folded(end)


def _pieces(whole: tuple[Entry, ...], chance: random.Random) -> Iterator[tuple[Entry, ...]]:
    """As a worker gets them: in batches, now and then with something that it had already."""
    start = 0
    while start < len(whole):
        size = chance.randint(20, 400)
        yield whole[max(0, start - chance.choice((0, 0, 50))) : start + size]
        start += size


def _folded(packets: int) -> State:
    state = State(pbx="lab1")
    for event in _before(packets):
        state, _ = advance(state, event)
    return state


def _before(packets: int) -> Iterable[object]:
    last = entries("load_300")[packets - 1].seq
    return (event for event in events("load_300") if event.pos.seq <= last)
