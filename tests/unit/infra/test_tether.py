"""The tether becomes the command it was given, and refuses when its parent is not the one it was told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from infra import tether

SCRIPT = str(Path(tether.__file__))


def run(parent: int, code: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-I", "-S", SCRIPT, str(parent), str(int(signal.SIGKILL)), "", sys.executable, "-c", code]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_it_becomes_the_command() -> None:
    done = run(os.getpid(), "import os; print(os.getppid())")
    assert (done.returncode, done.stdout) == (0, f"{os.getpid()}\n")


def test_an_orphan_ends_at_once() -> None:
    done = run(os.getpid() + 1, "print('never')")
    assert done.returncode != 0
    assert "never" not in done.stdout
    assert "the parent is gone" in done.stderr
