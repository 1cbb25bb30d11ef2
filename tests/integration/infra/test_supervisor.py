"""Real child processes: order, restarts, polite stops, stubborn ones, and what is left after a kill -9."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.errors import StartError
from infra.process import Command
from infra.server import Prepared
from infra.service import Phase, Say, Service
from infra.supervisor import Supervisor

SLEEPER = "import time; print('here', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
)


class Recorder:
    """A board that remembers what it was shown."""

    def __init__(self) -> None:
        self.news: list[tuple[str, Phase]] = []
        self.texts: list[str] = []

    def show(self, name: str, phase: Phase, text: str) -> None:
        self.news.append((name, phase))
        self.texts.append(text)

    def names_in(self, phase: Phase) -> list[str]:
        return [name for name, seen in self.news if seen is phase]


def python(
    name: str, code: str, pids: Path, needs: tuple[str, ...] = (), answers: Callable[[], bool] = lambda: True
) -> Service:
    """A service that runs `code`, which first writes its process number to `pids`/name."""
    whole = f"import os, pathlib; pathlib.Path({str(pids / name)!r}).write_text(str(os.getpid()))\n{code}"

    def prepare(say: Say) -> Prepared:
        return Prepared(Command((sys.executable, "-c", whole), {}, stop_limit=0.5), "", answers, 10.0)

    return Service(name, prepare, needs=needs)


def pid_of(pids: Path, name: str) -> int:
    deadline = time.monotonic() + 10
    while not ((pids / name).exists() and (pids / name).read_text()):
        assert time.monotonic() < deadline, f"{name} never started"
        time.sleep(0.01)
    return int((pids / name).read_text())


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not check():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def test_a_service_starts_after_those_it_needs_and_stops_before_them(tmp_path: Path) -> None:
    board = Recorder()
    services = [
        python("second", SLEEPER, tmp_path, needs=("first",), answers=(tmp_path / "second").exists),
        python("first", SLEEPER, tmp_path, answers=(tmp_path / "first").exists),
    ]
    supervisor = Supervisor(services, tmp_path / "logs", board)

    supervisor.run(when_complete=supervisor.stop)

    assert board.names_in(Phase.UP) == ["first", "second"]
    assert board.names_in(Phase.STOPPED) == ["second", "first"]
    assert not any(is_alive(pid_of(tmp_path, name)) for name in ("first", "second"))


def test_what_dies_is_started_again_and_its_last_lines_are_shown(tmp_path: Path) -> None:
    board = Recorder()
    supervisor = Supervisor([python("it", SLEEPER, tmp_path)], tmp_path / "logs", board)

    def kill_once() -> None:
        first = pid_of(tmp_path, "it")
        wait_for(lambda: "here" in (tmp_path / "logs/it.log").read_text())
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: board.names_in(Phase.UP).count("it") == 2)
        supervisor.stop()

    supervisor.run(when_complete=threading.Thread(target=kill_once).start)

    assert any("exit code -9\nhere" in text for text in board.texts)


def test_who_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([python("it", STUBBORN, tmp_path)], tmp_path / "logs", Recorder())

    def stop_when_deaf() -> None:
        wait_for(lambda: "here" in (tmp_path / "logs/it.log").read_text())
        supervisor.stop()

    supervisor.run(when_complete=threading.Thread(target=stop_when_deaf).start)

    assert not is_alive(pid_of(tmp_path, "it"))


def test_a_service_that_never_comes_up_ends_the_whole_with_its_last_lines(tmp_path: Path) -> None:
    services = [
        python("good", SLEEPER, tmp_path),
        python("bad", "raise SystemExit('no such setting')", tmp_path, answers=lambda: False),
    ]
    supervisor = Supervisor(services, tmp_path / "logs", Recorder())

    with pytest.raises(StartError, match="no such setting"):
        supervisor.run(when_complete=supervisor.stop)

    assert not is_alive(pid_of(tmp_path, "good"))


def test_a_killed_supervisor_leaves_no_child_behind(tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_supervisor import STUBBORN, Recorder, Supervisor, python
folder = Path({str(tmp_path)!r})
Supervisor([python("child", STUBBORN, folder)], folder / "logs", Recorder()).run(lambda: print("up", flush=True))
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        child = pid_of(tmp_path, "child")
        parent.kill()

    wait_for(lambda: not is_alive(child))
