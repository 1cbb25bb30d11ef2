"""A folder has one owner, who is named to the second comer; a lock that was handed on outlives its giver."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.errors import InUseError
from infra.folder_lock import FolderLock


def test_the_second_comer_is_refused_and_told_who_was_first(tmp_path: Path) -> None:
    lock = FolderLock.take(tmp_path / "data")
    lock.name_owner(4711)
    with pytest.raises(InUseError, match="4711"):
        FolderLock.take(tmp_path / "data", patience=0.0)
    lock.release()


def test_a_released_folder_may_be_taken_again(tmp_path: Path) -> None:
    FolderLock.take(tmp_path).release()
    again = FolderLock.take(tmp_path, patience=0.0)
    assert again.descriptor >= 0
    again.release()
    again.release()


def test_a_server_that_was_given_the_lock_keeps_it_until_it_ends(tmp_path: Path) -> None:
    lock = FolderLock.take(tmp_path)
    code = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, pass_fds=(lock.descriptor,)) as server:
        lock.release()
        with pytest.raises(InUseError):
            FolderLock.take(tmp_path, patience=0.0)
        server.communicate()
    FolderLock.take(tmp_path, patience=0.0).release()


def test_a_folder_that_cannot_be_one_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InUseError, match="--data"):
        FolderLock.take(tmp_path / "file")


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    FolderLock.take(tmp_path / "new").release()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
