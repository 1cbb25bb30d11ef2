"""The softphone's source with the packages of its lock file: unpacked once per run, away from the checkout."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SOFTPHONE = Path(__file__).parents[1] / "api" / "softphone"
# Node and npm come with the development environment.
PROGRAMS = Path(sys.executable).parent


@cache
def unpacked() -> Path:
    """A folder with the source and node_modules. Fails the test when the packages cannot be fetched."""
    parent = Path(tempfile.mkdtemp(prefix="trunkline-softphone-"))
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    folder = parent / "softphone"
    shutil.copytree(SOFTPHONE, folder, ignore=shutil.ignore_patterns("node_modules", "built"))
    run(folder, "npm", "ci", "--no-progress")
    return folder


def run(folder: Path, *command: str) -> None:
    """Run a program there. Fails the test with what it printed."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}\n{done.stderr}"


def axe() -> str:
    """axe-core, which finds what readers with other senses cannot use."""
    return (unpacked() / "node_modules" / "axe-core" / "axe.min.js").read_text()
