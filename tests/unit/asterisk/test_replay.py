"""Replay: records in, calls out, each PBX for itself."""

from pathlib import Path

import msgspec
from folded import fields_of, folded

from asterisk.recording import read_records
from asterisk.replay import replay_records
from calls.codec import Record
from calls.form import call_form
from calls.settings import QueueSettings, Settings

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def records(name: str) -> list[Record]:
    """The records of a real recording."""
    return list(read_records(SCENARIOS / name / "session.ami.gz"))


def test_a_recording_becomes_its_calls() -> None:
    replay = replay_records(records("s19_positions_three_callers_one_agent"))
    outcomes = [call.outcome.value for call in replay.calls.values() if call.outcome]
    assert (sorted(outcomes), replay.rejects) == (["abandoned", "answered", "answered"], [])
    assert replay.states["lab1"].calls == {}


def test_two_pbxs_do_not_mix() -> None:
    first = records("s01_queue_caller_hangup")
    second = [Record(r.version, "lab2", r.source, r.ingester, r.epoch, r.entries) for r in first]
    mixed = replay_records(pair for both in zip(first, second, strict=True) for pair in both)
    assert [call_id.partition(":")[0] for call_id in mixed.calls] == ["lab1", "lab2"]


def test_records_twice_are_records_once() -> None:
    once, twice = records("s04_rna_then_other_agent"), records("s04_rna_then_other_agent") * 2
    assert replay_records(twice).calls == replay_records(once).calls


def test_settings_hold_from_the_start() -> None:
    settings = Settings(queues={"2001": QueueSettings(tenant="north")})
    replay = replay_records(records("s01_queue_caller_hangup"), settings)
    assert {call.tenant for call in replay.calls.values()} == {"north"}


def test_a_calls_timeline_is_kept_where_it_is_wanted() -> None:
    found = replay_records(records("s19_positions_three_callers_one_agent"))
    assert found.steps == {}
    wanted, *others = found.calls
    followed = replay_records(records("s19_positions_three_callers_one_agent"), follow=[wanted, "lab1:nobody"])
    assert set(followed.steps) == {wanted, "lab1:nobody"} and others
    assert followed.steps["lab1:nobody"] == []
    assert folded(followed.steps[wanted]) == fields_of(msgspec.to_builtins(call_form(found.calls[wanted])))
