"""Recordings of a real Asterisk: what we rebuild is what Asterisk's own queue_log says, stint by stint."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from truth import disagreements, told_by_calls, told_by_queue_log

from asterisk.recording import read_records
from asterisk.replay import Replay, replay_records
from calls.form import call_form

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/session.ami.gz"))
# In these the recording was stopped before the last channel had gone.
CUT_SHORT = {"s14_voicemail"}


def replayed(folder: Path) -> Replay:
    """The recording through the reducer."""
    return replay_records(read_records(folder / "session.ami.gz"))


def forms(replay: Replay) -> list[dict[str, Any]]:
    """Calls as their JSON says them."""
    return [msgspec.json.decode(msgspec.json.encode(call_form(call))) for call in replay.calls.values()]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_stint_agrees_with_queue_log(folder: Path) -> None:
    replay = replayed(folder)
    assert disagreements(told_by_queue_log(folder / "queue_log"), told_by_calls(forms(replay))) == []
    assert replay.rejects == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_stays_open_and_talk_has_an_end(folder: Path) -> None:
    replay = replayed(folder)
    open_calls = sum(len(state.calls) for state in replay.states.values())
    assert open_calls == (1 if folder.name in CUT_SHORT else 0)
    ended = [call for call in replay.calls.values() if call.ended_at is not None]
    assert all(leg.ended_at is not None for call in ended for leg in call.legs)
    assert all(call.outcome is not None for call in ended)


def test_the_load_is_the_size_it_should_be() -> None:
    replay = replayed(Path(__file__).parent / "load_300")
    assert len(told_by_calls(forms(replay))) == 300
