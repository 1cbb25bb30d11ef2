"""Where queue_log counts something else than the agent's talk: each rule by its evidence, and nothing without it."""

from typing import Any

import pytest
from msgspec.structs import replace
from told_lines import AGENT, CALLER, cel, in_bridge, line, ms, usual_call

from calls.call import Call, StintOutcome
from calls.file_events import ChannelLogged
from calls.ledger.books import Files, ledgers
from calls.ledger.facts import Verdict
from calls.ledger.rules import Gaps, Rule
from calls.state import Gap

QUEUE_LOG = [
    line(0, "ENTERQUEUE"),
    line(5, "CONNECT", "Alice", wait_s=5, agent_uniqueid=AGENT),
    line(65, "COMPLETECALLER", "Alice", wait_s=5, talk_s=60),
]
TALK, ENDED_BY = "legs[0].talk_s + hold_s", "legs[0].ended_by"


def talked_until(second: float, ended_by: str = "system") -> Call:
    """Alice talked from 5.2 s until then; the call went on until 65.2 s."""
    call = replace(usual_call(), missed=())
    return replace(call, legs=(replace(call.legs[0], ended_at=ms(second), ended_by=ended_by),))


def rules(call: Call, cel_records: list[ChannelLogged] | None, *more: Any, gaps: Gaps = Gaps()) -> Any:  # noqa: B008
    """What differs from queue_log: the rule by subject."""
    files = Files(queue_log=[*QUEUE_LOG, *more], cel=cel_records and sorted(cel_records, key=lambda it: it.at))
    (ledger,) = (it for it in ledgers("lab1", [call], files, gaps) if it.tenant)
    facts = (it for it in ledger.facts if it.source == "queue_log" and it.verdict is not Verdict.AGREE)
    return {it.subject: it.rule for it in facts}


def talk(until: float, *more: ChannelLogged) -> list[ChannelLogged]:
    """Caller and Alice in a bridge until then, the caller alive until 65.2 s."""
    return [*in_bridge(5.2, until, CALLER), *in_bridge(5.2, until, AGENT), cel(65.2, "HANGUP", hangupcause=16), *more]


def test_parked_bridged_and_redirected_are_told_by_what_became_of_the_caller() -> None:
    for rule, more in (
        (Rule.PARKED, [cel(25, "PARK_START")]),
        (Rule.BRIDGED, [*in_bridge(25, 65.2, CALLER, "b2")]),
        (Rule.REDIRECTED, []),
    ):
        assert rules(talked_until(25), talk(25, *more)) == {TALK: rule, ENDED_BY: rule}


def test_the_way_into_a_conference_is_no_talk() -> None:
    both = [*in_bridge(30, 65.2, CALLER, "b2"), *in_bridge(35, 65.2, AGENT, "b2")]
    call = talked_until(65.2, "caller")
    call = replace(call, legs=(replace(call.legs[0], apart_ms=10_000),))
    assert rules(call, talk(25, *both)) == {TALK: Rule.WAY}


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (talked_until(25), None),
        (talked_until(25), talk(65.2)),
        (talked_until(35), talk(25, cel(25, "PARK_START"))),
        (talked_until(25, "agent"), talk(25)),
    ],
    ids=["without CEL", "CEL has them talk on", "CEL has less talk", "a party ended it"],
)
def test_nothing_is_explained_without_evidence(call: Call, told: list[ChannelLogged] | None) -> None:
    assert rules(call, told)[TALK] is None


def test_a_wait_that_another_channel_took_over() -> None:
    taken = [
        line(70, "ENTERQUEUE", callid="lab1-7", queue="2002"),
        line(74, "CONNECT", "Alice", wait_s=4, queue="2002", agent_uniqueid=AGENT),
    ]
    second = replace(usual_call().stints[0], queue="2002", entered_at=ms(70), left_at=ms(74))
    call = replace(usual_call(), missed=(), stints=(usual_call().stints[0], second))
    leg = replace(call.legs[0], stint=1, answered_at=ms(74), ended_at=ms(80))
    call = replace(call, legs=(*call.legs, leg))
    done = line(80, "COMPLETECALLER", "Alice", queue="2002", wait_s=4, talk_s=6)
    assert rules(call, None, *taken, done) == {"stints[1].uniqueid": Rule.TAKEN}


def test_a_caller_who_was_taken_out_of_the_queue() -> None:
    call = replace(usual_call(), legs=(), missed=())
    call = replace(call, stints=(replace(call.stints[0], agent=None, outcome=StintOutcome.WITHDRAWN),))
    files = Files(queue_log=[line(0, "ENTERQUEUE")], cel=[*in_bridge(5.2, 20, CALLER), *in_bridge(0, 20, "x3")])
    (ledger,) = (it for it in ledgers("lab1", [call], files, Gaps()) if it.tenant)
    assert {it.subject: it.rule for it in ledger.facts if it.source == "queue_log" and it.rule} == {
        "stints[0].outcome": Rule.PULLED
    }
    alone = Files(queue_log=[line(0, "ENTERQUEUE")], cel=in_bridge(5.2, 20, CALLER))
    (ledger,) = (it for it in ledgers("lab1", [call], alone, Gaps()) if it.tenant)
    assert [it.subject for it in ledger.facts if it.source == "queue_log" and it.verdict is Verdict.UNEXPLAINED] == [
        "stints[0].outcome"
    ]


def test_a_gap_explains_what_lies_in_it_and_nothing_else() -> None:
    call = talked_until(25)
    assert rules(call, None, gaps=Gaps((Gap("ami", "cut", ms(60), ms(70)),))) == dict.fromkeys(
        (TALK, ENDED_BY), Rule.UNHEARD
    )
    assert rules(call, None, gaps=Gaps((Gap("ami", "cut", ms(30), ms(40)),))) == dict.fromkeys((TALK, ENDED_BY))
