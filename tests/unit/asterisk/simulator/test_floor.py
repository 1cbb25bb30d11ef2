"""Who is rung and what becomes of the callers."""

from simulated import Hall, heard, names

from asterisk.simulator.floor import Habits, is_free
from asterisk.simulator.world import Agent, Queue

ALWAYS_ANSWERED = Habits(
    busy_share=0, no_answer_share=0, hold_share=0, transfer_share=0, consultation_share=0, lost_share=0
)


def test_a_free_agent_is_rung_at_once_and_answers() -> None:
    hall = Hall(ALWAYS_ANSWERED)
    hall.works(hall.alice, hall.q2001)
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(5)[:2] == ["ENTERQUEUE", "CONNECT"]


def test_callers_are_answered_in_the_order_of_the_line() -> None:
    hall = Hall(ALWAYS_ANSWERED)
    calls = [hall.floor.arrives(hall.q2001, f"070{i}", "Carl", "") for i in range(3)]
    for agent in (hall.alice, hall.bob):
        hall.works(agent, hall.q2001)
        hall.floor.freed(agent)
    hall.run(0.01)
    assert [call.stage for call in calls] == ["ringing", "ringing", "waiting"]


def test_rrmemory_takes_turns_and_leastrecent_takes_who_rested_longest() -> None:
    hall = Hall(ALWAYS_ANSWERED)
    for queue in (hall.q2001, hall.q2002):
        hall.works(hall.alice, queue)
        hall.works(hall.bob, queue)
    hall.q2002.strategy, hall.alice.last_call = "leastrecent", 100
    hall.q2001.members[0].last_rung = 5
    first = hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert first.member is not None and first.member.agent is hall.bob
    hall.bob.claimed, hall.bob.device = False, "NOT_INUSE"
    second = hall.floor.arrives(hall.q2002, "0701", "Carl", "")
    assert second.member is not None and second.member.agent is hall.bob


def test_a_busy_agent_is_not_tried_again_before_the_next_round() -> None:
    hall = Hall(Habits(busy_share=1))
    hall.works(hall.alice, hall.q2001)
    hall.works(hall.bob, hall.q2001)
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert [line.split("|")[2] for line in hall.run(0.5)[1:]] == ["Alice", "Bob"]
    assert hall.verbs(0.6) == ["RINGNOANSWER"] * 2


def test_who_lets_it_ring_is_free_again_afterwards() -> None:
    hall = Hall(Habits(busy_share=0, no_answer_share=1, patience_s=10_000))
    hall.works(hall.alice, hall.q2001)
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(15.5) == ["ENTERQUEUE", "RINGNOANSWER"]
    assert not hall.alice.claimed
    hall.run(1)
    assert hall.alice.claimed


def test_a_caller_without_patience_abandons() -> None:
    hall = Hall(Habits(patience_s=0.001))
    call = hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(3) == ["ENTERQUEUE", "ABANDON"]
    assert call.stage == "gone" and hall.floor.open_calls == 0


def test_a_patient_caller_times_out_into_voicemail() -> None:
    hall = Hall(Habits(patience_s=10_000, message_share=1))
    hall.q2001.max_wait_s = 6
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(40) == ["ENTERQUEUE", "EXITWITHTIMEOUT"]
    assert hall.floor.open_calls == 0


def test_a_transfer_needs_a_free_agent() -> None:
    hall = Hall(Habits(busy_share=0, no_answer_share=0, transfer_share=1, hold_share=1))
    hall.works(hall.alice, hall.q2001)
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    assert hall.verbs(600) == ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]
    hall.works(hall.bob, hall.q2002)
    hall.floor.arrives(hall.q2001, "0701", "Carl", "")
    assert hall.verbs(600) == ["ENTERQUEUE", "CONNECT", "BLINDTRANSFER"]
    assert hall.floor.open_calls == 0


def test_reports_come_while_a_call_lasts() -> None:
    hall = Hall(Habits(patience_s=10_000))
    hall.floor.arrives(hall.q2001, "0700", "Carl", "")
    hall.agenda.run_until(hall.pbx.now_us + 16_000_000)
    assert names(heard(hall.pbx)).count("RTCPSent") == 3


def test_who_is_in_wrap_up_is_not_free() -> None:
    agent = Agent("PJSIP/1001", "Alice", free_at_us=10)
    assert not is_free(agent, 9) and is_free(agent, 10)
    agent.claimed = True
    assert not is_free(agent, 10)


def test_the_longest_waiting_of_an_agents_queues_is_helped_first() -> None:
    hall = Hall(ALWAYS_ANSWERED)
    early: Queue = hall.q2002
    first = hall.floor.arrives(early, "0700", "Carl", "")
    hall.after(1)
    second = hall.floor.arrives(hall.q2001, "0701", "Carl", "")
    hall.works(hall.alice, hall.q2001, early)
    hall.floor.freed(hall.alice)
    assert (first.stage, second.stage) == ("ringing", "waiting")
