"""The product's own reconciliation over every recording: nothing unexplained; and what is changed is found.

The rules are found by evidence: which recordings show which is written down here, and in the README beside it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from scenarios.test_recordings import FOLDERS, in_every, records

from asterisk.recording import read_lines
from asterisk.replay import Replay, Written, replay_records, with_files
from calls.call import Call, Leg, StintOutcome
from calls.file_events import CDR, CEL, QUEUE_LOG
from calls.ledger.books import Ledger, ledgers
from calls.ledger.facts import Verdict
from warehouse.evidence import Evidence, gaps_of, watched

PBX = "lab1"
RULES = {
    "s13b_add_third_party_to_queue_call": {"way"},
    "s25_ami_drop_and_reconnect": {"unheard"},
    "s26_action_matrix": {"parked", "bridged", "redirected", "taken"},
    "s31_kill9": {"cut_off"},
    "s35_park_by_feature_code": {"parked"},
    "s55_blonde_transfer_to_queue": {"taken"},
    "s58_redirected_to_queue": {"redirected"},
    "s68_bridge_takes_a_waiting_caller": {"pulled", "taken"},
}
# In these, what is changed may lie in the gap that explains everything in it.
WITH_A_GAP = ("s25_ami_drop_and_reconnect", "s30_core_restart_now", "s31_kill9", "s62_lists_with_parked_and_conference")


def heard(folder: Path) -> tuple[Replay, Evidence]:
    """A recording as AMI told it, and what Asterisk's files say meanwhile."""
    found: dict[str, Evidence] = {}
    replay = replay_records(watched(records(folder), found))
    for source, name in ((QUEUE_LOG, "queue_log"), (CEL, "cel.csv"), (CDR, "cdr.csv")):
        for record in read_lines(folder / name, source, PBX):
            found[PBX].note(record)
    found[PBX].sources |= {QUEUE_LOG, CEL, CDR}
    assert found[PBX].refused == []
    return replay, found[PBX]


def held(calls: Iterator[Call] | list[Call], evidence: Evidence) -> list[Ledger]:
    """These calls against the files."""
    return ledgers(PBX, calls, evidence.files(), gaps_of(evidence))


@in_every()
def test_nothing_is_unexplained(folder: Path) -> None:
    replay, evidence = heard(folder)
    books = held(list(replay.calls.values()), evidence)
    assert [it for it in books if it.verdict is Verdict.UNEXPLAINED] == []
    assert {rule.value for it in books for rule in it.rules} == RULES.get(folder.name, set())
    assert {it.call_id for it in books} == {it.call_id for it in replay.calls.values() if it.ended_at is not None}


@in_every()
def test_what_the_files_put_right_is_not_unexplained_either(folder: Path) -> None:
    _, evidence = heard(folder)
    written = Written((folder / "queue_log",), (folder / "cel.csv",))
    replay = replay_records(with_files(records(folder), written))
    books = held(list(replay.calls.values()), evidence)
    assert [it for it in books if it.verdict is Verdict.UNEXPLAINED] == []


def with_wait(call: Call) -> Call | None:
    stints = call.stints
    if not stints or stints[0].left_at is None or stints[0].outcome in (StintOutcome.FULL, StintOutcome.JOIN_EMPTY):
        return None
    return replace(call, stints=(replace(stints[0], left_at=stints[0].left_at + 4000), *stints[1:]))


def with_another_agent(call: Call) -> Call | None:
    if not call.stints or call.stints[0].agent is None:
        return None
    return replace(call, stints=(replace(call.stints[0], agent="Zoe"), *call.stints[1:]))


def without_stints(call: Call) -> Call | None:
    let_in = [it for it in call.stints if it.outcome not in (StintOutcome.FULL, StintOutcome.JOIN_EMPTY)]
    return replace(call, stints=()) if let_in else None


def with_another_cause(call: Call) -> Call | None:
    return replace(call, hangup_cause=99) if call.hangup_cause is not None else None


def with_more_talk(call: Call) -> Call | None:
    return _with_leg(call, lambda leg: replace(leg, ended_at=(leg.ended_at or leg.answered_at) + 4000))


def without_its_leg(call: Call) -> Call | None:
    return replace(call, legs=()) if call.legs and call.legs[0].stint is not None else None


def with_another_end(call: Call) -> Call | None:
    return replace(call, ended_at=call.ended_at + 700) if call.ended_at is not None else None


def with_another_missed_ring(call: Call) -> Call | None:
    return replace(call, missed=call.missed[1:]) if call.missed else None


def with_another_outcome(call: Call) -> Call | None:
    if not call.stints or call.stints[0].outcome is not StintOutcome.ABANDONED:
        return None
    return replace(call, stints=(replace(call.stints[0], outcome=StintOutcome.TIMEOUT), *call.stints[1:]))


def _with_leg(call: Call, change: Callable[[Leg], Leg]) -> Call | None:
    if not call.legs or call.legs[0].ended_at is None:
        return None
    return replace(call, legs=(change(call.legs[0]), *call.legs[1:]))


@pytest.mark.parametrize(
    "change",
    [
        with_wait, with_another_agent, without_stints, with_another_cause, with_more_talk, without_its_leg,
        with_another_end, with_another_missed_ring, with_another_outcome,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_what_is_changed_is_found(change: Callable[[Call], Call | None]) -> None:
    """In one call of each recording after the other, but for the load, of which every call is like another."""
    changed_calls = 0
    for folder in FOLDERS:
        if folder.name in WITH_A_GAP or folder.name == "load_300":
            continue
        replay, evidence = heard(folder)
        calls = [it for it in replay.calls.values() if it.ended_at is not None and it.merged_into is None]
        for call in calls:
            changed = change(call)
            if changed is None:
                continue
            changed_calls += 1
            others = [it for it in replay.calls.values() if it is not call]
            books = {it.call_id: it for it in held([*others, changed], evidence)}
            assert books[call.call_id].verdict is Verdict.UNEXPLAINED, (folder.name, call.call_id)
    assert changed_calls > 2


def test_a_call_that_we_do_not_know_is_found() -> None:
    for folder in FOLDERS[1:4]:
        _, evidence = heard(folder)
        books = held([], evidence)
        assert books and all(it.verdict is Verdict.UNEXPLAINED and it.tenant is None for it in books)
