"""Which file is which: by how it begins, under whatever name."""

import gzip
from pathlib import Path

import pytest

from calls.file_events import CDR, CEL, QUEUE_LOG
from ingest.generation import HEAD_BYTES, Head, began_at, copies, head_of, look_at, open_plain, sibling_paths, siblings

LINE = b"1795348800|NONE|NONE|NONE|QUEUESTART|\n"
OTHER = b"1795348900|NONE|NONE|NONE|CONFIGRELOAD|\n"
CDR_LINE = (
    b'"","5551234","2001","in","","","","Queue","","2026-11-22 12:00:00","2026-11-22 12:00:05","",4,5,"ANSWERED"\n'
)


def test_a_head_is_so_many_bytes_of_the_begin(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(LINE + OTHER)
    found = look_at(path)
    assert found.begins_with(head_of(LINE)) and found.begins_with(head_of(LINE + OTHER))
    assert not found.begins_with(head_of(OTHER))
    assert not found.begins_with(head_of(LINE + OTHER + LINE))
    assert not found.begins_with(Head())


def test_a_first_line_counts_when_it_has_its_end_or_fills_the_head(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    for content, has_line in ((b"", False), (LINE[:-1], False), (LINE, True), (b"x" * HEAD_BYTES, True)):
        path.write_bytes(content)
        assert look_at(path).has_line is has_line


def test_siblings_are_what_a_rotation_leaves_and_copies_count_once(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(OTHER)
    (tmp_path / "queue_log.1").write_bytes(LINE + OTHER)
    (tmp_path / "queue_log.1.gz").write_bytes(gzip.compress(LINE + OTHER))
    (tmp_path / "queue_log.0copy").write_bytes(LINE)
    (tmp_path / "queue_log-20261101.gz").write_bytes(gzip.compress(b"other\n"))
    (tmp_path / "queue_log.2.gz").write_bytes(gzip.compress(LINE)[:-9])
    (tmp_path / "queue_log.d").mkdir()
    (tmp_path / "queue_logs").write_bytes(LINE)
    names = [it.name for it in sibling_paths(path)]
    assert names == [
        "queue_log.0copy",
        "queue_log.1",
        "queue_log-20261101.gz",
        "queue_log.1.gz",
        "queue_log.2.gz",
    ]
    assert [it.path.name for it in siblings(path)] == ["queue_log.1", "queue_log-20261101.gz"]
    assert [it.path.name for it in copies(path, head_of(LINE + OTHER))] == ["queue_log.1", "queue_log.1.gz"]


def test_a_name_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "q[1].1").touch()
    (tmp_path / "q1.1").touch()
    assert [it.name for it in sibling_paths(tmp_path / "q[1]")] == ["q[1].1"]


def test_a_packed_file_is_read_by_offset_and_leaves_nothing(tmp_path: Path) -> None:
    path, scratch = tmp_path / "queue_log.1.gz", tmp_path / "scratch"
    scratch.mkdir()
    path.write_bytes(gzip.compress(LINE + OTHER))
    with open_plain(look_at(path), scratch) as file:
        file.seek(len(LINE))
        assert file.read() == OTHER
    assert list(scratch.iterdir()) == []


def test_a_name_that_is_another_files_by_now_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "queue_log.1"
    path.write_bytes(LINE)
    seen = look_at(path)
    path.rename(tmp_path / "queue_log.2")
    path.write_bytes(OTHER)
    with pytest.raises(FileNotFoundError, match="renamed"):
        open_plain(seen, tmp_path)


def test_a_file_began_at_the_time_of_its_first_line_that_has_one() -> None:
    fields = ["CHAN_START", "2026-11-22 12:00:00.250000", *[""] * 18]
    cel = ",".join(f'"{field}"' for field in fields).encode() + b"\n"
    assert began_at(QUEUE_LOG, b"rest of a line\n" + LINE) == 1_795_348_800_000
    assert began_at(CEL, cel) == 1_795_348_800_250
    assert began_at(CDR, CDR_LINE) == 1_795_348_800_000
    assert began_at(CDR, CDR_LINE.replace(b"2026-11-22 12:00:00", b"2026-99-99 12:00:00")) is None
    assert began_at(QUEUE_LOG, LINE[:-1]) is None
    assert began_at(CEL, LINE) is None
