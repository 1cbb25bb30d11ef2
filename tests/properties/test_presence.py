"""An agent does one thing at a time: the spans follow each other without a hole, and hold every conversation once."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import pytest
from properties.test_reducer import SHORT, entries, record

from asterisk.replay import replay_records
from calls.presence import Interval, PresenceState

# The moments between two events of one happening, in ms: a phone may be told to be free before its leg is told to end.
AT_ONCE_MS = 10
BUSY = (PresenceState.ON_CALL, PresenceState.ON_HOLD)


@pytest.mark.parametrize("name", [*SHORT, "load_300"])
def test_the_spans_of_an_agent_follow_each_other(name: str) -> None:
    for spans in intervals(name).values():
        assert all(one.end == other.start for one, other in pairwise(spans))


@pytest.mark.parametrize("name", [*SHORT, "load_300"])
def test_an_agent_is_busy_for_as_long_as_any_conversation_lasts(name: str) -> None:
    """Conversations that overlap count once. An agent who dials is busy before anybody answers: that is no talk yet."""
    replay, busy = replay_records([record(entries(name))]), intervals(name)
    legs = defaultdict(list)
    for call in replay.calls.values():
        for leg in call.legs:
            if leg.ended_at is not None:
                legs[leg.interface].append((leg.answered_at, leg.ended_at))
    for interface, conversations in legs.items():
        agent = replay.states["lab1"].agents.get(interface)
        if agent is not None and agent.presence.state not in BUSY:  # else the recording ended in mid-call
            spans = [(span.start, span.end) for span in busy[interface] if span.state in BUSY]
            assert covered(spans) >= covered(conversations) - AT_ONCE_MS * len(conversations)


def intervals(name: str) -> dict[str, list[Interval]]:
    """The spans that are over, by the agent's interface."""
    found = defaultdict(list)
    for change in replay_records([record(entries(name))]).spent:
        found[change.agent.interface] += change.spent
    return found


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """How long at least one of them lasts."""
    spent, reached = 0, 0
    for start, end in sorted(spans):
        spent += max(0, end - max(start, reached))
        reached = max(reached, end)
    return spent
