"""What the files do to calls: each becomes final in its time, and what AMI missed of it is put right."""

import pytest
from msgspec.structs import replace
from stories import NOON
from written import ALICE, ANSWERED, HEARD, Filed

from calls import events as e
from calls.file_events import CEL, QUEUE_LOG, QueueLogged
from calls.filing import BEHIND_MARKS, FORGET_MS, LONELY_MARKS, UNHEARD
from calls.state import CallChanged, Gap, GapChanged, State

WAITS = "0 arrives, 1 joins support"


def names(filed: Filed) -> list[str]:
    """The Linkedids of the calls that are final."""
    return [call.linkedid for call in filed.final()]


def test_a_call_is_final_after_two_marks_and_not_before() -> None:
    filed = Filed().tells(HEARD).writes(ANSWERED)
    assert names(filed) == []
    assert names(filed.reads()) == []
    assert names(filed.reads()) == ["one"]
    assert filed.state.ended == filed.state.evidence == filed.state.linked == {}


def test_another_word_about_the_call_starts_the_waiting_anew() -> None:
    filed = Filed().tells(HEARD).writes(ANSWERED).reads()
    filed.writes("65 queue support EXITWITHKEY").reads()
    assert names(filed) == []
    assert names(filed.reads()) == ["one"]


def test_a_call_that_goes_on_in_the_files_is_not_final() -> None:
    filed = Filed().tells(HEARD).writes("0 arrives, 1 joins support, 2 rings Alice").reads(5)
    assert names(filed) == [] and list(filed.state.ended) == ["one"]


def test_what_ami_heard_whole_stays_as_it_was_told() -> None:
    filed = Filed().tells(HEARD)
    heard = filed.call
    filed.writes("0 arrives, 3 joins support, 3 rings Alice, 8 answers Alice, 60 agent Alice ends").reads(2)
    final = filed.call
    assert (final.certainty, final.stints, final.legs, final.ended_at) == (
        "final", heard.stints, heard.legs, heard.ended_at
    )  # fmt: skip
    assert filed.causes() == [] and final.version > heard.version


def test_a_word_that_comes_after_all_is_settled_begins_nothing() -> None:
    filed = Filed().tells("0 arrives, 9 caller ends").writes("0 arrives, 9 caller gone").reads(2)
    assert filed.writes("9 caller gone").state.evidence == {}


def test_a_call_that_ami_never_told_of_appears_with_its_gaps_cause() -> None:
    filed = Filed().tells("0 boots").deaf(10, 200).writes("20 arrives, 21 joins support, 30 queue support ABANDON")
    assert filed.calls() == []
    filed.reads(2, 100)
    (change,) = (it for it in filed.changes if isinstance(it, CallChanged))
    assert (change.before, change.cause, change.call.certainty) == (None, "the cable", "final")
    assert (change.call.outcome, change.event.at) == ("abandoned", NOON + 30_000)
    assert sum(tally.offered for tally in filed.state.queues["support"].tallies.values()) == 1
    assert (filed.state.calls, filed.state.ended) == ({}, {})


def test_without_a_gap_ami_gets_its_time_before_it_is_said_to_have_been_silent() -> None:
    filed = Filed().tells("0 boots").writes("20 arrives, 21 joins support, 30 queue support ABANDON")
    assert filed.reads(BEHIND_MARKS).calls() == []
    filed.reads()
    assert (names(filed), filed.causes()) == (["one"], [UNHEARD])


def test_a_call_that_ended_while_ami_was_deaf_is_closed() -> None:
    filed = Filed().tells(f"{WAITS}, 2 rings Alice").deaf(3).writes(ANSWERED).reads(2)
    call = filed.call
    assert (call.certainty, call.status, call.outcome, call.ended_at) == ("final", "ended", "answered", NOON + 64_000)
    assert (filed.state.calls, filed.state.channels, filed.causes()) == ({}, {}, ["the cable"])
    assert filed.state.agents[ALICE].engaged == {}
    assert filed.state.queues["support"].waiting == ()


