"""queue_log and CEL on disk."""

from pathlib import Path

from asterisk.simulator.files import Files


def test_lines_are_there_at_once_and_appended(tmp_path: Path) -> None:
    for line in (b"one", b"two"):
        files = Files(tmp_path / "pbx")
        files.write([line], [b'"CEL"'])
        assert (tmp_path / "pbx" / "queue_log").read_bytes().endswith(line + b"\n")
        files.close()
    assert (tmp_path / "pbx" / "queue_log").read_bytes() == b"one\ntwo\n"
    assert (tmp_path / "pbx" / "cel.csv").read_bytes() == b'"CEL"\n"CEL"\n'


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    files = Files(None)
    files.write([b"one"], [b"two"])
    files.close()
    assert list(tmp_path.iterdir()) == []
