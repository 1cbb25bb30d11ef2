"""A queue's live state."""

from msgspec.structs import replace
from stories import NOON, story_events, told

from calls.queues import touched, with_call
from calls.settings import Settings
from calls.state import KEPT_INTERVALS_MS
from calls.tally import INTERVAL_MS, NOTHING, stint_tally


def test_a_queue_counts_what_its_calls_say() -> None:
    told_ = told(
        "0 arrives, 1 joins support, 2 rings Alice, 7 misses Alice, 8 rings Bob, 30 answers Bob, 60 caller ends,"
        "61 two: arrives, 62 two: joins support, 64 two: abandons support"
    )
    (tally,) = told_.state.queues["support"].tallies.values()
    assert (tally.offered, tally.answered, tally.answered_in_sl, tally.abandoned, tally.short_abandoned) == (
        2,
        1,
        0,
        1,
        1,
    )
    assert (tally.missed, tally.wait_s, tally.talk_s) == (1, 31.0, 30.0)


def test_the_sum_over_calls_is_the_queues_tally() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 9 answers Alice, 20 agent Alice holds, 60 caller ends")
    total = NOTHING
    for call in told_.calls():
        for index in range(len(call.stints)):
            total = total + stint_tally(call, index, told_.state.settings.queue("support"))
    assert told_.state.queues["support"].tallies == {NOON: total}


def test_a_stint_counts_where_it_arrived() -> None:
    told_ = told("0 arrives, 899 joins support, 910 abandons support, 911 two: arrives, 912 two: joins support")
    assert {start - NOON: tally.offered for start, tally in told_.state.queues["support"].tallies.items()} == {
        0: 1,
        INTERVAL_MS: 1,
    }


def test_what_is_older_than_a_long_day_is_forgotten() -> None:
    later = KEPT_INTERVALS_MS // 1000 + 900
    told_ = told("0 arrives, 1 joins support, 9 abandons support")
    for event in story_events(f"{later} two: arrives, {later} two: joins support", told_.position):
        told_.feed(event)
    assert len(told_.state.queues["support"].tallies) == 1


def test_only_what_changed_is_touched() -> None:
    told_ = told("0 arrives, 1 joins support")
    assert touched(None, told_.call) == {"support"}
    assert touched(told_.call, told_.call) == set()


def test_a_stint_that_became_another_calls_waits_and_counts_here_no_more() -> None:
    told_ = told("0 arrives, 1 joins support, 2 rings Alice, 7 misses Alice")
    call, queue = told_.call, told_.state.queues["support"]
    less = replace(call, stints=(), missed=())
    assert touched(call, less) == {"support"}
    left = with_call(queue, call, less, Settings())
    assert (len(queue.waiting), left.waiting, left.tallies) == (1, (), {NOON: NOTHING})
