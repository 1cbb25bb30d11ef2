"""Properties of the whole fold: chunking, duplication, restarts and strangers change nothing."""

import gzip
import random
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterisk.ami import PacketBuffer
from asterisk.decode import events_of
from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.codec import Entry, Record, decode_record, encode_record
from calls.events import Event
from calls.reducer import advance
from calls.state import CallChanged, State
from calls.tally import NOTHING, Tally, interval_start, stint_tally

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHORT = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir() and path.name != "load_300")


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The packets of a recording."""
    return tuple(entry for record in read_records(SCENARIOS / name / "session.ami.gz") for entry in record.entries)


@cache
def events(name: str) -> tuple[Event, ...]:
    """The events of a recording."""
    return tuple(event for event in events_of(record(entries(name))) if isinstance(event, Event))


def record(some: tuple[Entry, ...], epoch: int = 1) -> Record:
    """Packets as one record."""
    return Record(1, "lab1", "ami", "replay", epoch, list(some))


@given(st.sampled_from(SHORT), st.lists(st.integers(1, 3000), min_size=1, max_size=30))
@settings(max_examples=20)
def test_any_chunking_of_the_bytes_gives_the_same_packets(name: str, sizes: list[int]) -> None:
    data = gzip.decompress((SCENARIOS / name / "session.ami.gz").read_bytes())
    buffer, packets, start = PacketBuffer(), [], 0
    while start < len(data):
        size = sizes[start % len(sizes)]
        packets += buffer.feed(data[start : start + size])
        start += size
    assert packets == [entry.raw for entry in entries(name)]


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_packing_and_redelivery_change_nothing(name: str, rng: random.Random) -> None:
    whole, pieces, start = entries(name), [], 0
    while start < len(whole):
        size = rng.randint(1, 50)
        pieces.append(record(whole[start : start + size]))
        if rng.random() < 0.5:
            pieces.append(record(whole[max(0, start - rng.randint(0, 80)) : start + size]))
        start += size
    assert replay_records(pieces).calls == replay_records([record(whole)]).calls


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_a_state_that_was_stored_and_loaded_at_any_point_goes_on_the_same(name: str, rng: random.Random) -> None:
    kept = restarted = State(pbx="lab1")
    for event in events(name):
        kept, expected = advance(kept, event)
        if rng.random() < 0.1:
            restarted = msgspec.msgpack.decode(msgspec.msgpack.encode(restarted), type=State)
        restarted, changes = advance(restarted, event)
        assert changes == expected
    assert restarted == kept


@pytest.mark.parametrize("name", [*SHORT, "load_300"])
def test_the_live_tallies_are_the_sum_over_the_calls(name: str) -> None:
    replay = replay_records([decode_record(encode_record(record(entries(name))))])
    sums: dict[tuple[str, int], Tally] = {}
    for call in replay.calls.values():
        for index, stint in enumerate(call.stints):
            key = (stint.queue, interval_start(stint.entered_at))
            queue = replay.states["lab1"].settings.queue(stint.queue)
            sums[key] = sums.get(key, NOTHING) + stint_tally(call, index, queue)
    live = {
        (queue.queue_id, start): tally
        for state in replay.states.values()
        for queue in state.queues.values()
        for start, tally in queue.tallies.items()
    }
    assert live == sums


@given(st.sampled_from([n for n in SHORT if "queue" in n]), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_another_pbxs_events_in_between_change_nothing(name: str, rng: random.Random) -> None:
    alone = replay_records([record(entries(name))]).calls
    others = [Record(1, "lab2", "ami", "replay", 1, [entry]) for entry in entries(name)]
    ours = [record((entry,)) for entry in entries(name)]
    mixed: list[Record] = []
    while ours or others:
        mixed.append((ours if ours and (not others or rng.random() < 0.5) else others).pop(0))
    calls = replay_records(mixed).calls
    assert {key: call for key, call in calls.items() if call.pbx == "lab1"} == alone


def test_every_change_of_a_call_is_newer_than_the_one_before() -> None:
    versions: dict[str, int] = {}
    state = State(pbx="lab1")
    for event in events("load_300"):
        state, changes = advance(state, event)
        for change in changes:
            if isinstance(change, CallChanged):
                assert change.call.version > versions.get(change.call.call_id, 0)
                versions[change.call.call_id] = change.call.version
