"""A server is started until it answers, stopped, killed, started again; a failed start leaves nothing behind."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.errors import StartError
from infra.folder_lock import FolderLock
from infra.process import Command
from infra.server import Prepared, Server

SLEEP = (sys.executable, "-S", "-c", "import time; time.sleep(60)")


def server(tmp_path: Path, answers: Callable[[], bool], limit: float = 5.0, cwd: Path | None = None) -> Server:
    def prepare() -> Prepared:
        lock = FolderLock.take(tmp_path / "data", patience=0.0)
        return Prepared(Command(SLEEP, {}, cwd=cwd), "127.0.0.1:1", answers, limit, lock)

    return Server("it", tmp_path / "it.log", prepare)


def folder_is_free(tmp_path: Path) -> bool:
    FolderLock.take(tmp_path / "data", patience=0.0).release()
    return True


def test_it_runs_from_start_to_stop_and_again(tmp_path: Path) -> None:
    it = server(tmp_path, lambda: True)
    assert it.start() == it.address == "127.0.0.1:1"
    assert it.process.running
    assert (tmp_path / "data/lock").read_text() == str(it.process.pid)
    it.kill()
    it.start()
    it.stop()
    it.stop()
    assert folder_is_free(tmp_path)


def test_one_that_never_answers_is_not_left_running(tmp_path: Path) -> None:
    it = server(tmp_path, lambda: False, limit=0.0)
    with pytest.raises(StartError, match="not ready"):
        it.start()
    with pytest.raises(StartError, match="does not run"):
        _ = it.process
    assert folder_is_free(tmp_path)


def test_one_that_cannot_be_started_gives_the_folder_free(tmp_path: Path) -> None:
    it = server(tmp_path, lambda: True, cwd=tmp_path / "no-such-folder")
    with pytest.raises(StartError, match="no-such-folder"):
        it.start()
    assert folder_is_free(tmp_path)


def test_before_the_start_there_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="does not run"):
        _ = server(tmp_path, lambda: True).address
