"""Two calls that become one: by Linkedid, in a bridge, or by taking a place."""

import pytest
from stories import NOON, Told, told

from calls import events as e
from calls.call import Call, Outcome, Transfer

CARL = e.Channel("one", "one", "PJSIP/trunk-one", "5551234")
ALICE = e.Channel("one-Alice", "one", "PJSIP/alice-one", "1001")
# Alice's second call, and Bob's phone in it.
ASKING = e.Channel("two", "two", "PJSIP/alice-two", "1001")
BOB = e.Channel("two-Bob", "two", "PJSIP/bob-two", "1002")
TALKING = "0 member Alice added, 0 arrives, 1 joins support, 2 rings Alice, 5 answers Alice"


def consultation(story: str = "") -> Told:
    """Alice, who talks to Carl, begins a second call; then the story goes on."""
    result = told(TALKING)
    result.hears(10, e.Newchannel, channel=ASKING)
    if story:
        result.goes_on(story)
    return result


def both(story: Told) -> tuple[Call, Call]:
    """The call of Carl and that of Alice's consultation."""
    first, second = story.calls()
    return first, second


def parties(call: Call) -> set[str]:
    return {party.uniqueid for party in call.parties}


def test_a_channel_that_names_the_other_call_makes_them_one() -> None:
    story = consultation("11 two: rings Bob")
    story.hears(14, e.BridgeEnter, channel=e.Channel("two-Bob", "one", "PJSIP/bob-two"), bridge="bridgeone")
    first, second = both(story)
    assert (second.merged_into, second.outcome, second.ended_at) == (first.call_id, Outcome.OTHER, NOON + 14_000)
    assert parties(first) == {"one", "one-Alice", "two", "two-Bob"}
    assert (story.state.merged, set(story.state.calls)) == ({"two": "one"}, {"one"})


def test_a_phone_that_rings_goes_on_ringing_in_the_call_that_goes_on() -> None:
    story = consultation()
    story.hears(11, e.DialBegin, channel=ASKING, dest=BOB)
    story.hears(12, e.Newstate, channel=e.Channel("two", "one", "PJSIP/alice-two"), state=6)
    first, second = both(story)
    assert ([ring.uniqueid for ring in first.rings], second.rings) == (["two-Bob"], ())


def test_a_late_word_about_the_one_that_is_absorbed_is_about_the_other() -> None:
    story = consultation("11 two: rings Bob")
    story.hears(14, e.BridgeEnter, channel=e.Channel("two-Bob", "one", "PJSIP/bob-two"), bridge="bridgeone")
    story.hears(20, e.Newchannel, channel=e.Channel("late", "two", "PJSIP/1009-9"))
    first, second = both(story)
    assert "late" in parties(first)
    assert second.ended_at == NOON + 14_000


@pytest.mark.parametrize("last", [CARL, BOB])
def test_who_meets_in_a_bridge_is_one_call_and_the_younger_joins_the_older(last: e.Channel) -> None:
    story = told(f"{TALKING}, 10 two: arrives")
    story.hears(11, e.DialBegin, channel=None, dest=BOB)
    for channel in sorted((CARL, BOB), key=lambda channel: channel is last):
        story.hears(20, e.BridgeEnter, channel=channel, bridge="elsewhere")
    first, second = both(story)
    assert (first.merged_into, second.merged_into) == (None, first.call_id)
    assert "two-Bob" in parties(first)


@pytest.mark.parametrize("kind", ["conference", "holding"])
def test_who_meets_in_a_conference_or_waits_in_the_same_place_stays_apart(kind: str) -> None:
    story = told("0 arrives, 1 two: arrives")
    for number, channel in enumerate((CARL, ASKING)):
        story.hears(5 + number, e.BridgeEnter, channel=channel, bridge="room", **{kind: True})
    assert [call.merged_into for call in story.calls()] == [None, None]
    assert [call.answered_at is None for call in story.calls()] == [kind == "holding"] * 2


def test_a_bridge_that_a_list_shows_makes_nobody_one() -> None:
    story = told("0 arrives, 1 two: arrives")
    for channel in (CARL, ASKING):
        story.hears(5, e.BridgeEnter, channel=channel, bridge="room", listed=True)
    assert [call.merged_into for call in story.calls()] == [None, None]
    assert story.state.rooms == {"room": ("one", "two")}


def test_three_calls_in_one_bridge_are_one() -> None:
    story = told("0 arrives, 1 two: arrives, 2 three: arrives")
    for who in ("three", "two", "one"):
        story.hears(5, e.BridgeEnter, channel=e.Channel(who, who, f"PJSIP/{who}-1"), bridge="bridge")
    assert [call.merged_into for call in story.calls()] == [None, "pbx:one", "pbx:two"]
    assert story.state.merged == {"two": "one", "three": "one"}


