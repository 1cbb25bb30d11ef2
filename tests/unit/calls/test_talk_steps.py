"""What bridges, holds and parking do: who talks to whom, and whose conversation is over."""

from msgspec.structs import replace
from phone_calls import AGENTS, ALICE, BOB, CARL, FAR, NEAR, POS, bridged, call_of, shown

from calls import events as e
from calls.call import Call, Leg, Ring, Stint, StintOutcome, Transfer
from calls.legs import end_leg
from calls.talk_steps import asked_to_end, entered, held, left_bridge, parked, resumed
from calls.transitions import status_of


def talking() -> Call:
    """Carl talks to Alice from 1000 on."""
    return bridged(call_of(CARL, ALICE), 1000, "x", CARL, ALICE)


def leaves(call: Call, at: int, channel: e.Channel, bridge: str = "x") -> Call:
    return left_bridge(call, e.BridgeLeave(pos=POS, at=at, channel=channel, bridge=bridge))


def asks_to_end(call: Call, channel: e.Channel) -> Call:
    return asked_to_end(call, e.HangupRequest(pos=POS, at=9000, channel=channel))


def holds(call: Call, at: int, channel: e.Channel) -> Call:
    return held(call, e.Hold(pos=POS, at=at, channel=channel))


def resumes(call: Call, at: int, channel: e.Channel) -> Call:
    return resumed(call, e.Unhold(pos=POS, at=at, channel=channel))


def whole(call: Call, at: int) -> Leg:
    """The first leg, ended at this instant."""
    return end_leg(call, 0, at, "system").legs[0]


def ends(call: Call) -> dict[str, str | None]:
    """By whom each agent's leg was ended."""
    return {leg.agent: leg.ended_by for leg in call.legs}


def test_one_in_a_bridge_talks_to_nobody() -> None:
    call = bridged(call_of(CARL, ALICE), 1000, "x", ALICE)
    assert (call.answered_at, call.legs) == (None, ())


def test_two_in_a_bridge_have_a_conversation_and_each_agent_a_leg() -> None:
    call = call_of(ALICE, BOB)
    call = replace(call, rings=(Ring("bob", "PJSIP/1002", "Bob", None, 500),))
    call = bridged(call, 4000, "x", ALICE, BOB)
    assert [(leg.agent, leg.rang_at, leg.answered_at) for leg in call.legs] == [
        ("Alice", None, 4000),
        ("Bob", 500, 4000),
    ]
    assert (call.answered_at, call.rings) == (4000, ())


def test_in_a_holding_bridge_nobody_talks() -> None:
    call = call_of(CARL, ALICE)
    for channel in (CARL, ALICE):
        event = e.BridgeEnter(pos=POS, at=1000, channel=channel, bridge="lot", holding=True)
        call = entered(call, event, AGENTS.get)
    assert (call.legs, [party.bridge for party in call.parties]) == ((), ["", ""])


def test_the_first_answer_stays_the_answer() -> None:
    call = bridged(talking(), 5000, "y", CARL, ALICE)
    assert (call.answered_at, len(call.legs)) == (1000, 1)


def test_whom_everybody_left_talks_to_nobody_until_they_are_back() -> None:
    call = leaves(talking(), 5000, CARL)
    assert call.legs[0].apart_since == 5000
    leg = whole(bridged(call, 7000, "x", CARL), 9000)
    assert (leg.apart_ms, leg.talk_ms) == (2000, 6000)


def test_an_agent_in_no_bridge_talks_to_nobody() -> None:
    leg = whole(leaves(leaves(talking(), 5000, ALICE), 5000, CARL), 9000)
    assert (leg.apart_ms, leg.talk_ms, leg.hold_ms) == (4000, 4000, 0)


def test_an_agent_on_the_way_into_another_bridge_is_apart_meanwhile() -> None:
    call = leaves(talking(), 5000, ALICE)
    assert whole(bridged(call, 5300, "y", ALICE, CARL), 9000).apart_ms == 300


def test_with_two_left_nobody_is_apart() -> None:
    call = bridged(shown(talking(), BOB), 2000, "x", BOB)
    assert [leg.apart_since for leg in leaves(call, 5000, CARL).legs] == [None, None]


def test_who_is_alone_in_a_conference_is_told_by_those_in_other_calls() -> None:
    call = bridged(call_of(CARL, ALICE), 1000, "room", CARL, ALICE, conference=True)
    assert leaves(call, 5000, CARL, "room").legs[0].apart_since is None


