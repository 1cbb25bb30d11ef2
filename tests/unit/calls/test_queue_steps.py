"""Steps of queues: what cannot be is said, not raised."""

from msgspec.structs import replace

from calls import events as e
from calls.call import Call, Leg, Party, Ring, Stint, StintOutcome
from calls.queue_steps import abandoned, completed, connected, left, not_answered, rang, settle_stints, status_set

POS = e.Position("ami", "a", 1, 1)
WHO = e.Channel("u1", "l")
EMPTY = Call(linkedid="l", pbx="p", started_at=0, tenant="t")


def waiting() -> Call:
    """A call whose first channel waits in queue q."""
    return Call(linkedid="l", pbx="p", started_at=0, tenant="t", stints=(Stint("u1", "q", 1000, 1),))


def test_events_about_nobody_who_waits_say_so() -> None:
    said = [
        left(EMPTY, e.QueueCallerLeave(pos=POS, at=1, channel=WHO, queue="q")),
        abandoned(EMPTY, e.QueueCallerAbandon(pos=POS, at=1, channel=WHO, queue="q")),
        rang(EMPTY, e.AgentCalled(pos=POS, at=1, channel=WHO, dest=None, queue="q", interface="i", member="m")),
        connected(
            EMPTY, e.AgentConnect(pos=POS, at=1, channel=WHO, dest=None, queue="q", interface="i", member="m", hold_s=0)
        ),
    ]
    assert all(isinstance(it, str) and "q" in it for it in said)


def test_a_member_without_a_name_is_its_interface() -> None:
    event = e.AgentConnect(pos=POS, at=5000, channel=WHO, dest=None, queue="q", interface="i", member="", hold_s=4)
    call = connected(waiting(), event)
    assert isinstance(call, Call) and call.stints[0].agent == "i" and call.legs[0].agent == "i"


def test_leaving_twice_keeps_the_first_instant() -> None:
    once = left(waiting(), e.QueueCallerLeave(pos=POS, at=4000, channel=WHO, queue="q"))
    assert isinstance(once, Call)
    assert left(once, e.QueueCallerLeave(pos=POS, at=9000, channel=WHO, queue="q")) is once


def test_a_status_that_says_nothing_changes_nothing() -> None:
    call = waiting()
    assert status_set(call, e.QueueStatusSet(pos=POS, at=1, channel=WHO, value="CONTINUE")) is call


def test_settling_leaves_who_still_waits_alone_unless_an_instant_is_given() -> None:
    assert settle_stints(waiting(), "u1", StintOutcome.EXIT_KEY).stints[0].outcome is None
    assert settle_stints(waiting(), "u1", StintOutcome.ABANDONED, 7000).stints[0].wait_ms == 6000


MEMBER = e.Channel("u2", "l", "PJSIP/1001-2")
LEG = Leg(0, "Alice", "PJSIP/1001", "u2", 2000, 5000)


def connect(queue: str = "q", interface: str = "PJSIP/1001", dest: e.Channel | None = MEMBER) -> e.AgentConnect:
    """The queue tells that it connected Alice at 6000."""
    return e.AgentConnect(
        pos=POS, at=6000, channel=WHO, dest=dest, queue=queue, interface=interface, member="Alice", hold_s=5
    )


def nobody(bridge: str) -> bool:
    """No other call is in any bridge."""
    return False


def complete(dest: e.Channel | None = MEMBER) -> e.AgentComplete:
    """The queue tells at 9000 that Alice's part is over."""
    return e.AgentComplete(
        pos=POS, at=9000, channel=WHO, dest=dest, queue="q", interface="PJSIP/1001", member="Alice", reason="caller"
    )


def answered(*parties: Party, leg: Leg = LEG) -> Call:
    """Alice's leg of a stint that was answered at 5000."""
    stint = replace(waiting().stints[0], left_at=5000, outcome=StintOutcome.ANSWERED, agent="Alice")
    return replace(EMPTY, stints=(stint,), legs=(leg,), parties=parties, answered_at=5000)


def test_a_connection_that_a_list_has_shown_was_when_the_queue_says() -> None:
    call = connected(answered(), connect())
    assert isinstance(call, Call)
    assert [(leg.answered_at, leg.rang_at) for leg in call.legs] == [(6000, 2000)]
    assert (call.stints[0].wait_ms, call.stints[0].outcome) == (5000, StintOutcome.ANSWERED)


def test_nobody_is_connected_again_in_another_queue_or_to_another_agent() -> None:
    for event in (connect(queue="other"), connect(interface="PJSIP/1009")):
        assert isinstance(connected(answered(), event), str)
    over = replace(LEG, ended_at=5500, ended_by="caller")
    assert isinstance(connected(answered(leg=over), connect()), str)


def test_the_queues_word_ends_what_nothing_else_has_ended() -> None:
    call = completed(answered(Party("u1", "i", bridge="x"), Party("u2", "PJSIP/1001", bridge="x")), complete(), nobody)
    assert [(leg.ended_at, leg.ended_by) for leg in call.legs] == [(9000, "caller")]
    assert completed(call, complete(), nobody) is call


def test_an_agent_who_talks_on_to_somebody_else_has_another_leg_for_that() -> None:
    third = Party("u3", "PJSIP/1002", bridge="x")
    call = completed(answered(Party("u2", "PJSIP/1001", bridge="x"), third), complete(), nobody)
    assert [(leg.stint, leg.answered_at, leg.ended_at, leg.ended_by) for leg in call.legs] == [
        (0, 5000, 9000, "caller"),
        (None, 9000, None, None),
    ]
    assert (call.legs[1].agent, call.legs[1].uniqueid, call.legs[1].rang_at) == ("Alice", "u2", None)


def test_an_agent_in_a_conference_talks_on_if_others_are_there_in_other_calls() -> None:
    for others, stints in (("x", [0, None]), ("y", [0])):
        call = answered(Party("u2", "PJSIP/1001", bridge="x", conference=True))
        assert [leg.stint for leg in completed(call, complete(), others.__eq__).legs] == stints


def test_an_agent_in_no_bridge_does_not_talk_on() -> None:
    for parties in ((), (Party("u2", "PJSIP/1001"), Party("u3", "PJSIP/1002", bridge="x"))):
        assert len(completed(answered(*parties), complete(), nobody).legs) == 1


def picked_up() -> Call:
    """Bob has picked up what rang at Alice's."""
    ring = Ring("u3", "PJSIP/1002", "Bob", 0, 4000, picked_from="PJSIP/1001")
    return replace(waiting(), rings=(ring,))


def test_the_agent_of_a_ring_that_was_picked_up_is_who_picked_it_up() -> None:
    taker = e.Channel("u3", "l", "PJSIP/1002-3")
    for dest in (taker, None):
        call = connected(picked_up(), connect(dest=dest))
        assert isinstance(call, Call)
        assert [(leg.agent, leg.interface, leg.uniqueid, leg.rang_at) for leg in call.legs] == [
            ("Bob", "PJSIP/1002", "u3", None)
        ]
        assert (call.rings, call.missed, call.stints[0].agent) == ((), (), "Alice")
        assert completed(call, complete(taker), nobody).legs[0].ended_by == "caller"


def test_a_ring_that_was_picked_up_is_not_missed_when_the_queue_lets_it_go() -> None:
    event = e.AgentRingNoAnswer(
        pos=POS, at=6000, channel=WHO, dest=None, queue="q", interface="PJSIP/1001", member="Alice", ring_ms=1000
    )
    assert [ring.agent for ring in not_answered(picked_up(), event).rings] == ["Bob"]