def test_a_queues_agent_to_whom_the_caller_is_handed_over_was_left_by_who_asked() -> None:
    story = consultation("11 two: joins sales, 12 two: rings Bob sales, 15 two: answers Bob sales")
    story.hears(30, e.BridgeLeave, channel=ASKING, bridge="bridgetwo")
    story.hears(30, e.BridgeEnter, channel=CARL, bridge="bridgetwo", swap="two")
    first, second = both(story)
    assert [(leg.agent, leg.stint, leg.ended_by, leg.talk_ms) for leg in second.legs] == [
        ("Bob", 0, "caller", 15_000),
        ("Alice", None, "system", 15_000),
    ]
    assert [(leg.agent, leg.stint, leg.ended_at) for leg in first.legs[1:]] == [("Bob", None, None)]
    assert (second.outcome, second.merged_into) == (Outcome.OTHER, first.call_id)


@pytest.mark.parametrize(("channel", "to"), [(CARL, "5551234"), (e.Channel("one", "one", exten="2001"), "2001")])
def test_a_queues_agent_whose_place_in_the_bridge_another_takes_has_transferred(channel: e.Channel, to: str) -> None:
    story = told("0 arrives, 11 two: arrives, 11 two: joins sales, 12 two: rings Bob sales, 15 two: answers Bob sales")
    story.hears(30, e.BridgeLeave, channel=BOB, bridge="bridgetwo")
    story.hears(30, e.BridgeEnter, channel=channel, bridge="bridgetwo", swap="two-Bob")
    first, second = both(story)
    (leg,) = second.legs
    assert (leg.agent, leg.ended_at, leg.ended_by) == ("Bob", NOON + 30_000, "transfer")
    assert leg.transfer == Transfer("attended", to)
    assert (second.merged_into, first.legs, first.status) == (first.call_id, (), "connected")


def named_one(story: Told, second: float) -> Told:
    """Alice's channel of the consultation names Carl's call from now on."""
    story.hears(second, e.Newstate, channel=e.Channel("two", "one", "PJSIP/alice-two", "1001"), state=6)
    return story


def test_who_waits_in_the_one_that_is_absorbed_waits_on_in_the_other_with_the_rings() -> None:
    story = consultation("11 two: joins sales, 12 two: rings Bob sales, 17 two: rings Zoe sales")
    bob = {"channel": ASKING, "dest": BOB, "queue": "sales", "interface": "PJSIP/bob", "member": "Bob"}
    story.hears(18, e.AgentRingNoAnswer, **bob, ring_ms=6000)
    first, second = both(named_one(story, 20))
    assert [(stint.queue, stint.uniqueid, stint.entered_at) for stint in first.stints][1:] == [
        ("sales", "two", NOON + 11_000)
    ]
    assert [(ring.agent, ring.stint, ring.since) for ring in first.rings] == [("Zoe", 1, NOON + 17_000)]
    assert [(missed.agent, missed.stint, missed.ring_ms) for missed in first.missed] == [("Bob", 1, 6000)]
    assert (second.stints, second.rings, second.missed) == ((), (), ())


def test_who_waits_on_in_the_other_call_is_connected_there() -> None:
    story = named_one(consultation("11 two: joins sales, 12 two: rings Bob sales"), 20)
    connect = {"dest": BOB, "queue": "sales", "interface": "PJSIP/bob", "member": "Bob", "hold_s": 14}
    story.hears(25, e.AgentConnect, channel=ASKING, **connect)
    first, second = both(story)
    stint, leg = first.stints[1], first.legs[1]
    assert (stint.outcome, stint.agent, stint.wait_ms) == ("answered", "Bob", 14_000)
    assert (leg.agent, leg.stint, leg.rang_at) == ("Bob", 1, NOON + 12_000)
    assert (second.legs, second.ended_at, story.rejects) == ((), NOON + 20_000, [])


def test_who_waits_on_in_the_other_call_waits_and_counts_once() -> None:
    queue = named_one(consultation("11 two: joins sales"), 20).state.queues["sales"]
    assert [(waiting.linkedid, waiting.uniqueid) for waiting in queue.waiting] == [("one", "two")]
    assert [tally.offered for tally in queue.tallies.values()] == [1]


def test_a_recording_goes_on_in_the_other_call_and_one_that_is_over_stays() -> None:
    story = consultation()
    story.hears(11, e.MixMonitorStart, channel=ASKING, file="over.wav")
    story.hears(12, e.MixMonitorStop, channel=ASKING)
    story.hears(13, e.MixMonitorStart, channel=ASKING, file="open.wav")
    named_one(story, 20).hears(25, e.MixMonitorStop, channel=ASKING)
    first, second = both(story)
    assert [(it.file, it.started_at, it.ended_at) for it in first.recordings] == [
        ("open.wav", NOON + 13_000, NOON + 25_000)
    ]
    assert [(it.file, it.ended_at) for it in second.recordings] == [("over.wav", NOON + 12_000)]


