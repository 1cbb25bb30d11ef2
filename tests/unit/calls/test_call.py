"""A call's values: what follows from them."""

from calls.call import Call, Leg, Stint


def test_a_call_is_named_by_its_pbx_and_linkedid() -> None:
    assert Call(linkedid="lab1-17.16", pbx="lab1", started_at=0, tenant="t").call_id == "lab1:lab1-17.16"


def test_a_wait_that_lasts_has_no_length_and_none_is_negative() -> None:
    assert Stint("u", "q", 1000).wait_ms is None
    assert Stint("u", "q", 1000, left_at=990).wait_ms == 0


def test_talk_leaves_out_hold() -> None:
    leg = Leg(0, "Alice", "PJSIP/1001", "u", None, 1000, ended_at=61000, hold_ms=20000)
    assert leg.talk_ms == 40000


def test_talk_leaves_out_the_time_apart_and_is_never_negative() -> None:
    leg = Leg(0, "Alice", "PJSIP/1001", "u", None, 1000, ended_at=61000, hold_ms=20000, apart_ms=15000)
    assert leg.talk_ms == 25000
    assert Leg(0, "Alice", "PJSIP/1001", "u", None, 1000, ended_at=2000, apart_ms=5000).talk_ms == 0
