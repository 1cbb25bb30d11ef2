"""A log file keeps the last lines and never grows beyond its bound."""

from pathlib import Path

from infra.logs import TAIL_LINES, LogFile


def test_lines_are_written_as_they_came(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs/a.log")
    log.write(b"one\n")
    log.write("zwölf\n".encode())
    log.close()
    assert (tmp_path / "logs/a.log").read_text() == "one\nzwölf\n"


def test_two_files_of_bounded_size_are_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log", max_bytes=100)
    for number in range(100):
        log.write(b"%09d\n" % number)
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.log", "a.log.1"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    assert (tmp_path / "a.log").read_text().endswith("000000099\n")


def test_a_new_start_begins_a_new_file_and_forgets_the_last_lines(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log")
    log.write(b"before\n")
    log.rotate()
    log.write(b"after\n")
    log.close()
    assert (tmp_path / "a.log.1").read_text() == "before\n"
    assert (tmp_path / "a.log").read_text() == "after\n"
    assert log.tail() == "after"


def test_the_tail_is_the_last_lines_also_when_they_are_not_utf8(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "a.log")
    for number in range(TAIL_LINES + 5):
        log.write(b"%d \xff\n" % number)
    log.close()
    lines = log.tail().split("\n")
    assert len(lines) == TAIL_LINES
    assert lines[-1] == f"{TAIL_LINES + 4} \ufffd"