def test_what_a_call_has_absorbed_is_forgotten_when_it_ends() -> None:
    story = named_one(consultation("11 three: arrives"), 20)
    story.hears(21, e.Newstate, channel=e.Channel("three", "one", "PJSIP/trunk-three"), state=6)
    assert story.state.merged == {"two": "one", "three": "one"}
    for uniqueid in ("two", "three", "one-Alice", "one"):
        assert story.state.merged != {}
        story.hears(30, e.Hangup, channel=e.Channel(uniqueid, "one"), cause=16)
    assert (story.state.merged, story.state.calls, story.rejects) == ({}, {}, [])


def test_what_another_call_has_absorbed_is_kept() -> None:
    story = named_one(consultation("11 three: arrives"), 20)
    story.hears(30, e.Hangup, channel=e.Channel("three", "three"), cause=16)
    assert story.state.merged == {"two": "one"}


def taken(story: str, **facts: object) -> Told:
    """Alice asks a queue, and hands Carl over while the queue still waits."""
    result = consultation(story)
    transfer = {"ok": True, "takes_place": True, "transferee": CARL} | facts
    result.hears(20, e.AttendedTransfer, transferer=ALICE, second=ASKING, target=None, **transfer)
    return result


def test_who_takes_a_place_in_a_queue_has_waited_as_long_as_the_place() -> None:
    first, second = both(taken("11 two: joins sales"))
    assert [(stint.queue, stint.uniqueid, stint.entered_at) for stint in first.stints] == [
        ("support", "one", NOON + 1000),
        ("sales", "one", NOON + 11_000),
    ]
    assert (second.stints, second.merged_into) == ((), first.call_id)
    assert (first.legs[0].ended_by, first.legs[0].transfer and first.legs[0].transfer.kind) == ("transfer", "attended")


def test_the_phones_that_ring_for_a_place_ring_for_who_takes_it() -> None:
    story = taken("0 member Bob added sales, 11 two: joins sales, 12 two: rings Bob sales")
    assert [(ring.agent, ring.stint) for ring in both(story)[0].rings] == [("Bob", 1)]
    connect = {"dest": BOB, "queue": "sales", "interface": "PJSIP/bob", "member": "Bob", "hold_s": 14}
    story.hears(25, e.AgentConnect, channel=e.Channel("one", "one", "PJSIP/trunk-one"), **connect)
    stint, leg = both(story)[0].stints[1], both(story)[0].legs[1]
    assert (stint.outcome, stint.wait_ms) == ("answered", 14_000)
    assert (leg.agent, leg.rang_at, leg.stint) == ("Bob", NOON + 12_000, 1)
    assert story.rejects == []


@pytest.mark.parametrize("facts", [{"ok": False}, {"takes_place": False}, {"transferee": None}])
def test_no_place_is_taken_by_a_transfer_that_failed_or_is_another_kind(facts: dict[str, object]) -> None:
    first, second = both(taken("11 two: joins sales", **facts))
    assert [stint.queue for stint in first.stints] == ["support"]
    assert ([stint.queue for stint in second.stints], second.merged_into) == (["sales"], None)


def test_who_takes_a_place_waits_once_in_the_queues_view() -> None:
    queue = taken("0 member Bob added sales, 11 two: joins sales, 12 two: rings Bob sales").state.queues["sales"]
    assert [(waiting.linkedid, waiting.uniqueid) for waiting in queue.waiting] == [("one", "one")]
    assert [tally.offered for tally in queue.tallies.values()] == [1]


def test_the_rings_that_were_missed_for_a_place_go_with_it() -> None:
    first, second = both(taken("11 two: joins sales, 12 two: rings Bob sales, 17 two: misses Bob"))
    assert [(missed.agent, missed.stint) for missed in first.missed] == [("Bob", 1)]
    assert second.missed == ()


def test_the_other_stints_of_the_call_keep_their_legs() -> None:
    story = consultation("11 two: joins sales")
    third = e.Channel("third", "two", "PJSIP/trunk-three")
    story.hears(12, e.Newchannel, channel=third)
    story.hears(12, e.QueueCallerJoin, channel=third, queue="support", position=1)
    connect = {"dest": BOB, "queue": "support", "interface": "PJSIP/bob", "member": "Bob", "hold_s": 1}
    story.hears(13, e.AgentConnect, channel=third, **connect)
    transfer = {"transferee": CARL, "target": None, "ok": True, "takes_place": True}
    story.hears(20, e.AttendedTransfer, transferer=ALICE, second=ASKING, **transfer)
    (stint,), (leg,) = both(story)[1].stints, both(story)[1].legs
    assert (stint.queue, stint.agent, leg.agent, leg.stint) == ("support", "Bob", "Bob", 0)