def test_to_leave_a_bridge_in_which_one_is_no_more_keeps_the_newer_one() -> None:
    call = leaves(bridged(talking(), 5000, "y", CARL, ALICE), 5001, CARL, "x")
    assert [party.bridge for party in call.parties] == ["y", "y"]


def test_to_leave_a_bridge_in_which_one_is_not_is_nothing() -> None:
    call = talking()
    assert leaves(call, 5000, CARL, "y") is call
    assert leaves(call, 5000, BOB) is call


def test_who_enters_a_bridge_after_the_leg_has_ended_has_another() -> None:
    call = leaves(leaves(asks_to_end(talking(), ALICE), 9000, ALICE), 9000, CARL)
    call = bridged(shown(call, BOB), 9500, "y", ALICE, BOB)
    assert [(leg.agent, leg.answered_at, leg.ended_at) for leg in call.legs] == [
        ("Alice", 1000, 9000),
        ("Alice", 9500, None),
        ("Bob", 9500, None),
    ]


def test_whose_leg_ended_in_the_bridge_in_which_they_still_are_has_no_other() -> None:
    call = bridged(shown(asks_to_end(talking(), ALICE), BOB), 9500, "x", BOB)
    assert [(leg.agent, leg.answered_at) for leg in call.legs] == [("Alice", 1000), ("Bob", 9500)]


def waiting() -> Call:
    """Carl waits in a queue, which rings Alice; Bob rings because somebody dialled him."""
    rings = (Ring("alice", "PJSIP/1001", "Alice", 0, 600), Ring("bob", "PJSIP/1002", "PJSIP/1002", None, 700))
    return replace(call_of(CARL, ALICE, BOB), stints=(Stint("carl", "support", 500),), rings=rings)


def test_a_caller_who_waits_and_meets_none_of_the_phones_that_ring_was_taken_out_of_the_queue() -> None:
    call = bridged(waiting(), 5000, "x", BOB, CARL)
    assert [(stint.outcome, stint.left_at) for stint in call.stints] == [(StintOutcome.WITHDRAWN, 5000)]
    assert [(leg.agent, leg.stint, leg.rang_at) for leg in call.legs] == [("Bob", None, 700)]
    assert call.rings == ()


def test_a_caller_who_waits_and_meets_a_phone_that_rings_will_be_connected() -> None:
    assert bridged(waiting(), 5000, "x", ALICE, CARL).stints == waiting().stints


def test_others_who_meet_take_no_waiting_caller_out_of_the_queue() -> None:
    assert bridged(waiting(), 5000, "x", ALICE, BOB).stints == waiting().stints


def test_a_caller_who_waits_in_a_parking_space_waits_on() -> None:
    event = e.BridgeEnter(pos=POS, at=5000, channel=CARL, bridge="lot", holding=True)
    call = entered(waiting(), event, AGENTS.get)
    assert (call.stints, call.rings) == (waiting().stints, waiting().rings)


def test_a_stint_that_is_over_stays_as_it_was() -> None:
    over = Stint("carl", "support", 500, left_at=900, outcome=StintOutcome.TIMEOUT)
    assert bridged(replace(waiting(), stints=(over,), rings=()), 5000, "x", BOB, CARL).stints == (over,)


def test_hold_by_either_side_holds_the_leg() -> None:
    for channel in (CARL, ALICE):
        leg = whole(resumes(holds(talking(), 3000, channel), 5000, channel), 9000)
        assert (leg.hold_ms, leg.holds, leg.talk_ms) == (2000, 1, 6000)


def test_hold_of_one_who_talks_to_nobody_is_nothing() -> None:
    call = call_of(CARL, ALICE)
    assert holds(call, 3000, CARL) == call
    assert resumes(talking(), 3000, CARL) == talking()


def test_who_is_held_and_left_alone_is_on_hold() -> None:
    leg = whole(leaves(holds(talking(), 3000, ALICE), 5000, CARL), 9000)
    assert (leg.hold_ms, leg.apart_ms, leg.talk_ms) == (6000, 0, 2000)


def test_the_first_to_ask_ended_the_conversation() -> None:
    assert ends(asks_to_end(talking(), CARL)) == {"Alice": "caller"}
    assert ends(asks_to_end(talking(), ALICE)) == {"Alice": "agent"}
    assert ends(asks_to_end(asks_to_end(talking(), CARL), ALICE)) == {"Alice": "caller"}


