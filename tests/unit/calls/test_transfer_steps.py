"""What transfers do: the agent's leg ends, and says where the caller was sent."""

from collections.abc import Callable

import pytest
from phone_calls import ALICE, BOB, CARL, FAR, NEAR, POS, bridged, call_of, shown

from calls import events as e
from calls.call import Call, Leg, Transfer
from calls.legs import end_leg
from calls.talk_steps import asked_to_end, parked
from calls.transfer_steps import attended_transferred, blind_transferred

# Alice's second channel, with which she asks somebody else.
ASKING = e.Channel("asking", "asking", "PJSIP/1001-00000007", "1001", "Alice", "1003")
CAROL = e.Channel("carol", "asking", "PJSIP/1003-00000008", "1003", "Carol")


def talking() -> Call:
    """Carl talks to Alice from 1000 on."""
    return bridged(call_of(CARL, ALICE), 1000, "x", CARL, ALICE)


def blind(call: Call, *, ok: bool = True) -> Leg:
    """Alice's leg after she sent Carl to 3000."""
    event = e.BlindTransfer(pos=POS, at=5000, transferer=ALICE, transferee=CARL, exten="3000", ok=ok)
    return blind_transferred(call, event).legs[0]


def attended(call: Call, second: e.Channel = ASKING, target: e.Channel | None = CAROL, *, ok: bool = True) -> Leg:
    """Alice's leg after she joined Carl and whom she asked."""
    event = e.AttendedTransfer(
        pos=POS, at=5000, transferer=ALICE, second=second, transferee=CARL, target=target, ok=ok
    )  # fmt: skip
    return attended_transferred(call, event).legs[0]


def test_a_blind_transfer_ends_the_leg_and_says_whereto() -> None:
    leg = blind(talking())
    assert (leg.ended_at, leg.ended_by, leg.transfer) == (5000, "transfer", Transfer("blind", "3000"))


@pytest.mark.parametrize("transferred", [blind, attended])
def test_a_transfer_that_failed_is_none(transferred: object) -> None:
    call = talking()
    assert callable(transferred) and transferred(call, ok=False) is call.legs[0]


def test_a_caller_sent_to_a_parking_space_is_there_before_the_transfer_is_told() -> None:
    for parker, told in (("", "system"), ("PJSIP/1001", "transfer")):
        call = parked(talking(), e.CallParked(pos=POS, at=4000, channel=CARL, space="701", parker=parker))
        assert (call.legs[0].ended_at, call.legs[0].ended_by) == (4000, told)
        leg = blind(call)
        assert (leg.ended_at, leg.ended_by, leg.transfer) == (4000, "transfer", Transfer("blind", "3000"))


def test_a_leg_that_the_caller_ended_was_not_transferred() -> None:
    call = asked_to_end(talking(), e.HangupRequest(pos=POS, at=4000, channel=CARL))
    assert (blind(call).ended_by, attended(call).ended_by) == ("caller", "caller")


def test_an_attended_transfer_names_the_number_that_was_dialled() -> None:
    leg = attended(talking())
    assert (leg.ended_at, leg.ended_by, leg.transfer) == (5000, "transfer", Transfer("attended", "1003"))


def test_where_no_number_is_known_it_names_who_was_reached() -> None:
    silent = e.Channel("asking", "asking", "PJSIP/1001-00000007")
    assert attended(talking(), silent).transfer == Transfer("attended", "1003")
    assert attended(talking(), silent, None).transfer == Transfer("attended", "")


def test_an_agent_who_hung_up_to_hand_over_has_transferred() -> None:
    call = asked_to_end(talking(), e.HangupRequest(pos=POS, at=4000, channel=ALICE))
    assert call.legs[0].ended_by == "agent"
    leg = attended(call)
    assert (leg.ended_at, leg.ended_by, leg.transfer) == (4000, "transfer", Transfer("attended", "1003"))


def test_by_a_feature_code_one_asks_through_a_pipe_which_names_the_number() -> None:
    call = shown(talking(), NEAR, FAR, BOB)
    assert attended(call, second=ALICE, target=BOB).transfer == Transfer("attended", "1002")


def test_a_pipe_that_is_gone_leaves_the_number_that_the_channel_knows() -> None:
    dialled = e.Channel("alice", "carl", "PJSIP/1001-00000002", "1001", "Alice", "1002")
    assert attended(talking(), second=dialled, target=BOB).transfer == Transfer("attended", "1002")


def test_the_consultations_own_leg_has_ended_by_the_transfer_too() -> None:
    call = shown(talking(), ASKING, CAROL)
    call = bridged(call, 3000, "y", ASKING, CAROL)
    event = e.AttendedTransfer(
        pos=POS, at=5000, transferer=ALICE, second=ASKING, transferee=CARL, target=CAROL, ok=True
    )  # fmt: skip
    assert [leg.ended_by for leg in attended_transferred(call, event).legs] == ["transfer", "transfer"]


@pytest.mark.parametrize(
    ("transferred", "transfer"), [(blind, Transfer("blind", "3000")), (attended, Transfer("attended", "1003"))]
)
def test_what_the_queue_called_a_transfer_gets_its_target_from_what_is_told_after_it(
    transferred: Callable[[Call], Leg], transfer: Transfer
) -> None:
    leg = transferred(end_leg(talking(), 0, 4000, "transfer"))
    assert (leg.ended_at, leg.ended_by, leg.transfer) == (4000, "transfer", transfer)


def test_a_transfer_that_has_a_target_keeps_it() -> None:
    call = end_leg(talking(), 0, 4000, "transfer", Transfer("blind", "4000"))
    assert (blind(call), attended(call)) == (call.legs[0], call.legs[0])
