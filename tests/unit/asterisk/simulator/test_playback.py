"""Recordings as they are played: nothing but their times changed, and nothing at all with `keep_time`."""

import gzip
import json
import re
from pathlib import Path

import pytest
from simulated import SCENARIOS, recorded

from asterisk.ami import PacketBuffer, event_name
from asterisk.simulator.playback import Moment, duration_us, move, read_recording, timeline

LOAD = SCENARIOS / "load_300" / "session.ami.gz"
HOLD = SCENARIOS / "s06_hold_unhold_by_agent_and_caller" / "session.ami.gz"
TIMES = re.compile(
    rb"(?m)^(Timestamp|LastCall|LastPause|LoginTime|SentNTP|EventTime|StartTime|AnswerTime|EndTime): [0-9 :.-]+\r?$"
)


def packets_of(path: Path) -> list[bytes]:
    """What the recording holds, answers included."""
    return PacketBuffer().feed(gzip.open(path).read())


def of(moments: list[Moment], kind: str) -> list[bytes]:
    """The data of one kind."""
    return [moment.data for moment in moments if moment.kind == kind]


def test_with_the_times_kept_every_event_and_line_is_played_as_it_was() -> None:
    played = timeline([read_recording(LOAD)], None)
    assert of(played, "event") == [raw for raw in packets_of(LOAD) if event_name(raw) not in (b"", b"FullyBooted")]
    assert of(played, "queue_log") == LOAD.with_name("queue_log").read_bytes().splitlines()
    assert of(played, "cel") == LOAD.with_name("cel.csv").read_bytes().splitlines()


def test_moved_events_differ_in_their_times_only() -> None:
    recording = read_recording(HOLD)
    moved = timeline([recording], recording[-1].at_us + 86_400_000_000)
    before, after = of(recording, "event"), of(moved, "event")
    assert before != after
    assert [TIMES.sub(b"", raw) for raw in before] == [TIMES.sub(b"", raw) for raw in after]


def test_all_times_of_a_recording_move_by_the_same_whole_seconds() -> None:
    recording = read_recording(HOLD)
    moved = timeline([recording], recording[-1].at_us + 5_700_000)
    assert {new.at_us - old.at_us for old, new in zip(recording, moved, strict=True)} == {5_000_000}
    assert int(of(moved, "queue_log")[0][:10]) - int(of(recording, "queue_log")[0][:10]) == 5


def test_answers_and_list_items_are_not_played() -> None:
    path = next(SCENARIOS.glob("s19_*")) / "session.ami.gz"
    played = {event_name(raw) for raw in of(read_recording(path), "event")}
    assert "QueueEntry" in {packet.name for packet in recorded("s19")}
    assert not played & {b"", b"FullyBooted", b"QueueParams", b"QueueMember", b"QueueEntry", b"QueueStatusComplete"}


def test_the_answer_to_an_originate_is_an_event_and_is_played() -> None:
    path = next(SCENARIOS.glob("s10a_*")) / "session.ami.gz"
    assert b"OriginateResponse" in {event_name(raw) for raw in of(read_recording(path), "event")}


def test_recordings_follow_one_another() -> None:
    paths = [next(SCENARIOS.glob(f"{name}_*")) / "session.ami.gz" for name in ("s04", "s01")]
    recordings = [read_recording(path) for path in paths]
    end_us = 1_900_000_000_000_000
    played = timeline(recordings, end_us)
    assert len(played) == sum(map(len, recordings))
    assert [moment.at_us for moment in played] == sorted(moment.at_us for moment in played)
    assert 0 <= end_us - played[-1].at_us < 1_000_000
    assert played[-1].at_us - played[0].at_us <= duration_us(recordings)


def test_a_line_comes_when_its_second_is_over() -> None:
    (path,) = SCENARIOS.glob("s01_*/session.ami.gz")
    played = read_recording(path)
    join = next(i for i, moment in enumerate(played) if b"QueueCallerJoin" in moment.data)
    enter = next(i for i, moment in enumerate(played) if b"ENTERQUEUE" in moment.data)
    assert join < enter


def test_a_date_moves_over_midnight() -> None:
    raw = b"Event: Cdr\r\nStartTime: 2026-12-31 23:59:59\r\nAnswerTime: \r\nUniqueID: lab1-1795360512.12"
    assert move(Moment(0, "event", raw), 2).data == (
        b"Event: Cdr\r\nStartTime: 2027-01-01 00:00:01\r\nAnswerTime: \r\nUniqueID: lab1-1795360512.12"
    )


def test_zero_means_never_and_stays() -> None:
    raw = b"Event: QueueMemberStatus\r\nLastCall: 0\r\nLastPause: 1795360000"
    assert move(Moment(0, "event", raw), 5).data.endswith(b"LastCall: 0\r\nLastPause: 1795360005")


@pytest.mark.parametrize("stamp", ["", "\r\nTimestamp: 1795360000.250000"])
def test_one_packet_a_line_is_played_too(tmp_path: Path, stamp: str) -> None:
    path = tmp_path / "session.events.jsonl"
    raw = f"Event: Hold\r\nPrivilege: call,all{stamp}"
    lines = [
        {"t": 1_795_360_000.25, "dir": "in", "raw": f"{raw}\r\n\r\n"},
        {"t": 1.0, "dir": "out", "raw": "Action: Ping"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_recording(path) == [Moment(1_795_360_000_250_000, "event", raw.encode())]
