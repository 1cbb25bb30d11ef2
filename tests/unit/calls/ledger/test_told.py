"""Stints by queue_log: every way to end, and waits of which the file tells the rest under another channel."""

from typing import Any

import pytest
from told_lines import CALLER, line, ms, usual_files

from calls.ledger.told import told_stints


def told(*lines: Any) -> Any:
    """The one stint."""
    (stint,), strays = told_stints(lines)
    assert strays == []
    return stint


def test_a_stint_has_its_wait_its_agent_and_its_talk() -> None:
    stint = told(*(usual_files().queue_log or ()))
    assert (stint.outcome, stint.agent, stint.wait_s, stint.left_at) == ("answered", "Alice", 5, ms(5))
    assert (stint.talk_s, stint.ended_by, stint.ended_at, stint.transfer) == (60, "caller", ms(65), None)
    assert (stint.missed, stint.agent_uniqueid, stint.under) == (["Bob"], "lab1-2", None)


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [
        ("ABANDON", "abandoned"),
        ("EXITWITHTIMEOUT", "timeout"),
        ("EXITWITHKEY", "exit_key"),
        ("EXITEMPTY", "exit_empty"),
        ("WITHDRAW", "withdrawn"),
    ],
)
def test_a_stint_may_end_unanswered(verb: str, outcome: str) -> None:
    stint = told(line(0, "ENTERQUEUE"), line(7, verb, wait_s=7))
    assert (stint.outcome, stint.wait_s, stint.left_at, stint.is_over) == (outcome, 7, ms(7), True)


@pytest.mark.parametrize(("verb", "kind"), [("BLINDTRANSFER", "blind"), ("ATTENDEDTRANSFER", "attended")])
def test_a_talk_may_end_by_a_transfer(verb: str, kind: str) -> None:
    stint = told(line(0, "ENTERQUEUE"), line(1, "CONNECT", "Al", wait_s=1), line(9, verb, "Al", wait_s=1, talk_s=8))
    assert (stint.ended_by, stint.transfer, stint.talk_s) == ("transfer", kind, 8)


def test_the_same_channel_may_come_again() -> None:
    stints, _ = told_stints([line(0, "ENTERQUEUE"), line(2, "ABANDON", wait_s=2), line(5, "ENTERQUEUE")])
    assert [(it.visit, it.outcome) for it in stints] == [(1, "abandoned"), (2, None)]


def test_a_rest_under_another_channel_is_found_by_its_queue_and_its_times() -> None:
    wait = told(line(0, "ENTERQUEUE"), line(4, "CONNECT", "Al", "lab1-8", wait_s=4))
    assert (wait.under, wait.outcome, wait.agent) == ("lab1-8", "answered", "Al")
    talk = told(
        line(0, "ENTERQUEUE"),
        line(4, "CONNECT", "Al", wait_s=4),
        line(9, "COMPLETEAGENT", "Al", "lab1-8", wait_s=4, talk_s=5),
    )
    assert (talk.under, talk.talk_s, talk.ended_by) == ("lab1-8", 5, "agent")


@pytest.mark.parametrize(
    "stray",
    [
        line(4, "CONNECT", "Al", "lab1-8", wait_s=1),
        line(4, "ABANDON", callid="lab1-8", wait_s=9),
        line(4, "ABANDON", callid="lab1-8", queue="2002", wait_s=4),
        line(9, "COMPLETEAGENT", "Bea", "lab1-8", wait_s=3, talk_s=6),
    ],
)
def test_an_end_that_fits_no_wait_stays_alone(stray: Any) -> None:
    stints, strays = told_stints([line(0, "ENTERQUEUE"), line(3, "CONNECT", "Al", wait_s=3), stray])
    assert strays == [stray]
    assert [it.under for it in stints] == [None]


def test_lines_that_end_nothing_are_no_strays() -> None:
    lines = [line(0, "PAUSE", "Al", "NONE"), line(1, "RINGCANCELED", "Al", "lab1-8"), line(2, "DID", callid=CALLER)]
    assert told_stints(lines) == ([], [])


def test_a_number_that_is_none_counts_as_nothing() -> None:
    assert told(line(0, "ENTERQUEUE"), line(3, "ABANDON", wait_s="x")).wait_s == 0
