"""Recordings with the files that Asterisk wrote: every call becomes final, and what AMI missed is put right."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filed import cut, far_apart, interleaved
from scenarios.test_recordings import EXPLAINED, FOLDERS, UNHEARD, forms, in_every, records
from truth import disagreements, told_by_calls, told_by_queue_log

from asterisk.replay import Replay, Written, replay_records, with_files
from calls.settings import AgentSettings, Settings

# A gap: s25's link broke, s31's PBX was killed, s30's restarted.
GAPS = ("s25_ami_drop_and_reconnect", "s30_core_restart_now", "s31_kill9")
ONE_SESSION = [folder for folder in FOLDERS if not (folder / "session-after.ami.gz").exists()]
# Two members of one name, one after the other: which of them a line means is not to be known.
NAMESAKES = ("s46_local_member_holds_and_hangs_up",)
CUTS = 3


def written(folder: Path) -> Written:
    """What Asterisk wrote during a recording."""
    return Written((folder / "queue_log",), (folder / "cel.csv",))


def expected(folder: Path) -> list[dict[str, Any]]:
    """The calls of a recording by AMI alone, that have ended, as if the files had confirmed them."""
    lines = (folder / "calls.jsonl").read_bytes().splitlines()
    return [{**form, "certainty": "final"} for form in map(msgspec.json.decode, lines) if form["ended_at"]]


def ended(replay: Replay) -> list[dict[str, Any]]:
    """The calls that have ended."""
    return [form for form in forms(replay) if form["ended_at"]]


@in_every([folder for folder in FOLDERS if folder.name not in GAPS])
def test_the_files_confirm_every_call_that_was_heard(folder: Path) -> None:
    replay = replay_records(with_files(records(folder), written(folder)))
    assert ended(replay) == expected(folder)


@in_every([folder for folder in FOLDERS if folder.name not in (*GAPS, "load_300")])
def test_lines_among_the_packets_confirm_the_same(folder: Path) -> None:
    assert ended(replay_records(interleaved(records(folder), folder))) == expected(folder)


@in_every([folder for folder in FOLDERS if folder.name in GAPS])
def test_what_fell_into_a_gap_is_as_queue_log_says(folder: Path) -> None:
    replay = replay_records(with_files(records(folder), written(folder)))
    assert disagreements(told_by_queue_log(folder / "queue_log"), told_by_calls(forms(replay))) == []
    assert {form["certainty"] for form in ended(replay)} == {"final"}


@in_every([folder for folder in ONE_SESSION if folder.name not in NAMESAKES])
@pytest.mark.parametrize("seed", range(CUTS))
def test_a_session_that_was_deaf_for_a_while_tells_the_same(folder: Path, seed: int) -> None:
    whole = replay_records(records(folder))
    agents = {agent.interface: agent.member_name for state in whole.states.values() for agent in state.agents.values()}
    settings = Settings(agents={interface: AgentSettings(name=name) for interface, name in agents.items()})
    heard = cut(records(folder), random.Random(f"{folder.name} {seed}"))
    healed = replay_records(with_files(heard, written(folder)), settings)
    by_id = {form["call_id"]: form for form in ended(healed)}
    assert by_id.keys() == {form["call_id"] for form in expected(folder)}
    assert [it for form in expected(folder) for it in far_apart(form, by_id[form["call_id"]], form["call_id"])] == []


def test_only_gaps_are_explained_by_not_having_been_heard() -> None:
    assert {folder for (folder, _), (rule, _) in EXPLAINED.items() if rule == UNHEARD} <= set(GAPS)
