"""Legs: found, ended, held and resumed."""

from calls.call import Call, Leg, Transfer
from calls.legs import end_leg, hold_leg, open_leg, open_leg_of, put, resume_leg

LEG = Leg(0, "Alice", "PJSIP/1001", "u1", None, 1000)
CALL = Call(linkedid="l", pbx="p", started_at=0, tenant="t", legs=(LEG,))


def test_put_changes_one_place() -> None:
    assert put((1, 2, 3), 1, 9) == (1, 9, 3)


def test_an_open_leg_is_found_by_channel_and_by_interface() -> None:
    assert (open_leg(CALL, "u1"), open_leg(CALL, "u2")) == (0, None)
    assert (open_leg_of(CALL, "PJSIP/1001"), open_leg_of(CALL, "PJSIP/1002")) == (0, None)


def test_an_ended_leg_is_not_open_and_ends_its_hold() -> None:
    held = Call(linkedid="l", pbx="p", started_at=0, tenant="t", legs=(hold_leg(LEG, "u1", 3000),))
    ended = end_leg(held, 0, 9000, "transfer", Transfer("blind", "1002"))
    (leg,) = ended.legs
    assert (leg.ended_at, leg.hold_ms, leg.talk_ms, leg.held_by) == (9000, 6000, 2000, ())
    assert open_leg(ended, "u1") is None


def test_a_clock_that_steps_back_makes_no_negative_talk() -> None:
    assert end_leg(CALL, 0, 900, "agent").legs[0].talk_ms == 0


def test_holding_twice_is_once_and_resuming_a_stranger_is_nothing() -> None:
    held = hold_leg(hold_leg(LEG, "u1", 2000), "u1", 3000)
    assert (held.holds, held.held_since) == (1, 2000)
    assert resume_leg(held, "u9", 4000) is held
    assert resume_leg(held, "u1", 4000).hold_ms == 2000
