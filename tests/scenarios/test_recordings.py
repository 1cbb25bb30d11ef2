"""Recordings of a real Asterisk: what we rebuild is what is expected, and what Asterisk's own files say of each call.

`calls.jsonl` is what `trunkline replay --json` prints. It changes only when what is told of a call changes:
`python -m scenarios.test_recordings` writes it anew, and the change is read before it is kept.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from folded import fields_of, folded
from told_by_cel import contradictions
from truth import disagreements, told_by_calls, told_by_queue_log

from asterisk.recording import read_records
from asterisk.replay import Replay, replay_records
from calls.codec import Record
from calls.form import call_form

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/session.ami.gz"))
# In these the recording was stopped before the last channel had gone: so many calls are open.
CUT_SHORT = {
    "s08d_attended_transfer_blonde": 1, "s13_confbridge_three": 1, "s14_voicemail": 1, "s27_withdraw_and_priority": 1,
    "s69_holder_leaves_a_conference": 1,
}  # fmt: skip

BRIDGED = "queue_log goes on until the caller leaves, though the agent's conversation ended when one was bridged away"
PARKED = "queue_log goes on until the caller leaves, though the agent's conversation ended when the caller was parked"
REDIRECTED = "queue_log goes on until the caller leaves, though the agent's conversation ended by a redirect"
WAY = "queue_log counts the way into the conference as talk"
TAKEN = "queue_log tells of the caller under another channel from when they took the place of the one who waited"
PULLED = "queue_log tells under another channel, and as abandoned, how the wait ended that an AMI Bridge ended"
UNHEARD = "it began or ended while nobody listened: the files know when and how, the manager's lists only that it did"
# Where queue_log itself is wrong, by rule: (recording, uniqueid): the fields of that stint, and what CEL shows instead.
EXPLAINED: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}


def explained(folder: str, uniqueid: str, rule: str, *fields: str) -> None:
    """Note a rule for one stint."""
    EXPLAINED[folder, uniqueid] = rule, fields


explained("s13b_add_third_party_to_queue_call", "lab1-1795701665.76", WAY, "talk")
explained("s25_ami_drop_and_reconnect", "lab1-1795361203.5", UNHEARD, "outcome", "wait")
explained("s26_action_matrix", "lab1-1795361217.11", PARKED, "talk", "ended_by", "transfer")
explained("s26_action_matrix", "lab1-1795361244.14", BRIDGED, "talk", "ended_by")
explained("s35_park_by_feature_code", "lab1-1795702670.1072", PARKED, "talk", "ended_by", "transfer")
explained("s55_blonde_transfer_to_queue", "lab1-1795703037.1161", TAKEN, "stint")
explained("s55_blonde_transfer_to_queue", "lab1-1795703039.1163", TAKEN, "stint")
explained("s58_redirected_to_queue", "lab1-1795703078.1171", REDIRECTED, "talk", "ended_by")
explained("s68_bridge_takes_a_waiting_caller", "lab1-1795706692.1218", PULLED, "outcome")
# What CEL says otherwise, likewise by rule.
BY_CEL = {
    ("s25_ami_drop_and_reconnect", "lab1-1795361203.5"): UNHEARD,
    ("s25_ami_drop_and_reconnect", "lab1-1795361207.9"): UNHEARD,
}


def records(folder: Path) -> Iterator[Record]:
    """The sessions of a recording, each a login of its own."""
    for epoch, name in enumerate(("session.ami.gz", "session-after.ami.gz"), 1):
        if (folder / name).exists():
            yield from read_records(folder / name, epoch=epoch)


def replayed(folder: Path, follow: Iterable[str] = ()) -> Replay:
    """The recording through the reducer."""
    return replay_records(records(folder), follow=follow)


def forms(replay: Replay) -> list[dict[str, Any]]:
    """Calls as their JSON says them, by start and then id."""
    found = [msgspec.json.decode(msgspec.json.encode(call_form(call))) for call in replay.calls.values()]
    return sorted(found, key=lambda form: (form["started_at"], form["call_id"]))


def in_every(folders: list[Path] = FOLDERS) -> pytest.MarkDecorator:
    """The same test for each recording."""
    return pytest.mark.parametrize("folder", folders, ids=lambda folder: folder.name)


@in_every()
def test_the_calls_are_those_expected(folder: Path) -> None:
    expected = [msgspec.json.decode(line) for line in (folder / "calls.jsonl").read_bytes().splitlines()]
    assert forms(replayed(folder)) == expected


@in_every()
def test_every_stint_agrees_with_queue_log(folder: Path) -> None:
    replay = replayed(folder)
    found = disagreements(told_by_queue_log(folder / "queue_log"), told_by_calls(forms(replay)))
    assert [it for it in found if not _is_explained(folder.name, it)] == []
    assert replay.rejects == []


def _is_explained(folder: str, disagreement: str) -> bool:
    rules = [
        fields for (name, uniqueid), (_, fields) in EXPLAINED.items() if name == folder and uniqueid in disagreement
    ]
    return any(f": {field}:" in disagreement or field == "stint" for fields in rules for field in fields)


@in_every()
def test_every_call_agrees_with_cel_and_cdr(folder: Path) -> None:
    replay = replayed(folder)
    agents = [interface for state in replay.states.values() for interface in state.agents]
    found = contradictions(folder / "cel.csv", folder / "cdr.csv", forms(replay), agents)
    known = [uniqueid for name, uniqueid in BY_CEL if name == folder.name]
    assert [it for it in found if not any(it.startswith(f"{uniqueid}:") for uniqueid in known)] == []


@in_every()
def test_nothing_stays_open_and_talk_has_an_end(folder: Path) -> None:
    replay = replayed(folder)
    open_calls = sum(len(state.calls) for state in replay.states.values())
    assert open_calls == CUT_SHORT.get(folder.name, 0)
    ended = [call for call in replay.calls.values() if call.ended_at is not None]
    assert all(leg.ended_at is not None for call in ended for leg in call.legs)
    assert all(call.outcome is not None for call in ended)


@in_every()
def test_the_timeline_says_the_same_as_the_call(folder: Path) -> None:
    followed = [form["call_id"] for form in forms(replayed(folder))]
    replay = replayed(folder, followed)
    for form in forms(replay):
        assert folded(replay.steps[form["call_id"]]) == fields_of(form)


def test_the_load_is_the_size_it_should_be() -> None:
    replay = replayed(Path(__file__).parent / "load_300")
    assert len(told_by_calls(forms(replay))) == 300


def test_the_impaired_phone_shows_in_the_legs_quality() -> None:
    """s24: the agent's phone loses 5 % and jitters up to 30 ms."""
    (call,) = replayed(Path(__file__).parent / "s24_rtcp_loss_and_jitter").calls.values()
    (clear,) = replayed(Path(__file__).parent / "s01_queue_caller_hangup").calls.values()
    assert (call.legs[0].mos or 5) < 4.2 < 4.35 < (clear.legs[0].mos or 0)


if __name__ == "__main__":
    for each in FOLDERS:
        lines = [msgspec.json.encode(form) for form in forms(replayed(each))]
        (each / "calls.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
