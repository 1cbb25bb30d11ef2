"""Ledgers: a call that agrees, each fact that is changed is found, calls that only one side knows."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from told_lines import CALLER, cdr, cel, line, ms, usual_call, usual_files

from calls.call import Call, StintOutcome
from calls.ledger.books import Files, Ledger, ledgers, with_corrections
from calls.ledger.facts import Fact, Verdict
from calls.ledger.rules import Gaps, Rule
from calls.state import Gap


def book(call: Call | None = None, files: Files | None = None, gaps: Gaps = Gaps()) -> Ledger:  # noqa: B008
    """The one ledger."""
    (found,) = ledgers("lab1", [call or usual_call()], files or usual_files(), gaps)
    return found


def differing(ledger: Ledger) -> dict[str, tuple[str, Rule | None]]:
    """What does not agree: by subject, with which source and the rule."""
    return {it.subject: (it.source, it.rule) for it in ledger.facts if it.verdict is not Verdict.AGREE}


def test_a_usual_call_agrees_in_everything() -> None:
    ledger = book()
    assert ledger.verdict is Verdict.AGREE
    assert {(it.source, it.subject) for it in ledger.facts} == {
        *(("queue_log", f"stints[0].{name}") for name in ("entered_at", "outcome", "agent", "wait_s", "missed")),
        *(("queue_log", f"legs[0].{name}") for name in ("talk_s + hold_s", "ended_by", "transfer")),
        *(("cel", it) for it in ("call", "started_at", "ended_at", "hangup_cause", "answered", "talk[1001]")),
        *(("cdr", it) for it in ("call", "started_at", "outcome")),
    }


def stint(**changes: object) -> Callable[[Call], Call]:
    return lambda call: replace(call, stints=(replace(call.stints[0], **changes),))


def leg(**changes: object) -> Callable[[Call], Call]:
    return lambda call: replace(call, legs=(replace(call.legs[0], **changes),))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (stint(left_at=ms(8.2)), "stints[0].wait_s"),
        (stint(agent="Bob"), "stints[0].agent"),
        (stint(outcome=StintOutcome.ABANDONED), "stints[0].outcome"),
        (stint(queue="2002"), "stints[0]"),
        (leg(ended_by="agent"), "legs[0].ended_by"),
        (leg(ended_by="system"), "legs[0].ended_by"),
        (leg(ended_at=ms(68.2)), "legs[0].talk_s + hold_s"),
        (leg(interface="PJSIP/1002"), "talk[1002]"),
        (lambda call: replace(call, legs=()), "legs[]"),
        (lambda call: replace(call, stints=(), missed=()), "stints[]"),
        (lambda call: replace(call, missed=()), "stints[0].missed"),
        (lambda call: replace(call, hangup_cause=17), "hangup_cause"),
        (lambda call: replace(call, started_at=ms(-3)), "started_at"),
        (lambda call: replace(call, ended_at=ms(66)), "ended_at"),
        (lambda call: replace(call, answered_at=None), "answered"),
    ],
)
def test_a_fact_that_is_changed_is_found(change: Callable[[Call], Call], found: str) -> None:
    ledger = book(change(usual_call()))
    assert ledger.verdict is Verdict.UNEXPLAINED
    assert differing(ledger)[found][1] is None


def test_a_file_that_was_not_read_says_nothing() -> None:
    ledger = book(files=Files(queue_log=usual_files().queue_log))
    assert {it.source for it in ledger.facts} == {"queue_log"}


def test_a_call_that_only_files_know_is_unexplained_but_in_a_gap() -> None:
    (unknown,) = ledgers("lab1", [], usual_files(), Gaps())
    assert (unknown.call_id, unknown.tenant, unknown.verdict) == (f"lab1:{CALLER}", None, Verdict.UNEXPLAINED)
    assert (unknown.started_at, unknown.ended_at) == ("2026-11-22T12:00:00.000Z", "2026-11-22T12:01:05.200Z")
    for gaps in (Gaps((Gap("ami", "cut", ms(-5), ms(70)),)), Gaps(end=ms(-5)), Gaps(begin=ms(5))):
        (unknown,) = ledgers("lab1", [], usual_files(), gaps)
        assert (unknown.verdict, unknown.rules) == (Verdict.EXPLAINED, (Rule.UNHEARD,))


def test_a_call_that_only_we_know_is_unexplained_in_every_file() -> None:
    ledger = book(files=Files((), (), ()))
    assert differing(ledger) == {"call": ("cdr", None), "stints[0]": ("queue_log", None)}
    assert [it.source for it in ledger.facts if it.subject == "call"] == ["cel", "cdr"]


def test_an_end_without_a_beginning_is_found_with_its_call() -> None:
    files = usual_files()
    stray = line(30, "ABANDON", queue="2009", wait_s=4)
    ledger = book(files=replace(files, queue_log=[*(files.queue_log or ()), stray]))
    (fact,) = (it for it in ledger.facts if it.verdict is not Verdict.AGREE)
    assert (fact.subject, fact.theirs) == ("stints[]", "ABANDON 2009 2026-11-22T12:00:30.000Z")


def test_a_call_that_is_open_with_us_and_over_in_cel_is_found() -> None:
    still_open = replace(usual_call(), ended_at=None)
    assert differing(book(still_open)) == {"ended_at": ("cel", None)}
    assert differing(book(still_open, gaps=Gaps(end=ms(60)))) == {"ended_at": ("cel", Rule.UNHEARD)}
    assert ledgers("lab1", [still_open], Files(cel=[cel(0, "CHAN_START")]), Gaps()) == []


def test_a_second_visit_is_held_against_the_second() -> None:
    first, again = (
        usual_call().stints[0],
        replace(usual_call().stints[0], entered_at=ms(20), left_at=ms(24), agent=None),
    )
    ours = replace(usual_call(), stints=(first, replace(again, outcome=StintOutcome.TIMEOUT)))
    told = [*(usual_files().queue_log or ()), line(20, "ENTERQUEUE"), line(24, "EXITWITHTIMEOUT", wait_s=4)]
    assert book(ours, Files(queue_log=told)).verdict is Verdict.AGREE


def test_those_who_were_not_let_in_are_not_in_queue_log() -> None:
    refused = replace(usual_call().stints[0], queue="2005", outcome=StintOutcome.FULL)
    ours = replace(usual_call(), stints=(*usual_call().stints, refused))
    assert book(ours).verdict is Verdict.AGREE


def test_a_call_that_was_merged_is_held_against_where_its_channels_ended() -> None:
    into = usual_call()
    merged = replace(usual_call(), linkedid="lab1-9", merged_into=into.call_id, stints=(), legs=(), missed=())
    told = [*(usual_files().cel or ()), cel(0, "CHAN_START", "lab1-9", "lab1-9", "PJSIP/1009-01")]
    moved = [*told, cel(5, "HANGUP", "lab1-9", CALLER, "PJSIP/1009-01", hangupcause=16)]
    for files, verdict in ((moved, Verdict.AGREE), (told, Verdict.UNEXPLAINED)):
        ledger = next(
            it for it in ledgers("lab1", [into, merged], Files(cel=files), Gaps()) if it.call_id.endswith("9")
        )
        assert (ledger.verdict, [it.subject for it in ledger.facts]) == (verdict, ["started_at", "merged_into"])


def test_what_the_files_put_right_is_told_beside_what_agrees_now() -> None:
    """But for what differs all the same, which says more."""
    ledger = book(replace(usual_call(), hangup_cause=17))
    corrected = with_corrections(ledger, "files", {"outcome": (None, "answered"), "hangup_cause": (None, 17)})
    assert corrected.facts[:-1] == ledger.facts
    assert corrected.facts[-1] == Fact("outcome", None, "files", "answered", Verdict.EXPLAINED, Rule.UNHEARD)
    transfer = with_corrections(ledger, "files", {"legs[0].transfer": (None, {"kind": "blind", "to": "3000"})}).facts[
        -1
    ]
    assert transfer.theirs == "blind 3000"


def test_what_is_in_cdr_alone_is_found() -> None:
    found = ledgers("lab1", [usual_call()], Files(cdr=[cdr(0, 65), cdr(7, 9, linkedid="lab1-7")]), Gaps())
    assert [(it.call_id, it.verdict) for it in found] == [
        (usual_call().call_id, Verdict.AGREE),
        ("lab1:lab1-7", Verdict.UNEXPLAINED),
    ]