def test_with_three_in_a_bridge_only_the_one_who_asks_leaves() -> None:
    call = bridged(shown(talking(), BOB), 2000, "x", BOB)
    assert ends(asks_to_end(call, CARL)) == {"Alice": None, "Bob": None}
    assert ends(asks_to_end(call, BOB)) == {"Alice": None, "Bob": "agent"}


def test_nobody_ends_anothers_part_in_a_conference() -> None:
    call = bridged(call_of(CARL, ALICE), 1000, "room", CARL, ALICE, conference=True)
    assert ends(asks_to_end(call, CARL)) == {"Alice": None}


def test_who_asks_to_end_before_the_conversation_begins_ends_it_on_leaving() -> None:
    for who, by in ((ALICE, "agent"), (CARL, "caller")):
        call = asked_to_end(call_of(CARL, ALICE), e.HangupRequest(pos=POS, at=999, channel=who))
        call = leaves(bridged(call, 1000, "x", CARL, ALICE), 1001, who)
        assert [(leg.ended_by, leg.ended_at) for leg in call.legs] == [(by, 1001)]


def test_who_asked_to_end_and_leaves_later_ends_no_conversation_that_began_before() -> None:
    call = bridged(shown(talking(), BOB), 2000, "x", BOB)
    call = leaves(leaves(asks_to_end(call, CARL), 9001, BOB), 9002, CARL)
    assert ends(call) == {"Alice": None, "Bob": None}


def piped() -> Call:
    """Carl is connected by a queue to the near end of a pipe, and Bob has just answered at its far end."""
    leg = Leg(None, "Bob", "Local/1002@agents", "near", 500, 1000)
    call = replace(call_of(CARL, NEAR, FAR, BOB), legs=(leg,))
    return bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", FAR, BOB)


def test_a_leg_that_is_reached_through_a_pipe_becomes_the_phones() -> None:
    assert [(leg.agent, leg.uniqueid, leg.rang_at) for leg in piped().legs] == [("Bob", "bob", 500)]
    assert ends(asks_to_end(piped(), BOB)) == {"Bob": "agent"}
    assert ends(asks_to_end(piped(), CARL)) == {"Bob": "caller"}


def test_a_phone_that_takes_the_place_of_its_pipe_has_the_leg() -> None:
    leg = Leg(None, "Bob", "Local/1002@agents", "near", 500, 1000)
    call = bridged(replace(call_of(CARL, NEAR, FAR, BOB), legs=(leg,)), 1000, "x", CARL, NEAR)
    call = bridged(call, 1100, "x", BOB, swap="near")
    assert [leg.uniqueid for leg in call.legs] == ["bob"]


def test_a_pipe_that_is_taken_out_ends_nothing() -> None:
    call = bridged(piped(), 1100, "x", BOB, swap="near")
    for end in (NEAR, FAR):
        call = asks_to_end(call, end)
    assert ends(call) == {"Bob": None}
    assert status_of(call) == "connected"


def test_a_pipe_that_goes_ends_nobodys_conversation() -> None:
    call = bridged(shown(talking(), NEAR, FAR), 2000, "y", ALICE, NEAR)
    assert ends(asks_to_end(call, NEAR)) == {"Alice": None}


def test_what_rings_at_a_pipe_rings_until_the_conversation_begins() -> None:
    ring = Ring("near", "Local/1002@agents", "Local/1002@agents", None, 500)
    call = replace(call_of(CARL, NEAR, FAR, BOB), rings=(ring,))
    call = bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", FAR)
    assert (call.rings, call.legs) == ((ring,), ())
    call = bridged(call, 2000, "y", BOB)
    assert (call.rings, [(leg.agent, leg.answered_at) for leg in call.legs]) == ((), [("Bob", 2000)])


def reached(leg: Leg, behind: e.Channel = BOB) -> list[tuple[str, str, str]]:
    """Whose legs they are after Carl has been connected to the near end of a pipe that leads to this phone."""
    call = replace(call_of(CARL, NEAR, FAR, behind), legs=(leg,))
    call = bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", FAR, behind)
    return [(leg.agent, leg.interface, leg.uniqueid) for leg in call.legs]


