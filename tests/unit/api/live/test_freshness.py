"""api/live/freshness.py: how fresh what is shown is."""

from api_parts import NOON

from api.live.freshness import FRESH_MS, Certainty, Gap, PbxReport, health


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
