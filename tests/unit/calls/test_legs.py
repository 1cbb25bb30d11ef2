"""Legs: found, ended, held and resumed."""

from msgspec.structs import replace

from calls.call import Call, Leg, Transfer
from calls.events import Channel, Position, RtcpReport
from calls.legs import end_leg, hold_leg, join_leg, open_leg, open_leg_of, part_leg, put, resume_leg
from calls.media import MOS_METHOD, Media, heard

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


def test_apart_from_everybody_is_neither_talk_nor_hold() -> None:
    leg = join_leg(part_leg(LEG, 3000), 5000)
    assert (leg.apart_ms, leg.apart_since) == (2000, None)
    leg = end_leg(replace(CALL, legs=(part_leg(leg, 8000),)), 0, 9000, "system").legs[0]
    assert (leg.apart_ms, leg.hold_ms, leg.talk_ms) == (3000, 0, 5000)


def test_who_is_apart_already_is_so_since_then_and_who_talks_joins_nobody() -> None:
    leg = part_leg(LEG, 3000)
    assert part_leg(leg, 4000) is leg
    assert join_leg(LEG, 4000) is LEG


def test_a_hold_says_more_than_being_apart() -> None:
    held = hold_leg(LEG, "u1", 3000)
    assert part_leg(held, 4000) is held
    late = hold_leg(part_leg(LEG, 3000), "u1", 5000)
    assert (late.apart_ms, late.apart_since, late.held_since) == (2000, None, 5000)


def test_what_is_over_is_apart_from_nobody() -> None:
    (leg,) = end_leg(CALL, 0, 9000, "agent").legs
    assert part_leg(leg, 9500) is leg


def test_how_a_leg_sounded_is_said_when_it_ends() -> None:
    assert (end_leg(CALL, 0, 9000, "agent").legs[0].mos, end_leg(CALL, 0, 9000, "agent").legs[0].mos_method) == (
        None,
        None,
    )
    report = RtcpReport(pos=Position("ami", "a", 1, 1), at=0, channel=Channel("u1", "l"), by_pbx=True, lost=0, jitter=0)
    (leg,) = end_leg(replace(CALL, legs=(replace(LEG, media=heard(Media(), report)),)), 0, 9000, "agent").legs
    assert (leg.mos, leg.mos_method) == (4.4, MOS_METHOD)
