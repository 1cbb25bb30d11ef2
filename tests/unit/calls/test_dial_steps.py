"""What dialling does: phones ring, are picked up elsewhere, and stop ringing."""

from msgspec.structs import replace
from phone_calls import AGENTS, ALICE, BOB, CARL, FAR, NEAR, POS, bridged, call_of

from calls import events as e
from calls.call import Call, Ring, Stint, StintOutcome
from calls.dial_steps import dial_began, dial_ended, picked_up


def ringing(*, stint: int | None = None) -> Call:
    """Carl's call rings at Alice's since 1000, because a queue called her or the dialplan."""
    call = call_of(CARL, ALICE)
    return replace(call, rings=(Ring("alice", "PJSIP/1001", "Alice", stint, 1000),))


def ended(call: Call, status: str) -> Call:
    return dial_ended(call, e.DialEnd(pos=POS, at=5000, channel=CARL, dest=ALICE, status=status))


def test_a_phone_that_is_dialled_rings_for_no_queue() -> None:
    call = dial_began(call_of(CARL, ALICE), e.DialBegin(pos=POS, at=1000, channel=CARL, dest=ALICE))
    assert call.rings == (Ring("alice", "PJSIP/1001", "PJSIP/1001", None, 1000),)


def test_a_phone_that_rings_already_goes_on_ringing_since_then() -> None:
    call = ringing(stint=0)
    assert dial_began(call, e.DialBegin(pos=POS, at=2000, channel=CARL, dest=ALICE)) is call


def test_who_dials_on_has_left_the_queue_by_a_key() -> None:
    stint = Stint("carl", "support", 500, left_at=900)
    call = replace(call_of(CARL, BOB), stints=(stint,))
    call = dial_began(call, e.DialBegin(pos=POS, at=1000, channel=CARL, dest=BOB))
    assert (call.stints[0].outcome, call.stints[0].left_at) == (StintOutcome.EXIT_KEY, 900)


def test_a_queues_member_who_is_dialled_takes_nobody_out_of_the_queue() -> None:
    call = replace(call_of(CARL, BOB), stints=(Stint("carl", "support", 500),))
    for channel in (CARL, None):
        assert dial_began(call, e.DialBegin(pos=POS, at=1000, channel=channel, dest=BOB)).stints == call.stints


def test_why_a_dial_ended_is_kept_and_the_ring_is_over() -> None:
    call = ended(ringing(), "BUSY")
    assert (call.rings, call.dial_status) == ((), "BUSY")


def test_what_a_queues_ring_came_to_is_told_by_the_queue() -> None:
    call = ringing(stint=0)
    assert ended(call, "NOANSWER") is call


def test_the_end_of_a_dial_that_nobody_saw_begin_is_nothing() -> None:
    call = call_of(CARL, ALICE)
    assert ended(call, "BUSY") is call


def through_pipe(*stints: Stint) -> Call:
    """Bob's phone, which the dialplan behind a pipe has dialled, is busy."""
    call = replace(call_of(CARL, NEAR, FAR, BOB), stints=stints, dial_status="CANCEL")
    call = dial_began(call, e.DialBegin(pos=POS, at=1000, channel=FAR, dest=BOB))
    return dial_ended(call, e.DialEnd(pos=POS, at=5000, channel=FAR, dest=BOB, status="BUSY"))


def test_how_the_phone_of_a_queues_member_was_reached_through_a_pipe_tells_nothing_of_the_call() -> None:
    call = through_pipe(Stint("carl", "support", 500))
    assert (call.rings, call.dial_status) == ((), "CANCEL")


def test_where_no_queue_was_asked_what_was_dialled_through_a_pipe_tells_how_the_call_went() -> None:
    assert (through_pipe().rings, through_pipe().dial_status) == ((), "BUSY")


def test_what_the_caller_dials_after_a_queue_tells_how_the_call_went() -> None:
    stint = Stint("carl", "support", 500, left_at=900, outcome=StintOutcome.TIMEOUT)
    assert ended(replace(ringing(), stints=(stint,)), "BUSY").dial_status == "BUSY"


def test_an_answered_ring_is_known_until_the_bridge() -> None:
    call = ended(ringing(), "ANSWER")
    assert [ring.since for ring in call.rings] == [1000]
    call = bridged(call, 5000, "x", CARL, ALICE)
    assert (call.rings, call.legs[0].rang_at) == ((), 1000)


def taken(call: Call) -> Call:
    """Bob, who rings nowhere, takes the call that rings at Alice's."""
    return picked_up(call, e.CallPickedUp(pos=POS, at=3000, channel=BOB, target=ALICE), AGENTS.get)


def test_a_ring_that_is_picked_up_elsewhere_is_that_phones() -> None:
    assert taken(ringing(stint=0)).rings == (Ring("bob", "PJSIP/1002", "Bob", 0, 3000, "PJSIP/1001"),)


def test_who_picks_up_a_ring_did_not_ring_and_nobody_missed_it() -> None:
    call = taken(ringing())
    call = bridged(replace(call, parties=(*call.parties, *call_of(BOB).parties)), 3000, "x", CARL, BOB)
    assert [(leg.agent, leg.rang_at) for leg in call.legs] == [("Bob", None)]
    assert (call.rings, call.missed) == ((), ())


def test_a_phone_that_is_no_agents_may_pick_up_too() -> None:
    stranger = e.Channel("x", "carl", "PJSIP/1009-00000009")
    call = picked_up(ringing(), e.CallPickedUp(pos=POS, at=3000, channel=stranger, target=ALICE), AGENTS.get)
    assert [(ring.interface, ring.agent) for ring in call.rings] == [("PJSIP/1009", "PJSIP/1009")]


def test_to_pick_up_what_does_not_ring_is_nothing() -> None:
    call = call_of(CARL, ALICE)
    assert taken(call) is call
