"""What becomes of callers whom an agent passes on."""

from collections import Counter

import pytest
from simulated import Hall, run, traffic

from asterisk.simulator.floor import Habits
from asterisk.simulator.handover import Manners
from asterisk.simulator.traffic import Plan
from asterisk.simulator.world import Call

ANSWERED = Manners(no_answer_share=0, transfer_share=1, caller_leaves_share=0)


def hall_with(manners: Manners) -> Hall:
    """Alice and Bob, who consult each other in every talk."""
    habits = Habits(
        busy_share=0, no_answer_share=0, hold_share=0, transfer_share=0, consultation_share=1, manners=manners
    )
    return Hall(habits)


def called(hall: Hall) -> Call:
    """A call that Alice answers; Bob is free."""
    hall.works(hall.alice, hall.q2001)
    hall.works(hall.bob, hall.q2002)
    return hall.floor.arrives(hall.q2001, "0700", "Carl", "")


def run_to_consultation(hall: Hall, call: Call) -> None:
    """Let time pass until Alice calls Bob."""
    while call.consultation is None and hall.agenda.next_us is not None:
        hall.agenda.run_until(hall.agenda.next_us, most=1)


@pytest.mark.parametrize(
    ("manners", "last"),
    [
        (ANSWERED, "ATTENDEDTRANSFER"),
        (Manners(no_answer_share=0, transfer_share=0, caller_leaves_share=0), "COMPLETE"),
        (Manners(no_answer_share=1, blind_share=0, caller_leaves_share=0), "COMPLETE"),
        (Manners(no_answer_share=1, blind_share=1, caller_leaves_share=0), "BLINDTRANSFER"),
    ],
)
def test_every_consultation_has_its_end(manners: Manners, last: str) -> None:
    hall = hall_with(manners)
    called(hall)
    assert hall.verbs(900)[-1].startswith(last)
    assert (hall.floor.open_calls, len(hall.pbx.channels)) == (0, 0)
    assert not hall.alice.claimed and not hall.bob.claimed
    assert hall.alice.device == hall.bob.device == "NOT_INUSE"


def test_an_agent_without_a_free_colleague_ends_the_talk() -> None:
    hall = hall_with(ANSWERED)
    hall.works(hall.alice, hall.q2001)
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(600)[-1] == "COMPLETEAGENT"


def test_a_caller_who_leaves_while_on_hold_frees_the_agent_after_the_consultation() -> None:
    hall = hall_with(Manners(no_answer_share=0, caller_leaves_share=1))
    call = called(hall)
    run_to_consultation(hall, call)
    hall.floor.completes(call, by_agent=False)
    then = [(hall.alice.device, hall.floor.open_calls)]
    hall.run(600)
    assert [*then, (hall.alice.device, hall.floor.open_calls)] == [("INUSE", 1), ("NOT_INUSE", 0)]


def test_a_caller_on_hold_stays_on_hold_while_the_agent_asks() -> None:
    hall = hall_with(ANSWERED)
    call = called(hall)
    run_to_consultation(hall, call)
    assert call.held_by is call.leg and hall.bob.claimed
    hall.run(0.001)
    assert call.held_by is call.leg


def test_with_all_kinds_every_call_ends_and_nothing_is_left() -> None:
    plan = Plan(calls=60, rate=0.3, habits=Habits(consultation_share=0.6, transfer_share=0.2, hold_share=0.3))
    made = traffic(plan)
    verbs = Counter(line.split(b"|")[4] for line in run(made).queue_log)
    assert made.over and not made.pbx.channels and made.pbx.trunk_held == 0
    assert verbs[b"ATTENDEDTRANSFER"] > 5 and verbs[b"BLINDTRANSFER"] > 5