def test_where_a_members_phone_forwards_to_another_agents_the_leg_is_the_others() -> None:
    assert reached(Leg(0, "Alice", "PJSIP/1001", "near", 500, 1000)) == [("Bob", "PJSIP/1002", "bob")]


def test_the_phone_that_a_members_calls_are_forwarded_to_rang_since_it_was_dialled() -> None:
    leg, ring = Leg(0, "Alice", "PJSIP/1001", "near", None, 1000), Ring("bob", "PJSIP/1002", "PJSIP/1002", None, 700)
    call = replace(call_of(CARL, NEAR, FAR, BOB), legs=(leg,), rings=(ring,))
    call = bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", BOB, FAR)
    assert [(leg.agent, leg.rang_at) for leg in call.legs] == [("Bob", 700)]


def test_where_a_members_phone_forwards_to_nobody_known_the_leg_stays_the_members() -> None:
    stranger = e.Channel("stranger", "carl", "PJSIP/trunk-00000009")
    leg = Leg(0, "Alice", "PJSIP/1001", "near", 500, 1000)
    assert reached(leg, stranger) == [("Alice", "PJSIP/1001", "stranger")]


def test_a_member_who_is_a_pipe_keeps_the_leg_whosever_phone_it_leads_to() -> None:
    leg = Leg(0, "Alice", "Local/1001@agents", "near", 500, 1000)
    assert reached(leg) == [("Alice", "Local/1001@agents", "bob")]


def test_a_leg_that_has_ended_stays_with_its_channel() -> None:
    over = Leg(None, "Bob", "Local/1002@agents", "near", 500, 600, ended_at=700, ended_by="agent")
    call = replace(call_of(CARL, NEAR, FAR, BOB), legs=(over,))
    call = bridged(bridged(call, 1000, "x", CARL, NEAR), 1000, "y", FAR, BOB)
    assert call.legs[0] is over


def test_an_agent_who_leaves_whom_she_asked_through_a_pipe_may_be_about_to_hand_over() -> None:
    call = bridged(bridged(call_of(CARL, ALICE, NEAR, FAR, BOB), 1000, "x", ALICE, NEAR), 1000, "y", FAR, BOB)
    assert ends(asks_to_end(call, ALICE)) == {"Alice": "agent", "Bob": None}


def test_a_parked_caller_talks_to_nobody_any_more() -> None:
    call = parked(talking(), e.CallParked(pos=POS, at=5000, channel=CARL, space="701"))
    assert (ends(call), call.legs[0].ended_at) == ({"Alice": "system"}, 5000)


def test_a_caller_who_has_left_the_bridge_for_the_parking_space_was_in_it() -> None:
    call = parked(leaves(talking(), 5000, CARL), e.CallParked(pos=POS, at=5000, channel=CARL, space="701"))
    assert (call.legs[0].ended_by, call.legs[0].talk_ms) == ("system", 4000)


def test_an_agent_who_is_parked_has_ended_the_conversation_too() -> None:
    assert ends(parked(talking(), e.CallParked(pos=POS, at=5000, channel=ALICE, space="701"))) == {"Alice": "system"}


def test_the_agent_who_parked_the_caller_has_sent_them_to_the_space() -> None:
    for parker, ended in (("PJSIP/1001", ("transfer", Transfer("blind", "701"))), ("PJSIP/trunk", ("system", None))):
        call = parked(talking(), e.CallParked(pos=POS, at=5000, channel=CARL, space="701", parker=parker))
        assert (call.legs[0].ended_by, call.legs[0].transfer) == ended


def test_an_agent_is_known_by_the_phone_at_the_end_of_the_pipe() -> None:
    call = parked(piped(), e.CallParked(pos=POS, at=5000, channel=CARL, space="701", parker="PJSIP/1002"))
    assert ends(call) == {"Bob": "transfer"}


def test_who_comes_out_of_a_parking_space_waits_in_it_no_more() -> None:
    call = parked(talking(), e.CallParked(pos=POS, at=5000, channel=CARL, space="701"))
    assert [party.space for party in call.parties] == ["701", ""]
    assert [party.space for party in bridged(call, 6000, "y", CARL).parties] == ["", ""]


def test_nobody_else_is_touched_by_who_is_parked() -> None:
    call = bridged(shown(talking(), BOB, FAR), 2000, "y", BOB, FAR)
    event = e.CallParked(pos=POS, at=5000, channel=e.Channel("stranger", "carl"), space="701")
    assert parked(call, event) == call
