"""Properties of the fold with the PBX's files in it: stops, redelivery and which source is ahead change nothing.

The first mark is before everything: what has ended before files were read at all stays as AMI told of it.
"""

import random
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from filed import FILES, SOURCES, cut, interleaved
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from properties.test_prefixes import Live
from scenarios.test_files import GAPS, ONE_SESSION, ended, expected
from scenarios.test_recordings import CUT_SHORT, records

from asterisk.decode import events_of
from asterisk.recording import mark, read_lines
from asterisk.replay import MARKS, replay_records
from calls.codec import Record
from calls.evidence import linked_of
from calls.form import call_form
from calls.reducer import advance
from calls.state import Rejected, State

# Those of which AMI heard every call from its first word to its last.
WHOLE = [it for it in ONE_SESSION if it.name not in (*GAPS, "load_300")]
OVER = [it for it in WHOLE if it.name not in CUT_SHORT]
chance = st.randoms(use_true_random=False)


@cache
def packets(folder: Path) -> tuple[Record, ...]:
    """The packets of a recording, each a record of its own."""
    return tuple(_single(records(folder)))


def _single(some: Iterator[Record]) -> Iterator[Record]:
    return (replace(it, entries=[entry]) for it in some for entry in it.entries)


def heard(folder: Path, rng: random.Random) -> list[Record]:
    """Packets and lines as they came, of a session that was perhaps deaf for a while."""
    some = cut(records(folder), rng) if rng.random() < 0.5 else records(folder)
    return list(interleaved(some, folder))


@given(st.sampled_from(WHOLE), chance)
@settings(max_examples=25)
def test_who_stops_anywhere_goes_on_the_same(folder: Path, rng: random.Random) -> None:
    """In transactions of any size, each from the stored state, now and then with what it had already."""
    order, live, start = heard(folder, rng), Live(), 0
    while start < len(order):
        end = start + rng.randint(1, 60)
        live.take(*order[max(0, start - rng.choice((0, 0, 40))) : end])
        if rng.random() < 0.05:
            assert live.state == replay_records(order[:end]).states["lab1"]
        start = end
    whole = replay_records(order)
    assert live.state == whole.states["lab1"]
    assert live.calls == {key: call_form(call) for key, call in whole.calls.items()}


@given(st.sampled_from(WHOLE), chance)
@settings(max_examples=25)
def test_the_index_of_what_files_said_follows_from_it(folder: Path, rng: random.Random) -> None:
    state = State(pbx="lab1")
    for event in chain.from_iterable(map(events_of, heard(folder, rng))):
        assert not isinstance(event, Rejected)
        state, _ = advance(state, event)
        assert state.linked == linked_of(state.evidence.values())


@given(st.sampled_from(OVER), chance)
@settings(max_examples=25)
def test_nothing_is_kept_of_what_is_over(folder: Path, rng: random.Random) -> None:
    state = replay_records(heard(folder, rng)).states["lab1"]
    assert (state.calls, state.ended, state.evidence, state.linked) == ({}, {}, {}, {})


@given(st.sampled_from(WHOLE), chance)
@settings(max_examples=40)
def test_which_source_is_ahead_makes_no_difference(folder: Path, rng: random.Random) -> None:
    """AMI, queue_log and CEL each in its own order, shuffled; marks only behind all."""
    sources = [packets(folder), *(tuple(_single(read_lines(folder / FILES[it], it, "lab1"))) for it in SOURCES)]
    turns = [turn for it in sources for turn in [iter(it)] * len(it)]
    rng.shuffle(turns)
    at = packets(folder)[0].entries[0].received
    marks = [mark("lab1", SOURCES, number, at) for number in range(1, MARKS + 2)]
    assert ended(replay_records([marks[0], *map(next, turns), *marks[1:]])) == expected(folder)


@given(st.sampled_from(WHOLE), chance, st.tuples(*[st.sampled_from((0, 250, 1000, 6000))] * 3))
@settings(max_examples=40)
def test_sources_may_lag_by_seconds(folder: Path, rng: random.Random, most: tuple[int, ...]) -> None:
    lags = dict(zip(("ami", *SOURCES), most, strict=True))
    order = interleaved(records(folder), folder, lambda source: rng.randint(0, lags[source]))
    assert ended(replay_records(order)) == expected(folder)
