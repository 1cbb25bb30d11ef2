"""api/live/freshness.py: how fresh what is shown is."""

import pytest
from api_parts import NOON
from msgspec.structs import replace

from api.live.freshness import FRESH_MS, Applied, Certainty, Gap, LogEnds, PbxReport, health, report


def test_fresh_reports_tell_the_way_of_the_last_event() -> None:
    line = health([PbxReport("b", NOON - 900, 41), PbxReport("a", NOON - 100, 7)], [], Certainty(5, 1), NOON, NOON)
    assert (line.as_of, line.behind_ms, line.final, line.provisional) == (NOON - 900, 41, 5, 1)
    assert [(known.pbx, known.as_of) for known in line.pbxs] == [("a", NOON - 100), ("b", NOON - 900)]


def test_an_old_report_tells_its_age() -> None:
    line = health([PbxReport("a", NOON - FRESH_MS - 1, 41)], [], Certainty(), NOON, NOON)
    assert line.behind_ms == FRESH_MS + 1


def test_nothing_is_fresher_than_what_this_process_heard() -> None:
    line = health([PbxReport("a", NOON, 41)], [], Certainty(), NOON - 60_000, NOON)
    assert (line.as_of, line.behind_ms) == (NOON - 60_000, 60_000)


def test_no_pbx_has_no_time() -> None:
    line = health([], [], Certainty(), NOON, NOON)
    assert (line.as_of, line.behind_ms, line.pbxs) == (None, 0, [])


def test_a_pbx_in_a_gap_is_as_of_when_it_was_heard_last() -> None:
    reports = [PbxReport("a", NOON, 5), PbxReport("b", NOON, 5)]
    gaps = [Gap("a", "ami", "x", NOON - 60_000, None), Gap("b", "ami", "x", NOON - 9_000, NOON - 8_000)]
    found = health(reports, gaps, Certainty(), NOON, NOON)
    assert [(it.pbx, it.as_of) for it in found.pbxs] == [("a", NOON - 60_000), ("b", NOON)]
    assert (found.as_of, found.behind_ms, found.last_gap) == (NOON - 60_000, 60_000, gaps[0])


def test_the_last_gap_is_the_one_that_began_last() -> None:
    gaps = [
        Gap("a", "ami", "x", NOON - 5, NOON),
        Gap("a", "ami", "x", NOON - 2, None),
        Gap("a", "ami", "x", NOON - 9, NOON),
    ]
    assert health([], gaps, Certainty(), NOON, NOON).last_gap == gaps[1]


# Applied up to 7 an hour ago, and nobody has said anything since.
ASLEEP = Applied("a", applied_at=NOON - 3_600_000, event_at=NOON - 3_600_041, partition=2, next_offset=7)


def test_a_log_that_is_applied_to_its_end_is_up_to_date_though_nobody_says_so() -> None:
    found = report(ASLEEP, LogEnds(NOON, "c", {2: 7, 3: 900}), None)
    assert found == PbxReport("a", NOON, 0, ASLEEP.event_at)
    assert health([found], [], Certainty(), NOON, NOON).behind_ms == 0


def test_what_somebody_said_later_than_the_log_was_asked_counts() -> None:
    known = replace(ASLEEP, applied_at=NOON + 5)
    assert report(known, LogEnds(NOON, "c", {2: 7}), None).applied_at == NOON + 5


@pytest.mark.parametrize("ends", [{2: 8}, {2: 6}, {3: 7}, {}])
def test_a_backlog_a_log_that_was_cut_and_one_that_is_not_known_are_not_up_to_date(ends: dict[int, int]) -> None:
    assert report(ASLEEP, LogEnds(NOON, "c", ends), None).applied_at == ASLEEP.applied_at


def test_a_pbx_without_a_partition_is_as_its_worker_says() -> None:
    assert report(replace(ASLEEP, partition=None), LogEnds(NOON, "c", {2: 7}), None).applied_at == ASLEEP.applied_at


def test_a_backlog_counts_from_when_there_was_none() -> None:
    slept = report(ASLEEP, LogEnds(NOON, "c", {2: 7}), None)
    for seconds, behind in [(1, 0), (FRESH_MS // 1000, 0), (5, 5_000)]:
        now = NOON + seconds * 1000
        waits = report(ASLEEP, LogEnds(now, "c", {2: 8}), slept)
        assert health([waits], [], Certainty(), now, now).behind_ms == behind


def test_a_new_event_tells_its_way_and_the_first_look_none() -> None:
    log = LogEnds(NOON, "c", {2: 8})
    first = report(ASLEEP, log, None)
    assert (first.delay, report(ASLEEP, log, first).delay) == (0, 0)
    later = replace(ASLEEP, event_at=NOON, applied_at=NOON + 41)
    assert report(later, log, first).delay == 41


@pytest.mark.parametrize(("delay", "end", "told"), [(30_000, 7, 0), (30_000, 8, 30_000), (41, 7, 41)])
def test_the_event_that_woke_a_worker_is_not_late_for_ever(delay: int, end: int, told: int) -> None:
    last = PbxReport("a", NOON, delay, ASLEEP.event_at)
    assert report(ASLEEP, LogEnds(NOON, "c", {2: end}), last).delay == told
