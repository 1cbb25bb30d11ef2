"""Replay: records in, calls out, each PBX for itself."""

import random
from itertools import groupby
from pathlib import Path

import msgspec
from filed import cut
from folded import fields_of, folded

from asterisk.decode import events_of
from asterisk.recording import read_records
from asterisk.replay import MARKS, NOTHING_WRITTEN, Written, replay_records, with_files
from calls.codec import Record
from calls.file_events import FilesRead
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


S04 = SCENARIOS / "s04_rna_then_other_agent"
FILES = Written((S04 / "queue_log",), (S04 / "cel.csv",))


def test_what_the_pbx_wrote_stands_behind_what_it_said() -> None:
    order = list(with_files(records("s04_rna_then_other_agent"), FILES))
    sources = [source for source, _ in groupby(it.source for it in order)]
    assert sources == ["files", "ami", "queue_log", "cel", "files"]
    assert [it.epoch for it in order if it.source == "files"] == list(range(1, MARKS + 2))
    assert {it.pbx for it in order} == {"lab1"}
    (call,) = replay_records(order).calls.values()
    assert call.certainty == "final"


def test_without_files_there_is_no_mark() -> None:
    assert list(with_files(records("s01_queue_caller_hangup"), NOTHING_WRITTEN)) == records("s01_queue_caller_hangup")


def test_a_file_that_is_not_given_is_not_said_to_have_been_read() -> None:
    order = list(with_files(records("s04_rna_then_other_agent"), Written(FILES.queue_logs)))
    marks = [event.sources for it in order for event in events_of(it) if isinstance(event, FilesRead)]
    assert set(marks) == {("queue_log",)}


def test_files_after_a_rotation_are_generations_of_one_file(tmp_path: Path) -> None:
    lines = FILES.queue_logs[0].read_bytes().splitlines(keepends=True)
    halves = tmp_path / "queue_log.1", tmp_path / "queue_log"
    for path, some in zip(halves, (lines[:2], lines[2:]), strict=True):
        path.write_bytes(b"".join(some))
    order = list(with_files(records("s04_rna_then_other_agent"), Written(halves, FILES.cels)))
    assert [it.epoch for it in order if it.source == "queue_log"] == [1, 2]
    whole = with_files(records("s04_rna_then_other_agent"), FILES)
    assert [call_form(it) for it in replay_records(order).calls.values()] == [
        call_form(it) for it in replay_records(whole).calls.values()
    ]


def test_a_gaps_end_takes_the_place_of_its_beginning() -> None:
    heard = cut(records("s04_rna_then_other_agent"), random.Random(1))
    (gap,) = replay_records(heard).gaps
    assert (gap.source, gap.cause) == ("ami", "cut") and gap.end is not None and gap.end >= gap.start
