"""A recorded day played again: nothing changed is the record, and what holds whatever is changed."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_days import END, NAMES, SUPPORT, days, worked_day

from calls.call import StintOutcome
from warehouse.staffing.day import Day, busy_spans, figures
from warehouse.staffing.whatif import Change, play

ABANDONED = StintOutcome.ABANDONED
changes = st.builds(
    Change,
    removed=st.frozensets(st.sampled_from(NAMES), max_size=2),
    added=st.lists(st.just((0, END)), max_size=2).map(tuple),
    calls=st.sampled_from([0.5, 1.0, 1.3, 2.0]),
    handle=st.sampled_from([0.5, 1.0, 1.2]),
    patience=st.sampled_from([0.5, 1.0, 2.0]),
    seed=st.integers(0, 3),
)


@given(days())
@settings(max_examples=150)
def test_nothing_changed_is_the_recorded_day(recorded: Day) -> None:
    assert play(recorded).callers == recorded.callers
    assert play(recorded).there == recorded.there


@given(days(), changes)
@settings(max_examples=150)
def test_whatever_changes_everybody_is_accounted_for_and_nobody_has_two_calls(recorded: Day, change: Change) -> None:
    played = play(recorded, change)
    for agent, spans in busy_spans(played.callers).items():
        assert agent not in change.removed
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for it in played.callers:
        assert it.left_at is None or it.left_at >= it.entered_at
        assert (it.left_at is None) == (it.outcome is None)
    if change.calls == 1.0:
        assert [it.key for it in played.callers] == [it.key for it in recorded.callers]
    assert play(recorded, change) == played


@given(days(), changes)
@settings(max_examples=100)
def test_nobody_waits_longer_than_the_record_says_they_would(recorded: Day, change: Change) -> None:
    limits = {it.key: it.left_at for it in recorded.callers if it.outcome is ABANDONED}
    for it in play(recorded, Change(change.removed, change.added, handle=change.handle)).callers:
        if (limit := limits.get(it.key)) is not None:
            assert it.left_at is not None and it.left_at <= limit


WHOLE = (0, 10**8)


@pytest.mark.parametrize(
    ("change", "agents", "handle"),
    [
        (Change(added=(WHOLE, WHOLE)), 60, 1.0),
        (Change(removed=frozenset({"a00", "a01"})), 56, 1.0),
        (Change(handle=0.9), 58, 0.9),
    ],
)
def test_what_if_is_near_what_would_have_been(change: Change, agents: int, handle: float) -> None:
    """The same callers of a made-up day, with so many agents and calls so long from the beginning."""
    played, true = play(worked_day(58, 1500), change), worked_day(agents, 1500, handle=handle)
    told = figures(played.callers, played.there, SUPPORT)
    truth = figures(true.callers, true.there, SUPPORT)
    recorded = figures(worked_day(58, 1500).callers, {}, SUPPORT)
    assert told["service_level"] == pytest.approx(truth["service_level"], abs=0.025)
    assert told["answered"] == pytest.approx(truth["answered"], rel=0.02)
    assert told["answered"] != recorded["answered"]
