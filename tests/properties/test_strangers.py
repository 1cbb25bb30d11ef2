"""Calls that share no agent and no channel may come in any order: neither knows of the other."""

import random
from collections import defaultdict
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from properties.test_prefixes import BRIEF
from properties.test_reducer import entries, record

from asterisk.replay import replay_records
from calls.codec import Entry
from calls.form import CallForm, call_form
from calls.state import State

# What names a person or a channel, so that the second recording is of other people on the same PBX.
RENAMED = ((b"PJSIP/1", b"PJSIP/7"), (b"Local/1", b"Local/7"), (b"lab1-179", b"lab1-979"), (b"orig-1", b"orig-7"))
# Their lists name everybody who is there: what is not in one is gone, so they are no strangers' affair.
LISTS = (b"QueueStatusComplete", b"CoreShowChannelsComplete", b"StatusComplete", b"FullyBooted", b"Shutdown")


@cache
def strangers(name: str) -> tuple[Entry, ...]:
    """The same story of other people."""
    return tuple(Entry(entry.seq, entry.received, _renamed(entry.raw)) for entry in told(name))


@cache
def told(name: str) -> tuple[Entry, ...]:
    """A recording without what speaks of everybody."""
    return tuple(entry for entry in entries(name) if not any(word in entry.raw for word in LISTS))


def _renamed(raw: bytes) -> bytes:
    for old, new in RENAMED:
        raw = raw.replace(old, new)
    # Bridges have random ids; another recording of the same scenario would have others.
    return raw.replace(b"BridgeUniqueid: ", b"BridgeUniqueid: x")


def same_day() -> st.SearchStrategy[tuple[str, str]]:
    """Two recordings of one day: live figures forget what is older than that, seen from the newest call."""
    days = defaultdict(list)
    for name in BRIEF:
        days[entries(name)[-1].received // 86_400_000].append(name)
    return st.sampled_from(list(days.values())).flatmap(
        lambda names: st.tuples(st.sampled_from(names), st.sampled_from(names))
    )


@given(same_day(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_in_any_order_they_come_to_the_same(names: tuple[str, str], rng: random.Random) -> None:
    ours, theirs = list(told(names[0])), list(strangers(names[1]))
    apart = replay_records([record(numbered([*ours, *theirs]))])
    mixed: list[Entry] = []
    while ours or theirs:
        mixed.append((ours if ours and (not theirs or rng.random() < 0.5) else theirs).pop(0))
    together = replay_records([record(numbered(mixed))])
    assert forms(together.calls) == forms(apart.calls)
    assert told_of(together.states["lab1"]) == told_of(apart.states["lab1"])


def numbered(some: list[Entry]) -> tuple[Entry, ...]:
    """Entries in this order, as one login."""
    return tuple(Entry(seq, entry.received, entry.raw) for seq, entry in enumerate(some, 1))


def forms(calls: dict[str, object]) -> dict[str, CallForm]:
    """Calls without their versions, which count everybody's events."""
    return {key: call_form(call) for key, call in calls.items()}  # type: ignore[arg-type]


def told_of(state: State) -> object:
    """Agents and queues without their versions."""
    agents = {key: replace(agent, version=0) for key, agent in state.agents.items()}
    queues = {key: replace(queue, version=0) for key, queue in state.queues.items()}
    return agents, queues, state.channels, state.rooms
