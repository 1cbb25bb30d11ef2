"""Recordings and logs: the same records whatever the form."""

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from asterisk.ami import PACKET_END, PacketBuffer
from asterisk.decode import events_of
from asterisk.errors import UnreadableRecording
from asterisk.recording import PACK, log_frames, mark, read_lines, read_log, read_records
from calls.codec import Entry, Record, frame_records
from calls.file_events import FilesRead

SCENARIO = Path(__file__).parents[2] / "scenarios" / "s01_queue_caller_hangup" / "session.ami.gz"
RECORDS = [Record(1, "lab1", "ami", "a", 7, [Entry(n, n * 10, b"Event: Hold")]) for n in range(5)]


def packets() -> list[bytes]:
    """The packets of a real recording."""
    return PacketBuffer().feed(gzip.decompress(SCENARIO.read_bytes()))


def test_a_recording_is_numbered_and_names_its_pbx() -> None:
    records = list(read_records(SCENARIO))
    entries = [entry for record in records for entry in record.entries]
    assert {record.pbx for record in records} == {"lab1"}
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.raw for entry in entries] == packets()


def test_plain_bytes_and_lines_of_json_say_the_same(tmp_path: Path) -> None:
    plain = tmp_path / "session.ami"
    plain.write_bytes(gzip.decompress(SCENARIO.read_bytes()))
    lines = tmp_path / "session.events.jsonl"
    texts = [raw.decode("utf-8", "surrogateescape") + "\r\n\r\n" for raw in packets()]
    lines.write_text(
        "".join(json.dumps({"t": 1.5, "dir": way, "raw": raw}) + "\n" for raw in texts for way in ("out", "in"))
    )

    def raws(path: Path) -> list[bytes]:
        return [entry.raw for record in read_records(path) for entry in record.entries]

    assert raws(plain) == raws(lines) == packets()


def test_a_text_cut_inside_a_character_is_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.events.jsonl"
    path.write_text('{"t": 1, "dir": "in", "raw": "Event: A\\r\\nName: Zo\\udcc3\\r\\n\\r\\n"}\n')
    (record,) = read_records(path, "p")
    assert record.entries[0].raw.endswith(b"Zo\xc3")


def received(tmp_path: Path, *raws: bytes) -> list[int]:
    """When the packets of a recording are said to have come."""
    path = tmp_path / "session.ami"
    path.write_bytes(b"".join(raw + PACKET_END for raw in raws))
    return [entry.received for record in read_records(path, "p") for entry in record.entries]


def timed(seconds: float) -> bytes:
    return b"Event: Hold\r\nTimestamp: %.3f" % seconds


UNTIMED = b"Response: Success\r\nMessage: x"


def test_a_packet_without_a_time_came_when_the_one_before_it_did(tmp_path: Path) -> None:
    assert received(tmp_path, timed(1), UNTIMED, UNTIMED, timed(2.5), UNTIMED) == [1000, 1000, 1000, 2500, 2500]


def test_packets_before_the_first_time_came_then(tmp_path: Path) -> None:
    assert received(tmp_path, UNTIMED, UNTIMED, timed(7), timed(8)) == [7000, 7000, 7000, 8000]


def test_a_recording_without_any_time_is_read_all_the_same(tmp_path: Path) -> None:
    assert received(tmp_path, UNTIMED, b"Event: Hold\r\nTimestamp: noon") == [0, 0]


def test_what_comes_before_the_first_time_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "session.ami"
    path.write_bytes(b"".join(raw + PACKET_END for raw in (UNTIMED, timed(7), UNTIMED)))
    entries = [entry for record in read_records(path, "p") for entry in record.entries]
    assert [(entry.seq, entry.raw) for entry in entries] == [(1, UNTIMED), (2, timed(7)), (3, UNTIMED)]


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match=r"notes\.txt: expected"):
        list(read_records(tmp_path / "notes.txt"))
    bad = tmp_path / "bad.events.jsonl"
    bad.write_text('{"t": 1}\n')
    with pytest.raises(UnreadableRecording, match="line 1"):
        list(read_records(bad))


def log_file(path: Path, torn: bytes = b"") -> Path:
    """A log of five frames, and perhaps a torn one."""
    compress = zstandard.ZstdCompressor().compress
    path.write_bytes(b"".join(compress(frame_records([record])) for record in RECORDS) + torn)
    return path


def test_a_log_is_read_to_its_last_whole_frame(tmp_path: Path) -> None:
    torn = zstandard.ZstdCompressor().compress(frame_records(RECORDS))[:-3]
    path = log_file(tmp_path / "2026-11-22.tlog.zst", torn)
    assert list(read_log(path)) == RECORDS == list(read_records(path))


def test_a_log_may_be_read_from_any_frame(tmp_path: Path) -> None:
    path = log_file(tmp_path / "2026-11-22.tlog.zst")
    ends = [end for _, end in log_frames(path)]
    assert [record for records, _ in log_frames(path, ends[2]) for record in records] == RECORDS[3:]


def test_packets_end_as_they_do_on_the_wire() -> None:
    assert PACKET_END == b"\r\n\r\n"


def test_lines_stand_where_they_begin_in_their_file(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"one\r\n\ntwo two\ntorn")
    (record,) = read_lines(path, "queue_log", "lab1", 7)
    assert (record.pbx, record.source, record.epoch) == ("lab1", "queue_log", 7)
    assert record.entries == [Entry(0, 0, b"one"), Entry(6, 0, b"two two")]


def test_a_file_may_be_compressed_or_long(tmp_path: Path) -> None:
    path = tmp_path / "queue_log.1.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % number for number in range(PACK + 1))))
    found = list(read_lines(path, "queue_log", "lab1"))
    assert [len(record.entries) for record in found] == [PACK, 1]
    assert found[1].entries[0].raw == b"%d" % PACK


def test_a_mark_says_which_files_were_read_to_their_ends() -> None:
    record = mark("lab1", ("queue_log", "cel"), 3, 5000)
    (event,) = events_of(record)
    assert (record.source, record.epoch) == ("files", 3)
    assert isinstance(event, FilesRead) and (event.sources, event.at) == (("queue_log", "cel"), 5000)
