"""Changes of membership are told, and logged as app_queue logs them."""

from simulated import Lab, heard, names

from asterisk.simulator import members
from asterisk.simulator.world import Agent


def test_a_pause_in_all_queues_is_logged_as_such_and_then_for_each() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2001, lab.q2002)
    members.pause(lab.pbx, lab.alice.members, paused=True, reason="Lunch")
    assert lab.pbx.take().queue_log == [
        b"1795360000|NONE|NONE|Alice|PAUSEALL|Lunch",
        b"1795360000|NONE|2001|Alice|PAUSE|Lunch",
        b"1795360000|NONE|2002|Alice|PAUSE|Lunch",
    ]


def test_a_repeated_pause_is_told_again_without_a_change_of_device() -> None:
    lab = Lab()
    member = lab.works(lab.alice, lab.q2001)
    for _ in range(2):
        members.pause(lab.pbx, [member], paused=True, reason="Tea")
    assert names(heard(lab.pbx)) == ["DeviceStateChange", "QueueMemberPause", "QueueMemberPause"]


def test_who_comes_back_is_offered_the_waiting_callers() -> None:
    lab = Lab()
    freed: list[Agent] = []
    lab.pbx.on_free = freed.append
    member = lab.works(lab.alice, lab.q2001)
    members.pause(lab.pbx, [member], paused=True, reason="")
    members.pause(lab.pbx, [member], paused=False, reason="")
    assert freed == [lab.alice] and member.last_pause == 1_795_360_000


def test_nobody_is_paused_in_no_queue() -> None:
    lab = Lab()
    members.pause(lab.pbx, [], paused=True, reason="")
    assert heard(lab.pbx) == []


def test_a_dynamic_member_comes_and_goes() -> None:
    lab = Lab()
    member = members.add(lab.pbx, lab.q2001, "PJSIP/1004", "Dave", penalty=1, paused=False)
    members.set_penalty(lab.pbx, member, 3)
    members.set_ringinuse(lab.pbx, member, ringinuse=True)
    members.remove(lab.pbx, member)
    output = lab.pbx.take()
    assert [line.partition(b"|")[2] for line in output.queue_log] == [
        b"MANAGER|2001|Dave|ADDMEMBER|",
        b"NONE|2001|PJSIP/1004|PENALTY|3",
        b"NONE|2001|PJSIP/1004|RINGINUSE|1",
        b"MANAGER|2001|Dave|REMOVEMEMBER|",
    ]
    assert lab.q2001.members == [] and member.agent.members == []
