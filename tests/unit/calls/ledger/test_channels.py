"""Calls against CEL and CDR where they are not the usual: merged parts, other dispositions, ends that are not told."""

import pytest
from msgspec.structs import replace
from told_lines import ALICE, CALLER, cdr, cel, ms, usual_call, usual_files

from calls.call import Leg, Outcome
from calls.ledger.channels import cdr_facts, cel_facts, extension
from calls.ledger.facts import Verdict
from calls.ledger.lives import lives
from calls.ledger.rules import Gaps, Rule
from calls.state import Gap

CUT = Gaps((Gap("ami", "cut", ms(60), ms(70)),))


@pytest.mark.parametrize("interface", [ALICE, "Local/1001@agents"])
def test_a_phone_is_known_by_its_extension(interface: str) -> None:
    assert extension(Leg(0, "Alice", interface, "u", None, 0)) == "1001"


def test_the_talk_of_what_was_merged_counts_for_the_whole() -> None:
    whole, part = replace(usual_call(), legs=()), replace(usual_call(), linkedid="lab1-9", stints=())
    (fact,) = (
        it
        for it in cel_facts(whole, [whole, part], {"1001"}, lives(usual_files().cel or ()), Gaps())
        if it.subject == "talk[1001]"
    )
    assert (fact.ours, fact.theirs, fact.verdict) == (60.0, 60.0, Verdict.AGREE)


def test_an_end_that_cel_does_not_tell_is_explained_by_a_gap_alone() -> None:
    told = lives([it for it in usual_files().cel or () if it.kind != "HANGUP"])
    for gaps, rule in ((CUT, Rule.CUT_OFF), (Gaps(), None)):
        *_, last = cel_facts(usual_call(), [usual_call()], (), told, gaps)
        assert (last.subject, last.theirs, last.rule) == ("ended_at", None, rule)


@pytest.mark.parametrize(
    ("outcome", "disposition", "verdict"),
    [
        (Outcome.BUSY, "BUSY", Verdict.AGREE),
        (Outcome.NO_ANSWER, "NO ANSWER", Verdict.AGREE),
        (Outcome.FAILED, "CONGESTION", Verdict.AGREE),
        (Outcome.BUSY, "FAILED", Verdict.UNEXPLAINED),
    ],
)
def test_a_call_without_a_queue_has_the_disposition_of_its_outcome(
    outcome: Outcome, disposition: str, verdict: Verdict
) -> None:
    call = replace(usual_call(), stints=(), answered_at=None, outcome=outcome)
    *_, last = cdr_facts(call, [cdr(0, 65, disposition)], Gaps())
    assert (last.subject, last.theirs, last.verdict) == ("outcome", (disposition,), verdict)


def test_what_a_dialplan_answered_before_its_queue_says_nothing_of_the_outcome() -> None:
    call = replace(usual_call(), answered_at=None, outcome=Outcome.ABANDONED)
    assert [it.subject for it in cdr_facts(call, [cdr(0, 65)], Gaps())] == ["call", "started_at"]


def test_cdr_cuts_its_times_to_whole_seconds() -> None:
    for begun, verdict in ((0.9, Verdict.AGREE), (1.5, Verdict.UNEXPLAINED), (-0.5, Verdict.UNEXPLAINED)):
        call = replace(usual_call(), started_at=ms(begun))
        assert next(it for it in cdr_facts(call, [cdr(0, 65)], Gaps()) if it.subject == "started_at").verdict is verdict


def test_a_call_that_died_with_its_pbx_is_not_in_cdr() -> None:
    (fact,) = cdr_facts(usual_call(), [], CUT)
    assert fact.rule is Rule.CUT_OFF


def test_a_first_channel_that_cel_does_not_know_is_no_difference() -> None:
    told = lives([cel(0, "CHAN_START", "lab1-5", CALLER), cel(65.2, "HANGUP", "lab1-5", CALLER, hangupcause=16)])
    subjects = [it.subject for it in cel_facts(usual_call(), [usual_call()], (), told, Gaps())]
    assert subjects == ["call", "ended_at", "answered", "talk[1001]"]
