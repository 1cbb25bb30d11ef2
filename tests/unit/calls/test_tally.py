"""Tallies: the facts of single stints, published examples, and that adding and taking away leaves nothing behind."""

from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.call import Call, Leg, MissedRing, Stint, StintOutcome
from calls.settings import QueueSettings
from calls.tally import COLUMNS, NOTHING, Tally, interval_start, stint_tally

QUEUE = QueueSettings(wrapup_s=10.0, service_level_s=20.0, short_abandon_s=5.0)
MINUTE = 60_000
NOON = 1_763_812_800_000


def stint(outcome: StintOutcome | None, wait_s: float | None, queue: str = "support", at: int = NOON) -> Stint:
    left = None if wait_s is None else at + round(wait_s * 1000)
    return Stint("u1", queue, at, left_at=left, outcome=outcome)


def call(*stints: Stint, legs: tuple[Leg, ...] = (), missed: tuple[MissedRing, ...] = ()) -> Call:
    return Call("l1", "pbx1", NOON, "default", stints=stints, legs=legs, missed=missed)


def leg(of: int | None, answered: int, ended: int | None, hold_ms: int = 0) -> Leg:
    return Leg(of, "Anna", "PJSIP/1001", "u2", None, answered, ended_at=ended, hold_ms=hold_ms)


def ring(of: int | None) -> MissedRing:
    return MissedRing(of, "Ben", "PJSIP/1002", NOON, 15_000)


def test_an_answered_stint_counts_its_wait_and_its_leg() -> None:
    answered = call(stint(StintOutcome.ANSWERED, 20), legs=(leg(0, NOON + 20_000, NOON + 95_500, 5_500),))
    assert stint_tally(answered, 0, QUEUE) == Tally(
        offered=1, answered=1, answered_in_sl=1, wait_answered_s=20.0, wait_s=20.0,
        handled=1, talk_s=70.0, hold_s=5.5, wrap_s=10.0,
    )  # fmt: skip


def test_the_threshold_itself_is_still_in_time() -> None:
    late = call(stint(StintOutcome.ANSWERED, 20.001))
    assert stint_tally(late, 0, QUEUE).answered_in_sl == 0


def test_who_hangs_up_is_abandoned_for_us_and_for_the_pbx() -> None:
    assert stint_tally(call(stint(StintOutcome.ABANDONED, 5)), 0, QUEUE) == Tally(
        offered=1, abandoned=1, short_abandoned=1, abandoned_in_sl=1, pbx_abandoned=1, pbx_abandoned_in_sl=1,
        wait_abandoned_s=5.0, wait_s=5.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "pbx"),
    [
        (StintOutcome.TIMEOUT, 1),
        (StintOutcome.EXIT_EMPTY, 1),
        (StintOutcome.WITHDRAWN, 1),
        (StintOutcome.SYSTEM, 1),
        (StintOutcome.EXIT_KEY, 0),
    ],
)
def test_who_leaves_otherwise_flows_out_and_the_pbx_calls_most_of_it_abandoned(outcome: StintOutcome, pbx: int) -> None:
    expected = Tally(offered=1, flow_out=1, pbx_abandoned=pbx, wait_s=90.0)
    assert stint_tally(call(stint(outcome, 90)), 0, QUEUE) == expected


@pytest.mark.parametrize("outcome", [StintOutcome.JOIN_EMPTY, StintOutcome.FULL])
def test_who_is_refused_is_not_offered(outcome: StintOutcome) -> None:
    refused = call(stint(outcome, 0), missed=(ring(0),))
    assert stint_tally(refused, 0, QUEUE) == Tally(refused=1)


def test_who_waits_is_offered_and_nothing_else() -> None:
    assert stint_tally(call(stint(None, None)), 0, QUEUE) == Tally(offered=1)


def test_only_the_rings_and_the_leg_of_the_stint_itself_count() -> None:
    legs = (leg(None, NOON, NOON + MINUTE), leg(1, NOON + 10_000, None))
    both = call(stint(StintOutcome.TIMEOUT, 5), stint(StintOutcome.ANSWERED, 10), legs=legs, missed=(ring(0), ring(1)))
    tally = stint_tally(both, 1, QUEUE)
    assert (tally.missed, tally.handled, tally.talk_s) == (1, 0, 0.0)


def test_a_call_through_three_queues_is_three_stints() -> None:
    stints = (
        stint(StintOutcome.EXIT_KEY, 59, "q1", NOON),
        stint(StintOutcome.EXIT_KEY, 59, "q2", NOON + 60_000),
        stint(StintOutcome.ANSWERED, 30, "q3", NOON + 120_000),
    )
    three = call(*stints, legs=(leg(2, NOON + 150_000, NOON + 180_000),))
    tallies = [stint_tally(three, n, QUEUE) for n in range(3)]
    assert [(it.offered, it.answered, it.wait_s, it.talk_s) for it in tallies] == [
        (1, 0, 59.0, 0.0),
        (1, 0, 59.0, 0.0),
        (1, 1, 30.0, 30.0),
    ]


def test_a_stint_counts_wholly_where_it_arrived() -> None:
    # Entered 7:28, answered 7:32: by arrival both facts belong to 7:15, so offered = answered + … in each interval.
    entered = NOON - 4 * 60 * MINUTE - 32 * MINUTE
    late = call(stint(StintOutcome.ANSWERED, 240, at=entered))
    assert interval_start(entered) == entered - 13 * MINUTE
    assert stint_tally(late, 0, QUEUE).answered == 1


waits = st.one_of(st.none(), st.integers(0, 200_000).map(lambda ms: ms / 1000))
stints = st.builds(stint, st.sampled_from([None, *StintOutcome]), waits)


@given(stints)
def test_offered_is_answered_and_abandoned_and_flow_out_and_still_waiting(one: Stint) -> None:
    tally = stint_tally(call(one), 0, QUEUE)
    waiting = int(one.outcome is None or one.wait_ms is None) * tally.offered
    assert tally.offered == tally.answered + tally.abandoned + tally.flow_out + waiting
    assert tally.offered + tally.refused == 1


@given(st.lists(stints, max_size=20))
def test_adding_and_taking_away_in_any_order_leaves_nothing(many: list[Stint]) -> None:
    tallies = [stint_tally(call(one), 0, QUEUE) for one in many]
    total = reduce(add, tallies, NOTHING)
    for tally in sorted(tallies, key=hash):
        total = total - tally
    assert total == NOTHING


def test_columns_are_the_fields_in_order() -> None:
    assert Tally(1, 2).values()[:3] == (1, 2, 0)
    assert len(COLUMNS) == len(Tally().values())


@given(st.integers(0, 4_102_444_800_000))
def test_intervals_start_on_quarters_of_an_hour(at: int) -> None:
    start = interval_start(at)
    assert start % (15 * MINUTE) == 0
    assert start <= at < start + 15 * MINUTE
