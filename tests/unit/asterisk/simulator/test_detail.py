"""Call detail records: who had whom, from when to when."""

from simulated import Lab, heard

from asterisk.simulator.detail import detail_record, detail_records
from asterisk.simulator.world import Segment


def test_a_record_has_its_times_and_durations() -> None:
    lab = Lab()
    call = lab.talks()
    heard(lab.pbx)
    start_us = lab.pbx.now_us
    lab.after(9.5)
    answered_us = start_us + 2_000_000
    segment = Segment(start_us, "PJSIP/1002-1", application="Dial", data="x", answered_us=answered_us)
    detail_record(lab.pbx, call.caller, segment, ("1002", "pbx-internal"))
    (told,) = heard(lab.pbx)
    assert (told.get("Duration"), told.get("BillableSeconds")) == ("9", "8")
    assert told.get("AnswerTime") > told.get("StartTime") and told.get("DestinationContext") == "pbx-internal"


def test_what_was_never_answered_has_no_answer_time() -> None:
    lab = Lab()
    call = lab.talks()
    heard(lab.pbx)
    detail_record(lab.pbx, call.caller, Segment(lab.pbx.now_us, answered_us=0), ("1002", "x"))
    (told,) = heard(lab.pbx)
    assert (told.get("AnswerTime"), told.get("BillableSeconds")) == ("", "0")


def test_a_call_has_a_record_for_each_destination() -> None:
    lab = Lab()
    call = lab.talks()
    heard(lab.pbx)
    call.segments.append(Segment(lab.pbx.now_us, "PJSIP/1009-1", application="Dial", data="PJSIP/1009"))
    detail_records(lab.pbx, call)
    told = heard(lab.pbx)
    assert [packet.get("LastData") for packet in told] == ["2001,tTxXk,,,300", "PJSIP/1009"]
    assert {packet.get("UserField") for packet in told} == {"queue-2001"}
