"""Hold and blind transfer: what is said, to whom it belongs, and what queue_log has of it."""

from simulated import Lab, header_lists, heard, names, recorded, streams

from asterisk.simulator import consultation, endings, transfer
from asterisk.simulator.world import Agent


def held(lab: Lab) -> list[str]:
    """The events of a hold, without the noise of its variables."""
    return [name for name in names(heard(lab.pbx)) if name not in ("VarSet", "CEL", "DeviceStateChange")]


def test_the_agent_who_holds_lets_the_caller_hear_music() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    heard(lab.pbx)
    transfer.hold(lab.pbx, call, by_agent=True)
    transfer.unhold(lab.pbx, call)
    assert held(lab) == ["Hold", "MusicOnHoldStart", "Unhold", "MusicOnHoldStop"]


def test_a_callers_hold_shows_in_the_agents_state() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    heard(lab.pbx)
    transfer.hold(lab.pbx, call, by_agent=False)
    transfer.unhold(lab.pbx, call)
    said = [packet for packet in heard(lab.pbx) if packet.name == "QueueMemberStatus"]
    assert [(packet.get("Status"), packet.get("InCall")) for packet in said] == [("8", "1"), ("2", "1")]


def test_a_call_that_ends_on_hold_has_no_unhold() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    transfer.hold(lab.pbx, call, by_agent=True)
    endings.complete_by_caller(lab.pbx, call)
    said = names(heard(lab.pbx))
    assert "Unhold" not in said and said.count("MusicOnHoldStop") == 2


def test_a_blind_transfer_frees_the_agent_and_rings_the_other() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    lab.works(lab.bob, lab.q2001)
    lab.after(2)
    transfer.blind_transfer(lab.pbx, call, lab.bob)
    assert lab.alice.device == "NOT_INUSE" and lab.bob.device == "RINGING"
    assert lab.pbx.take().queue_log[-1] == (
        b"1795360002|lab1-1795360000.0|2001|Alice|BLINDTRANSFER|1002|pbx-internal|0|2|1"
    )


def test_a_transferred_call_has_the_headers_of_the_recorded_ones() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    lab.works(lab.bob, lab.q2001)
    transfer.blind_transfer(lab.pbx, call, lab.bob)
    lab.after(1)
    transfer.target_answers(lab.pbx, call, lab.bob)
    lab.after(5)
    transfer.transferred_ends(lab.pbx, call, lab.bob, by_agent=True)
    real = header_lists(recorded("s07a") + recorded("s07b") + recorded("s24"))
    assert header_lists(heard(lab.pbx)) <= real
    assert not lab.pbx.channels


def test_a_blind_transfer_sounds_as_recorded() -> None:
    lab = Lab()
    carol = Agent("PJSIP/1003", "Carol")
    lab.works(lab.alice, lab.q2001, lab.q2002)
    lab.works(carol, lab.q2002)
    call = lab.talks_to_member(lab.q2001.members[0])
    lab.after(2)
    transfer.blind_transfer(lab.pbx, call, carol)
    lab.after(1)
    transfer.target_answers(lab.pbx, call, carol)
    lab.after(3)
    transfer.transferred_ends(lab.pbx, call, carol, by_agent=False)
    assert streams(heard(lab.pbx)) == streams(recorded("s07a"))


def test_a_blind_transfer_after_a_consultation_that_nobody_answered_sounds_as_recorded() -> None:
    lab = Lab(busy_at_one=False)
    call, asked = lab.asks(lab.q2001, lab.q2002, lab.q2003)
    lab.after(1)
    consultation.cancelled(lab.pbx, call, asked)
    lab.after(0.1)
    transfer.blind_transfer(lab.pbx, call, asked.target)
    lab.after(1)
    transfer.target_answers(lab.pbx, call, asked.target)
    lab.after(3)
    transfer.transferred_ends(lab.pbx, call, asked.target, by_agent=False)
    assert streams(heard(lab.pbx)) == streams(recorded("s08h"))


def test_the_trunk_is_on_hold_only_while_all_of_its_channels_are() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    transfer.hold(lab.pbx, call, by_agent=True)
    lab.calls(lab.q2002)
    said = heard(lab.pbx)
    states = [packet.get("State") for packet in said if packet.get("Device") == "PJSIP/trunk"]
    assert states == ["INUSE", "ONHOLD", "INUSE"]


def test_a_target_who_does_not_answer_ends_the_call() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    target = Agent("PJSIP/1003", "Carol")
    lab.works(target, lab.q2002)
    transfer.blind_transfer(lab.pbx, call, target)
    lab.after(20)
    transfer.target_misses(lab.pbx, call, target, hung_up=False)
    said = heard(lab.pbx)
    status = [packet.get("Value") for packet in said if packet.get("Variable") == "DIALSTATUS"]
    assert status[-1] == "NOANSWER" and call.stage == "gone" and not lab.pbx.channels


def test_a_stray_line_end_comes_with_ringing_as_from_a_real_one() -> None:
    lab = Lab(busy_at_one=False)
    call = lab.talks()
    lab.works(lab.bob, lab.q2001)
    transfer.blind_transfer(lab.pbx, call, lab.bob)
    (ringing,) = [raw for raw in lab.pbx.take().events if b"RINGING_INBAND" in raw]
    assert ringing.endswith(b"\r\n")