def test_ami_may_be_behind_the_files() -> None:
    filed = Filed().tells(f"{WAITS}, 2 rings Alice, 4 answers Alice").writes(ANSWERED).reads(BEHIND_MARKS)
    assert filed.final() == []
    filed.tells("64 caller ends, 64 agent Alice leaves").reads()
    assert (names(filed), filed.causes()) == (["one"], [])


def test_ami_may_be_behind_in_its_first_seconds() -> None:
    """queue_log's whole second may lie before what AMI said first; the call does not."""
    filed = Filed().tells("0.55 boots").writes("0.6 arrives, 0.6 joins support, 3 queue support ABANDON").reads(2)
    assert filed.calls() == []
    assert filed.tells("0.6 arrives, 0.6 joins support, 3 abandons support").reads().causes() == []
    assert names(filed) == ["one"]


def test_ami_may_not_be_behind_for_ever() -> None:
    filed = Filed().tells(f"{WAITS}, 2 rings Alice, 4 answers Alice").writes(ANSWERED).reads(BEHIND_MARKS + 1)
    assert (names(filed), filed.causes()) == (["one"], [UNHEARD])


def cut_off(filed: Filed) -> tuple[object, ...]:
    """What became of a caller who waited when the PBX died."""
    call = filed.call
    (stint,) = call.stints
    return call.certainty, call.outcome, call.hangup_cause, call.ended_at, stint.outcome, filed.state.evidence


CUT_OFF = ("final", "failed", None, NOON + 30_000, None, {})


def test_queuestart_cuts_off_what_was_open_in_the_dead_pbx() -> None:
    assert cut_off(Filed().tells(WAITS).writes(WAITS).deaf(5).writes("30 starts").reads(2)) == CUT_OFF


def test_so_does_ami_when_it_says_that_the_pbx_came_up() -> None:
    filed = Filed().tells(f"-60 boots, {WAITS}").writes(WAITS)
    assert cut_off(filed.deaf(5, 29).tells("30 boots").reads(2)) == CUT_OFF


def test_what_only_the_files_of_the_dead_pbx_know_is_cut_off_too() -> None:
    assert cut_off(Filed().tells("-9 boots").deaf(-5).writes(f"{WAITS}, 30 starts").reads(2)) == CUT_OFF


def test_a_pbx_that_is_back_within_the_second_has_cut_off_its_calls_as_ami_says() -> None:
    filed = Filed().tells(f"-60 boots, {WAITS}").writes(WAITS)
    filed.deaf(2.1, 2.8).tells("2.8 boots").writes("2 starts").reads(2)
    assert cut_off(filed) == (*CUT_OFF[:3], NOON + 2_800, *CUT_OFF[4:])


def test_or_as_the_silence_of_the_files_says() -> None:
    filed = Filed().tells("-9 boots").deaf(-5, 2.8).writes(f"{WAITS}, 2 starts").tells("2.8 boots").reads(8)
    assert cut_off(filed) == (*CUT_OFF[:3], NOON + 2_800, *CUT_OFF[4:])


def test_a_call_that_the_pbx_did_not_live_to_write_of_is_final() -> None:
    filed = Filed().tells(f"-60 boots, {WAITS}").deaf(5, 29).tells("30 boots").reads(1, 31)
    assert filed.final() == []
    assert [call.outcome for call in filed.reads(1, 33).final()] == ["failed"]
    assert filed.causes() == []


def test_a_call_of_the_new_pbx_is_not_cut_off() -> None:
    filed = Filed().writes("0 starts").tells("0.5 boots, 1 arrives").writes("1 arrives").reads(5)
    assert (list(filed.state.evidence), list(filed.state.calls)) == (["one"], ["one"])


def test_queue_log_alone_makes_calls_final() -> None:
    filed = Filed(QUEUE_LOG).tells(HEARD).writes(ANSWERED).reads(2)
    assert (names(filed), filed.causes(), filed.state.evidence) == (["one"], [], {})


