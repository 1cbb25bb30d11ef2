"""A consultation, and what comes after it, sounds as the recordings of a real Asterisk do."""

from simulated import Lab, header_lists, heard, recorded, streams

from asterisk.simulator import consultation, endings, transfer


def test_a_consultation_after_which_the_agent_goes_back_sounds_as_recorded() -> None:
    lab = Lab(busy_at_one=False)
    call, asked = lab.asks(lab.q2001, lab.q2002, lab.q2003)
    consultation.target_answers(lab.pbx, asked)
    lab.after(2)
    consultation.ends(lab.pbx, call, asked)
    lab.after(0.3)
    transfer.unhold(lab.pbx, call)
    lab.after(2)
    endings.complete_by_agent(lab.pbx, call)
    said = heard(lab.pbx)
    assert streams(said) == streams(recorded("s08f"))
    assert header_lists(said) <= header_lists(recorded("s08f") + recorded("s24"))


def test_a_consultation_that_nobody_answers_sounds_as_recorded() -> None:
    lab = Lab(busy_at_one=False)
    call, asked = lab.asks(lab.q2001, lab.q2002, lab.q2003)
    lab.after(1)
    consultation.cancelled(lab.pbx, call, asked)
    lab.after(0.3)
    transfer.unhold(lab.pbx, call)
    lab.after(2)
    endings.complete_by_caller(lab.pbx, call)
    said = heard(lab.pbx)
    assert streams(said) == streams(recorded("s08g"))
    assert header_lists(said) <= header_lists(recorded("s08g") + recorded("s24"))


def test_a_caller_who_leaves_during_it_ends_the_call_but_not_the_consultation() -> None:
    lab = Lab(busy_at_one=False)
    call, asked = lab.asks(lab.q2001, lab.q2002, lab.q2003)
    consultation.target_answers(lab.pbx, asked)
    lab.after(2)
    endings.complete_by_caller(lab.pbx, call)
    assert lab.alice.device == "INUSE" and set(lab.pbx.channels.values()) == {asked.own, asked.leg}
    lab.after(2)
    consultation.ends(lab.pbx, call, asked)
    assert streams(heard(lab.pbx)) == streams(recorded("s08j"))
    assert lab.alice.device == asked.target.device == "NOT_INUSE" and not lab.pbx.channels


def test_it_is_a_call_of_its_own() -> None:
    lab = Lab()
    call, asked = lab.asks(lab.q2001)
    assert asked.leg.linkedid == asked.own.linkedid == asked.own.uniqueid != call.caller.linkedid
    assert asked.own.log_id != call.caller.log_id
