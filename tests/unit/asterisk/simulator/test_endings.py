"""The endings of a queue call sound as the recordings of a real Asterisk do, and are logged as queue_log has them."""

from simulated import Lab, heard, recorded, streams

from asterisk.simulator import endings


def test_a_call_that_the_agent_ends_sounds_as_recorded() -> None:
    lab = Lab()
    lab.works(lab.alice, lab.q2002)
    call = lab.talks()
    # In this recording Asterisk had lost the caller's channel when it built AgentComplete.
    call.loses_snapshot = True
    lab.after(4)
    endings.complete_by_agent(lab.pbx, call)
    said = heard(lab.pbx)
    (complete,) = [packet for packet in said if packet.name == "AgentComplete"]
    assert streams(said) == streams(recorded("s02"))
    assert complete.get("Uniqueid") == "" and complete.get("DestUniqueid")


def test_an_abandon_while_a_phone_rings_sounds_as_recorded() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    lab.rings(call, lab.works(lab.bob, lab.q2001))
    lab.after(4)
    endings.abandon(lab.pbx, call)
    output = lab.pbx.take()
    assert output.queue_log[1:] == [
        b"1795360004|lab1-1795360000.0|2001|Bob|RINGCANCELED|4006",
        b"1795360004|lab1-1795360000.0|2001|NONE|ABANDON|1|1|4",
    ]


def test_an_abandon_has_the_streams_of_the_recording() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    lab.rings(call, lab.works(lab.bob, lab.q2001))
    lab.after(4)
    endings.abandon(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s03"))
    assert not lab.pbx.channels and not lab.q2001.waiting


def test_a_timeout_and_the_voicemail_after_it_sound_as_recorded() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    lab.rings(call, lab.works(lab.bob, lab.q2001))
    lab.after(6)
    endings.time_out(lab.pbx, call)
    endings.prompt(lab.pbx, call, "vm-intro")
    endings.prompt_ends(lab.pbx, call)
    lab.after(16)
    endings.leave_message(lab.pbx, call)
    assert streams(heard(lab.pbx)) == streams(recorded("s05"))


def test_a_timeout_is_logged_with_the_missed_ring_first() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    lab.rings(call, lab.works(lab.bob, lab.q2001))
    lab.after(6)
    endings.time_out(lab.pbx, call)
    verbs = [line.split(b"|")[4:] for line in lab.pbx.take().queue_log]
    assert verbs[1:] == [[b"RINGNOANSWER", b"6006"], [b"EXITWITHTIMEOUT", b"1", b"1", b"6"]]


def test_a_caller_who_leaves_no_message_is_told_as_one_who_hung_up() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    endings.time_out(lab.pbx, call)
    endings.leave_no_message(lab.pbx, call)
    said = heard(lab.pbx)
    status = [packet.get("Value") for packet in said if packet.get("Variable") == "VMSTATUS"]
    assert status == ["FAILED"] and "MessageWaiting" not in {packet.name for packet in said}


def test_completed_calls_are_counted_as_app_queue_counts_them() -> None:
    lab = Lab()
    call = lab.talks()
    lab.after(8)
    endings.complete_by_caller(lab.pbx, call)
    assert (lab.q2001.completed, lab.q2001.completed_in_time, lab.q2001.talk_time) == (1, 1, 2)
    assert (lab.alice.calls_taken, lab.alice.last_call) == (1, 1_795_360_008)


def test_there_is_a_detail_record_for_each_destination() -> None:
    lab = Lab()
    call = lab.calls(lab.q2001)
    lab.rings(call, lab.works(lab.bob, lab.q2001))
    lab.after(3)
    endings.time_out(lab.pbx, call)
    endings.leave_message(lab.pbx, call)
    records = [packet for packet in heard(lab.pbx) if packet.name == "Cdr"]
    told = [(record.get("LastApplication"), record.get("Disposition"), record.get("Duration")) for record in records]
    assert told == [("Queue", "NO ANSWER", "3"), ("VoiceMail", "ANSWERED", "0")]