def test_queue_log_alone_heals_stints_and_legs() -> None:
    filed = Filed(QUEUE_LOG).tells(f"{WAITS}, 2 rings Alice").deaf(2.2, 70)
    for seq, kind in enumerate((e.QueuesListed, e.ChannelsListed)):
        filed.feed(kind(pos=e.Position("ami", "test", 2, seq), at=NOON + 70_000))
    assert [it.outcome for it in filed.call.stints] == [None]
    filed.writes(ANSWERED).reads(2)
    call = filed.call
    assert [(it.outcome, it.agent, it.left_at) for it in call.stints] == [("answered", "Alice", NOON + 4000)]
    assert [(it.interface, it.answered_at, it.ended_by) for it in call.legs] == [(ALICE, NOON + 4000, "caller")]
    assert (call.outcome, call.ended_at, call.certainty) == ("answered", NOON + 64_000, "final")


def test_queue_log_alone_waits_for_as_long_as_a_conversation_lasts() -> None:
    filed = Filed(QUEUE_LOG).tells(f"{WAITS}, 2 rings Alice, 4 answers Alice")
    filed.writes("1 joins support, 4 answers Alice").reads(LONELY_MARKS + 9)
    assert (list(filed.state.evidence), filed.final()) == (["one"], [])


def test_queue_log_alone_tells_of_a_call_that_ami_never_told_of_up_to_its_last_line() -> None:
    filed = Filed(QUEUE_LOG).tells("-9 boots").deaf(-5, 70).writes(ANSWERED).reads(LONELY_MARKS + 2)
    call = filed.call
    assert (call.certainty, call.outcome, call.started_at, call.ended_at, call.hangup_cause) == (
        "final", "answered", NOON + 1000, NOON + 64_000, None
    )  # fmt: skip
    assert [(it.agent, it.ended_by, it.talk_ms) for it in call.legs] == [("Alice", "caller", 60_000)]


def test_cel_alone_leaves_queue_calls_provisional() -> None:
    filed = Filed(CEL).tells(f"{HEARD}, 0 two: arrives, 9 two: caller ends")
    filed.writes(f"{ANSWERED}, 0 two: arrives, 9 two: caller gone").reads(3)
    assert names(filed) == ["two"]
    assert list(filed.state.ended) == ["one"] and filed.state.evidence == {}


def test_who_leaves_a_conference_is_final_while_it_goes_on() -> None:
    filed = Filed().tells("0 one: arrives, 0 two: arrives")
    filed.writes("0 one: arrives, 0 two: arrives, 1 one: conference enters 3000, 2 two: conference enters 3000")
    filed.tells("9 two: caller ends").writes("9 two: conference leaves 3000").reads(2)
    assert (names(filed), filed.state.evidence["one"].settled) == (["two"], ("two",))
    version = filed.final()[0].version
    filed.tells("60 one: caller ends").writes("60 one: conference leaves 3000").reads(2)
    assert (sorted(names(filed)), filed.state.evidence) == (["one", "two"], {})
    assert {call.linkedid: call.version for call in filed.final()}["two"] == version


def test_lines_of_which_cel_knows_no_channel_are_refused_in_the_end() -> None:
    filed = Filed().writes("1 joins support, 9 queue support EXITWITHKEY", QUEUE_LOG)
    assert filed.reads(LONELY_MARKS).rejects == []
    assert [(it.source, it.event, it.reason) for it in filed.reads().rejects] == [
        ("queue_log", "QueueLogged", "CEL knows no channel one (ENTERQUEUE)"),
        ("queue_log", "QueueLogged", "CEL knows no channel one (EXITWITHKEY)"),
    ]
    assert filed.state.evidence == filed.state.linked == {}


def test_lines_may_come_long_before_their_channel() -> None:
    filed = Filed().tells(HEARD).writes(ANSWERED, QUEUE_LOG).reads(LONELY_MARKS)
    assert names(filed.writes(ANSWERED, CEL).reads(2)) == ["one"] and filed.rejects == []


