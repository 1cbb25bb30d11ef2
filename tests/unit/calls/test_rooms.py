"""Conferences: the parties of several calls talk, and each stays in its own."""

from stories import NOON, Told, told

from calls import events as e
from calls.call import Call

CARL = e.Channel("one", "one", "PJSIP/trunk-one", "5551234")
ALICE = e.Channel("two", "two", "PJSIP/alice-two", "1001")
ZOE = e.Channel("zoe", "zoe", "PJSIP/trunk-zoe", "5550000")


def conference(*arrivals: tuple[float, e.Channel]) -> Told:
    """Each of these channels begins a call of its own and enters the room at its second."""
    story = told("0 member Alice added")
    for second, channel in arrivals:
        story.hears(0, e.Newchannel, channel=channel)
        enters(story, second, channel)
    return story


def enters(story: Told, second: float, channel: e.Channel) -> None:
    story.hears(second, e.BridgeEnter, channel=channel, bridge="room", conference=True)


def leaves(story: Told, second: float, channel: e.Channel) -> None:
    story.hears(second, e.BridgeLeave, channel=channel, bridge="room")


def ends(story: Told, second: float, channel: e.Channel) -> Call:
    """The call whose only channel is gone."""
    story.hears(second, e.Hangup, channel=channel, cause=16)
    return next(call for call in story.calls() if call.linkedid == channel.linkedid)


def test_one_alone_in_the_room_talks_to_nobody() -> None:
    story = conference((5, ALICE))
    assert (story.call.answered_at, story.call.legs, story.call.status) == (None, (), "ringing")


def test_as_soon_as_two_are_there_all_talk_and_each_call_stays_its_own() -> None:
    story = conference((5, ALICE), (8, CARL))
    alice, carl = sorted(story.calls(), key=lambda call: call.legs == ())
    assert [call.merged_into for call in (alice, carl)] == [None, None]
    assert (alice.answered_at, carl.answered_at) == (NOON + 8000, NOON + 8000)
    assert [(leg.agent, leg.stint, leg.answered_at) for leg in alice.legs] == [("Alice", None, NOON + 8000)]
    assert story.presences("Alice") == ["available", "on_call"]
    assert story.rejects == []


def test_a_third_changes_nothing_for_those_who_talk() -> None:
    story = conference((5, ALICE), (8, CARL))
    before = {call.linkedid: call for call in story.calls()}
    story.hears(9, e.Newchannel, channel=ZOE)
    enters(story, 9, ZOE)
    assert {call.linkedid: call for call in story.calls() if call.linkedid != "zoe"} == before
    assert story.state.rooms == {"room": ("one", "two", "zoe")}


def test_the_last_one_left_alone_talks_to_nobody() -> None:
    story = conference((5, ALICE), (8, CARL))
    leaves(story, 20, CARL)
    leg = ends(story, 30, ALICE).legs[0]
    assert (leg.talk_ms, leg.apart_ms, leg.ended_by) == (12_000, 10_000, "system")


def test_with_two_left_the_talk_goes_on() -> None:
    story = conference((5, ALICE), (8, CARL), (8, ZOE))
    leaves(story, 20, CARL)
    assert ends(story, 30, ALICE).legs[0].talk_ms == 22_000


def test_one_who_was_alone_for_a_while_talks_again() -> None:
    story = conference((5, ALICE), (8, CARL))
    leaves(story, 20, CARL)
    enters(story, 25, CARL)
    leg = ends(story, 30, ALICE).legs[0]
    assert (leg.talk_ms, leg.apart_ms) == (17_000, 5_000)


def test_an_empty_room_is_forgotten() -> None:
    story = conference((5, ALICE), (8, CARL))
    leaves(story, 20, CARL)
    leaves(story, 21, ALICE)
    assert story.state.rooms == {}


def test_who_asks_to_end_leaves_the_others_talking() -> None:
    story = conference((5, ALICE), (8, CARL))
    story.hears(20, e.HangupRequest, channel=CARL)
    leaves(story, 20, CARL)
    assert ends(story, 30, ALICE).legs[0].ended_by == "system"


def test_two_parties_of_one_call_in_a_room_talk_too() -> None:
    story = told("0 member Alice added, 0 arrives")
    enters(story, 5, CARL)
    enters(story, 6, e.Channel("one-Alice", "one", "PJSIP/alice-one", "1001"))
    assert [(leg.agent, leg.answered_at) for leg in story.call.legs] == [("Alice", NOON + 6000)]


def deserted() -> Told:
    """Alice, whom the queue connected, goes into the room with her caller, who hangs up there and leaves her alone."""
    story = told("0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 3 answers Alice")
    alice = e.Channel("one-Alice", "one", "PJSIP/alice-one", "1001")
    for channel in (alice, CARL):
        story.hears(5, e.BridgeLeave, channel=channel, bridge="bridgeone")
        enters(story, 5, channel)
    done = {"queue": "support", "interface": "PJSIP/alice", "member": "Alice", "reason": "caller"}
    story.hears(9, e.HangupRequest, channel=CARL)
    story.hears(9, e.AgentComplete, channel=CARL, dest=alice, **done)
    leaves(story, 9, CARL)
    story.hears(9, e.Hangup, channel=CARL, cause=16)
    return story


def test_an_agent_whose_caller_leaves_her_alone_in_the_room_talks_to_nobody() -> None:
    assert [(leg.stint, leg.ended_at, leg.ended_by) for leg in deserted().call.legs] == [(0, NOON + 9000, "caller")]


def test_an_agent_who_stayed_alone_in_the_room_has_another_leg_from_when_somebody_comes() -> None:
    story = deserted()
    story.hears(12, e.Newchannel, channel=ZOE)
    enters(story, 12, ZOE)
    call = next(call for call in story.calls() if call.linkedid == "one")
    assert [(leg.stint, leg.answered_at) for leg in call.legs] == [(0, NOON + 3000), (None, NOON + 12_000)]
    assert story.rejects == []
