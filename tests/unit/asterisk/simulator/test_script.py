"""The steps of a queue call up to the answer sound as the recordings of a real Asterisk do."""

from simulated import Lab, heard, names, recorded, streams

from asterisk.simulator import endings, script
from asterisk.simulator.world import Call


def test_a_call_that_the_caller_ends_sounds_as_recorded() -> None:
    lab = Lab()
    member = lab.works(lab.alice, lab.q2001, lab.q2002)
    call = lab.calls(lab.q2001, "C-77")
    lab.rings(call, member)
    lab.after(0.8)
    script.connect(lab.pbx, call)
    lab.after(4)
    endings.complete_by_caller(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s01"))


def test_a_ring_that_nobody_answers_and_the_next_agent_sound_as_recorded() -> None:
    lab = Lab()
    alice = lab.works(lab.alice, lab.q2003, lab.q2002, lab.q2001)
    bob = lab.works(lab.bob, lab.q2003, lab.q2001)
    call = lab.calls(lab.q2003)
    lab.rings(call, alice)
    lab.after(5)
    script.ring_no_answer(lab.pbx, call)
    lab.after(1)
    lab.rings(call, bob)
    lab.after(1)
    script.connect(lab.pbx, call)
    lab.after(3)
    endings.complete_by_caller(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s04"))


def test_agents_who_are_busy_sound_as_recorded() -> None:
    lab = Lab()
    alice, bob = lab.works(lab.alice, lab.q2001), lab.works(lab.bob, lab.q2001)
    call = lab.calls(lab.q2001)
    for _ in range(3):
        for member in (bob, alice):
            script.ring(lab.pbx, call, member)
            script.busy(lab.pbx, call)
        lab.after(2)
    lab.rings(call, bob)
    lab.after(0.5)
    script.connect(lab.pbx, call)
    lab.after(6)
    endings.complete_by_caller(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s17"))


def test_the_wait_is_told_in_seconds_cut_off_at_both_ends() -> None:
    lab = Lab()
    member = lab.works(lab.alice, lab.q2001)
    lab.after(0.9)
    call = lab.calls(lab.q2001)
    lab.rings(call, member)
    lab.after(0.2)
    script.connect(lab.pbx, call)
    output = lab.pbx.take()
    enter, connect = output.queue_log
    assert enter == b"1795360000|lab1-1795360000.0|2001|NONE|ENTERQUEUE||5551234|1"
    assert connect == b"1795360001|lab1-1795360000.0|2001|Alice|CONNECT|1|lab1-1795360000.1|1"


def test_positions_count_up_with_the_line() -> None:
    lab = Lab()
    calls: list[Call] = [lab.calls(lab.q2001) for _ in range(3)]
    joins = [packet for packet in heard(lab.pbx) if packet.name == "QueueCallerJoin"]
    assert [call.original_position for call in calls] == [1, 2, 3]
    assert [packet.get("Count") for packet in joins] == ["1", "2", "3"]


def test_without_busy_at_one_a_phone_goes_from_ringing_to_in_use() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    endings.complete_by_agent(lab.pbx, call)
    said = heard(lab.pbx)
    assert [packet.get("Status") for packet in said if packet.name == "QueueMemberStatus"] == ["6", "2", "1"]
    assert "AgentConnect" in names(said)
