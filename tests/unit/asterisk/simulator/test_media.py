"""RTCP reports and the summary of a leg."""

from simulated import Lab, header_lists, heard, recorded

from asterisk.simulator import media


def test_reports_have_the_headers_of_recorded_ones() -> None:
    lab = Lab()
    caller = lab.calls(lab.q2001).caller
    heard(lab.pbx)
    media.report(lab.pbx, caller)
    assert header_lists(heard(lab.pbx)) <= header_lists(recorded("s01"))


def test_loss_shows_in_the_report_and_in_the_summary() -> None:
    lab = Lab()
    caller = lab.calls(lab.q2001).caller
    caller.loss = 0.05
    heard(lab.pbx)
    lab.after(10)
    media.report(lab.pbx, caller)
    media.quality_variables(lab.pbx, caller)
    sent, _, summary, *_ = heard(lab.pbx)
    assert (sent.get("Report0FractionLost"), sent.get("Report0CumulativeLost")) == ("13", "25")
    assert ";lp=25;" in summary.get("Value")


def test_one_line_in_twenty_is_bad() -> None:
    lab = Lab()
    lines = [lab.pbx.new_channel("PJSIP/1001", "1001", "Alice", "pbx-internal") for _ in range(1000)]
    for channel in lines:
        media.give_line(lab.pbx, channel)
    assert 20 < sum(channel.loss > 0 for channel in lines) < 80


def test_a_bridged_leg_is_summed_up_on_both_sides() -> None:
    lab = Lab()
    call = lab.talks()
    heard(lab.pbx)
    media.quality_variables(lab.pbx, call.agent_channel, call.caller)
    names = [packet.get("Variable") for packet in heard(lab.pbx)]
    assert names[:2] == ["RTPAUDIOQOS", "RTPAUDIOQOSBRIDGED"] and len(names) == 10
