"""warehouse/staffing/floor.py: what happens within one instant, and rings that are cut short."""

from made_days import caller, day

from calls.call import StintOutcome
from warehouse.staffing.whatif import Change, play


def test_a_ring_ends_when_its_caller_gives_up_and_the_next_is_rung() -> None:
    told = day(
        caller("first", 0, 3, StintOutcome.ABANDONED),
        caller("second", 1, 100, agent="bob", busy=10),
        delivery=5,
    )
    ended = {it.key: it for it in play(told, Change(added=((0, 50_000),))).callers}
    assert ended["first"].outcome is StintOutcome.ABANDONED
    assert (ended["second"].left_at, ended["second"].agent) == (8_000, "added 1")


def test_at_one_instant_the_record_goes_before_everybody_else() -> None:
    told = day(caller("one", 0, 10, agent="ana", busy=20), caller("two", 0, 10, agent="bob", busy=20))
    assert play(told, Change(added=((10_000, 20_000),))).callers == told.callers


def test_who_has_been_free_for_longest_is_next() -> None:
    told = day(
        caller("a", 0, 0, agent="ana", busy=50),
        caller("b", 0, 0, agent="bob", busy=20),
        caller("late", 60, 61, agent="cem", busy=5),
    )
    ended = {it.key: it.agent for it in play(told, Change(removed=frozenset({"cem"}))).callers}
    assert ended["late"] == "bob"
