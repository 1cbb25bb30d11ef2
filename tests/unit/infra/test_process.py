"""A child's output is kept, its end is noticed, and it goes when it is told to."""

import signal
import sys
from pathlib import Path

import pytest

from infra.errors import StartError
from infra.logs import LogFile
from infra.process import Command, Process, run_to_end, wait_until

SLEEP = "import time; time.sleep(60)"


def start(tmp_path: Path, code: str, stop_limit: float = 5.0) -> Process:
    command = Command((sys.executable, "-S", "-c", code), {}, stop_limit=stop_limit)
    return Process.start("child", command, LogFile(tmp_path / "child.log"))


def test_what_it_prints_is_in_the_log_whichever_way_it_came(tmp_path: Path) -> None:
    process = start(tmp_path, "import sys; print('out', flush=True); print('error', file=sys.stderr); sys.exit(3)")
    process.finish(deadline=float("inf"))
    assert process.exit_code == 3
    assert (tmp_path / "child.log").read_text() == "out\nerror\n"


def test_it_stops_politely(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    process.stop()
    assert process.exit_code == -signal.SIGTERM


def test_a_kill_takes_its_children_too(tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {SLEEP!r}], stdout=sys.stdout)"
    process = start(tmp_path, code)
    process.kill()
    assert process.exit_code == -signal.SIGKILL


def test_waiting_ends_when_the_check_is_true(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    answers = iter([False, True])
    wait_until(lambda: next(answers), process, limit=5.0)
    process.kill()
    assert not process.running


def test_waiting_for_one_that_ended_shows_its_last_words(tmp_path: Path) -> None:
    process = start(tmp_path, "raise SystemExit('no such setting')")
    process.finish(deadline=float("inf"))
    with pytest.raises(StartError, match="exit code 1 before it was ready\nno such setting"):
        wait_until(lambda: False, process, limit=5.0)


def test_waiting_for_one_that_never_answers_ends_at_the_limit(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    with pytest.raises(StartError, match="not ready after"):
        wait_until(lambda: False, process, limit=0.0)
    process.kill()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    command = Command(("true",), {}, cwd=tmp_path / "no-such-folder")
    with pytest.raises(StartError, match="no-such-folder"):
        Process.start("child", command, LogFile(tmp_path / "child.log"))


def test_a_program_that_is_not_there_is_named_in_its_log(tmp_path: Path) -> None:
    process = Process.start("child", Command(("/no/such/program",), {}), LogFile(tmp_path / "child.log"))
    process.finish(deadline=float("inf"))
    assert process.exit_code == 1
    assert "/no/such/program" in process.log.tail()


def test_a_tool_runs_to_its_end(tmp_path: Path) -> None:
    argv = (sys.executable, "-S", "-c", "import os, sys; print(os.getcwd()); sys.exit(2)")
    assert run_to_end(argv, {}, tmp_path) == (2, f"{tmp_path}\n")


def test_a_commands_text_does_not_show_its_environment() -> None:
    assert "hunter2" not in repr(Command(("x",), {"PASSWORD": "hunter2"}))
