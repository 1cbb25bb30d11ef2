"""warehouse/staffing/presence.py: spans put together and taken away."""

from made_days import caller

from warehouse.staffing.presence import attendance, minus, within


def test_spans_that_meet_are_one_and_end_with_the_day() -> None:
    assert within([(5, 8), (-3, 2), (2, 4), (7, 20), (30, 31)], (0, 10)) == [(0, 4), (5, 10)]


def test_what_is_taken_away_leaves_the_rest() -> None:
    assert minus([(0, 10), (20, 30)], [(2, 4), (8, 22), (29, 99)]) == [(0, 2), (4, 8), (22, 29)]


def test_an_agent_is_there_unless_offline_paused_or_on_the_telephone_for_others() -> None:
    states = [("available", 0, 40), ("on_call", 40, 60), ("paused", 60, 70), ("offline", 70, 99)]
    presence = [{"agent": "ana", "state": state, "started": start, "ended": end} for state, start, end in states]
    elsewhere = [{"agent": "ana", "answered": 10, "ended": 20}]
    callers = [caller("one", 0, 0, agent="ana"), caller("two", 0, 0, agent="bob", busy=1)]
    there = attendance(callers, [*presence, {**presence[0], "agent": "nobody"}], elsewhere, (0, 500))
    assert there == {"ana": ((0, 10), (20, 60)), "bob": ((0, 500),)}
