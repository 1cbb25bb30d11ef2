"""Steps of queues: what cannot be is said, not raised."""

from calls import events as e
from calls.call import Call, Stint, StintOutcome
from calls.queue_steps import abandoned, connected, left, rang, settle_stints, status_set

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
