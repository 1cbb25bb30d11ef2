"""Recordings, made ready to be played: what came of itself is kept, answers are dropped, times are moved.

Job: read recordings and the queue_log and cel.csv beside them into one timeline of packets and lines.
Contract: packets stay as they were recorded but for their times, and with `keep_time` byte for byte. All times move by
the same whole number of seconds within a recording, because queue_log knows whole seconds only; several recordings
follow one another. It must not: wait, send, or understand a call.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from pathlib import Path
from typing import Final, Literal

from msgspec.structs import replace

from asterisk.ami import event_name
from asterisk.cel import format_cel, parse_cel
from asterisk.errors import LineError
from asterisk.recording import read_records
from asterisk.simulator.files import CEL, QUEUE_LOG

Kind = Literal["event", "queue_log", "cel"]
GAP_S: Final = 1
"""Between two recordings that are played one after the other."""
_SECONDS: Final = re.compile(rb"(?m)^((?:Timestamp|LastCall|LastPause|LoginTime|SentNTP): )(\d{9,})")
_DATES: Final = re.compile(rb"(?m)^((?:EventTime|StartTime|AnswerTime|EndTime): )(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_TIMESTAMP: Final = re.compile(rb"(?m)^Timestamp: (\d+)\.(\d{6})")
_DATE: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Moment:
    """One packet or line, and when it comes: epoch microseconds on the recording's clock, moved if it was moved."""

    at_us: int
    kind: Kind
    data: bytes


def read_recording(path: Path) -> list[Moment]:
    """A recording and the files beside it, in the order in which they are to be played.

    Raises UnreadableRecording for what is none.
    """
    sources = (_events(path), _queue_log(path.parent / QUEUE_LOG), _cel(path.parent / CEL))
    return list(merge(*map(_rising, sources), key=lambda moment: moment.at_us))


def timeline(recordings: Iterable[list[Moment]], end_us: int | None) -> list[Moment]:
    """Recordings one after the other, their times moved so that the last moment is at `end_us`; None: not moved."""
    played = [moments for moments in recordings if moments]
    if end_us is None:
        return [moment for moments in played for moment in moments]
    ahead = end_us // 1_000_000 * 1_000_000
    moved: list[list[Moment]] = []
    for moments in reversed(played):
        delta_s = (ahead - moments[-1].at_us) // 1_000_000
        moved.append([move(moment, delta_s) for moment in moments])
        ahead = moved[-1][0].at_us - GAP_S * 1_000_000
    return [moment for moments in reversed(moved) for moment in moments]


def duration_us(recordings: Iterable[list[Moment]]) -> int:
    """How long recordings take one after the other, in their own time."""
    return sum(moments[-1].at_us - moments[0].at_us + GAP_S * 1_000_000 for moments in recordings if moments)


def move(moment: Moment, delta_s: int) -> Moment:
    """A moment so many seconds later; the epoch parts of channel ids are names and stay."""
    data = moment.data
    if moment.kind == "event":
        data = _moved_event(data, delta_s)
    elif moment.kind == "queue_log":
        data = str(int(data[:10]) + delta_s).encode() + data[10:]
    else:
        record = parse_cel(data)
        data = format_cel(replace(record, at_us=record.at_us + delta_s * 1_000_000))
    return Moment(moment.at_us + delta_s * 1_000_000, moment.kind, data)


def _moved_event(raw: bytes, delta_s: int) -> bytes:
    def later(found: re.Match[bytes]) -> bytes:
        return found[1] + str(int(found[2]) + delta_s).encode()

    def later_date(found: re.Match[bytes]) -> bytes:
        date = datetime.strptime(found[2].decode(), _DATE).replace(tzinfo=UTC) + timedelta(seconds=delta_s)
        return found[1] + date.strftime(_DATE).encode()

    return _DATES.sub(later_date, _SECONDS.sub(later, raw))


def _rising(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Moments in the order they are in, which is the order in which Asterisk wrote them: their times step back a little
    now and then."""
    latest_us = 0
    for moment in moments:
        latest_us = max(latest_us, moment.at_us)
        yield Moment(latest_us, moment.kind, moment.data)


def _events(path: Path) -> Iterator[Moment]:
    for record in read_records(path):
        for entry in record.entries:
            if not _came_of_itself(entry.raw):
                continue
            found = _TIMESTAMP.search(entry.raw)
            at_us = int(found[1]) * 1_000_000 + int(found[2]) if found else entry.received * 1000
            yield Moment(at_us, "event", entry.raw)


def _came_of_itself(raw: bytes) -> bool:
    """Whether a packet is an event that nobody asked for. List items have an ActionID and no Timestamp."""
    name = event_name(raw)
    if not name or name == b"FullyBooted":
        return False
    return b"\r\nTimestamp: " in raw or (b"\r\nActionID: " not in raw and b"\r\nEventList: " not in raw)


def _queue_log(path: Path) -> Iterator[Moment]:
    for line in _lines(path):
        if line[:10].isdigit():
            # It was written within this second; at its end, no packet that it is about is still to come.
            yield Moment((int(line[:10]) + 1) * 1_000_000, "queue_log", line)


def _cel(path: Path) -> Iterator[Moment]:
    for line in _lines(path):
        try:
            yield Moment(parse_cel(line).at_us, "cel", line)
        except LineError:
            continue


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.is_file() else []
