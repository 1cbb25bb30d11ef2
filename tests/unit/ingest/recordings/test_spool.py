"""ingest/recordings/spool.py: a file is taken when nobody writes it any more, and nothing but a file is."""

import os
from pathlib import Path

import pytest

from ingest.recordings.spool import Finished, Spool, Unkeepable, UnusableSpool


def taken(spool: Spool, name: str) -> Finished | None:
    with spool.taken(name) as finished:
        return finished


def test_a_file_is_taken_when_its_writer_has_closed_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with (tmp_path / "a.wav").open("wb") as file:
        file.write(b"12")
        file.flush()
        assert taken(spool, "a.wav") is None
        assert spool.names() == ["a.wav"]
        file.write(b"3")
    found = taken(spool, "a.wav")
    assert found is not None and (found.name, found.size) == ("a.wav", 3)
    spool.remove(found)
    assert spool.names() == [] and taken(spool, "a.wav") is None


def test_a_reader_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"1")
    with (tmp_path / "a.wav").open("rb"):
        assert taken(Spool(tmp_path), "a.wav") is not None


def test_links_pipes_folders_and_second_names_are_left_alone(tmp_path: Path) -> None:
    secret, folder = tmp_path / "secret", tmp_path / "spool"
    folder.mkdir()
    secret.write_bytes(b"secret")
    (folder / "link.wav").symlink_to(secret)
    (folder / "nowhere.wav").symlink_to(tmp_path / "nowhere")
    (folder / "hard.wav").hardlink_to(secret)
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    spool = Spool(folder)
    assert len(spool.names()) == 5
    for name in spool.names():
        with pytest.raises(Unkeepable):
            taken(spool, name)


def test_a_folder_that_was_made_anew_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    spool = Spool(folder)
    folder.rmdir()
    folder.mkdir()
    (folder / "a.wav").touch()
    assert spool.names() == ["a.wav"]


def test_what_is_no_folder_of_its_own_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for path in (tmp_path / "nowhere", tmp_path / "link"):
        with pytest.raises(UnusableSpool, match="TRUNKLINE_RECORDING_SPOOL"):
            Spool(path)


def test_a_folder_that_is_open_to_everybody_is_known(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert not Spool(tmp_path).open_to_others
    tmp_path.chmod(0o755)
    assert Spool(tmp_path).open_to_others
