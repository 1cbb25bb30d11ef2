"""api/alerts/hindsight.py: what fired while nobody watched is found as it was, and nothing twice."""

import asyncio
from uuid import UUID

import pytest
from alert_parts import NOW, STEP_MS, ScriptedPast
from api_parts import UTC
from msgspec.structs import replace

from api.alerts.hindsight import LONGEST_MS, SHORTEST_MS, Hindsight, Silence
from api.alerts.lookout import Outcome, Watched
from calls.alerts import AlertMetric, AlertRule, Firing, Side, Watch

MANY = AlertRule("Many wait", AlertMetric.WAITING, Side.AT_LEAST, 3, for_s=10)
# Watched until two hours and a half ago, so it is told in three steps.
SINCE = NOW - STEP_MS * 5 // 2
RULE = Watched(UUID(int=1), "default", MANY, 1, Watch(), SINCE)
RAISED = Firing(SINCE - 60_000, 4.0)


def look(past: ScriptedPast, watched: Watched = RULE, *silences: Silence) -> Outcome | None:
    return asyncio.run(Hindsight(past, UTC).look(watched, silences, NOW))


def test_what_began_and_ended_is_told_as_both_and_remembered() -> None:
    outcome = look(ScriptedPast((SINCE + 1000, 3), (SINCE + 30_000, 0), (NOW - 60_000, 1)))
    raised = Firing(SINCE + 11_000, 3.0)
    assert outcome is not None
    assert outcome.told == [raised, replace(raised, cleared_at=SINCE + 30_000)]
    # Until the last change, and no further: who watches live sees what stands since then.
    assert (outcome.watched.watch, outcome.watched.until) == (Watch(last=raised.raised_at), NOW - 60_000 + 1)


def test_what_was_raised_before_is_only_over_now() -> None:
    held = replace(RULE, watch=Watch(SINCE - 70_000, RAISED, RAISED.raised_at))
    outcome = look(ScriptedPast((SINCE - 90_000, 4), (SINCE + 5000, 0)), held)
    assert outcome is not None and outcome.told == [replace(RAISED, cleared_at=SINCE + 5000)]


def test_what_is_not_over_is_left_to_who_watches_live() -> None:
    outcome = look(ScriptedPast((NOW - 60_000, 3)))
    assert outcome is not None
    assert (outcome.told, outcome.watched.watch) == ([], Watch(since=NOW - 60_000))
    assert look(ScriptedPast((SINCE - 60_000, 3)), replace(RULE, until=NOW - 60_000)) is None


@pytest.mark.parametrize("until", [None, NOW - SHORTEST_MS + 1])
def test_a_rule_that_was_watched_just_now_is_not_looked_at(until: int | None) -> None:
    assert (
        look(ScriptedPast((NOW - 1000, 9), (NOW - 500, 0)), replace(RULE, rule=replace(MANY, for_s=0), until=until))
        is None
    )


def test_a_day_is_looked_back_and_no_more() -> None:
    begun = NOW - LONGEST_MS
    old = replace(RULE, until=begun - STEP_MS, watch=Watch(since=begun - STEP_MS))
    outcome = look(ScriptedPast((begun - STEP_MS, 3), (begun + 60_000, 0)), old)
    assert outcome is not None
    assert [it.raised_at for it in outcome.told] == [begun + 10_000] * 2


@pytest.mark.parametrize(("pbx", "times"), [("pbx", 0), ("other", 2)])
def test_what_was_raised_while_the_pbx_was_not_heard_is_not_told(pbx: str, times: int) -> None:
    past = ScriptedPast((SINCE + 1000, 3), (SINCE + 30_000, 0))
    watched = replace(RULE, rule=replace(MANY, queues=["pbx:support"]))
    outcome = look(past, watched, Silence(pbx, SINCE + 5000, SINCE + 20_000))
    assert outcome is not None and len(outcome.told) == times


def test_of_a_silence_that_lasts_nothing_is_raised_nor_remembered() -> None:
    past = ScriptedPast((SINCE + 1000, 3), (SINCE + 30_000, 4))
    outcome = look(past, RULE, Silence("pbx", SINCE + 5000, None))
    assert outcome is not None and (outcome.told, outcome.watched.watch.firing) == ([], None)