def test_lines_about_nobody_are_no_calls() -> None:
    filed = Filed()
    for callid in ("", "NONE", "MANAGER", "REALTIME"):
        place = filed.place(QUEUE_LOG)
        filed.feed(QueueLogged(pos=place, at=NOON, callid=callid, queue="support", agent="Alice", verb="PAUSE"))
    assert (filed.state.evidence, filed.changes) == ({}, [])


def test_a_channel_whose_end_is_nowhere_in_the_file_is_let_go() -> None:
    """Such as the announcer of a conference. AMI knows of no such call."""
    filed = Filed().tells("0 arrives, 9 caller ends").writes("0 arrives").reads(LONELY_MARKS)
    assert list(filed.state.evidence) == ["one"]
    filed.reads()
    assert (filed.state.evidence, filed.state.linked, filed.rejects) == ({}, {}, [])
    assert [call.certainty for call in filed.calls()] == ["provisional"]


def test_a_conversation_that_ami_knows_may_last_as_long_as_it_likes() -> None:
    filed = Filed().tells("0 arrives").writes("0 arrives").reads(LONELY_MARKS + 9)
    assert list(filed.state.evidence) == ["one"]
    filed.tells("900 caller ends").writes("900 caller gone").reads(2)
    assert names(filed) == ["one"]


def test_while_ami_is_deaf_it_knows_nothing_of_how_long_a_conversation_lasts() -> None:
    filed = Filed().tells("0 boots").deaf(5).writes("9 arrives").reads(LONELY_MARKS + 9)
    assert list(filed.state.evidence) == ["one"]
    assert names(filed.writes("900 caller gone").reads(2)) == ["one"]


def test_an_ended_call_that_no_file_tells_of_is_waited_for_a_quarter_of_an_hour() -> None:
    over = 64 + FORGET_MS // 1000
    filed = Filed().tells(HEARD).reads(1, over - 1)
    assert list(filed.state.ended) == ["one"]
    filed.reads(1, over)
    assert (filed.state.ended, filed.call.certainty) == ({}, "provisional")


def test_what_ended_before_files_were_read_is_not_touched() -> None:
    filed = Filed().tells("-200 boots").writes("-100 arrives, -50 caller gone").reads(BEHIND_MARKS + 1)
    assert (filed.calls(), filed.state.evidence) == ([], {})


def test_without_files_nothing_waits_for_them() -> None:
    filed = Filed()
    filed.state = State(pbx="pbx")
    assert filed.tells(HEARD).state.ended == {}


@pytest.mark.parametrize("source", [QUEUE_LOG, CEL])
def test_a_file_that_cannot_be_read_is_a_gap_with_both_ends(source: str) -> None:
    filed = Filed().deaf(5, source=source, cause="permission denied").deaf(6, source=source, cause="still").deaf(
        7, 9, source=source, cause="still"
    )  # fmt: skip
    gap = Gap(source, "permission denied", NOON + 5000)
    assert filed.changes == [GapChanged(gap), GapChanged(replace(gap, end=NOON + 9000))]
    assert (filed.state.filing.lost, filed.state.filing.gaps) == ({}, ())


def test_a_gap_in_a_file_is_none_of_ami() -> None:
    filed = Filed().tells("0 arrives").deaf(5, 9, source=CEL).tells("9 caller ends")
    filed.writes("0 arrives, 9 caller gone").reads(2)
    assert (names(filed), filed.causes()) == (["one"], [])


def test_old_gaps_are_forgotten_when_no_call_can_have_fallen_into_them() -> None:
    filed = Filed().tells("0 boots").deaf(5, 9).reads(1, 10)
    assert "the cable" in [gap.cause for gap in filed.state.filing.gaps]
    assert filed.reads(1, 10 + FORGET_MS // 1000).state.filing.gaps == ()


def test_a_gap_is_kept_for_the_call_that_fell_into_it() -> None:
    filed = Filed().tells("0 boots, 1 arrives").deaf(5, 9).reads(1, 3600)
    assert "the cable" in [gap.cause for gap in filed.state.filing.gaps]
