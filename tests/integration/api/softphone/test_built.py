"""The softphone that is committed is what its source comes to: checked, tested and built again from nothing."""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.tokens import TOKENS_FILE, Theme, read_tokens

SOFTPHONE = Path(__file__).parents[4] / "api" / "softphone"
NODE = Path(sys.executable).parent
MOST_GZIPPED = 120_000


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The source with its packages as the lock file says, away from the checkout."""
    folder = tmp_path_factory.mktemp("softphone") / "softphone"
    shutil.copytree(SOFTPHONE, folder, ignore=shutil.ignore_patterns("node_modules", "built"))
    run(folder, "npm", "ci", "--no-progress")
    yield folder
    shutil.rmtree(folder)


def run(folder: Path, *command: str) -> None:
    """Run a program of the development environment. Fails the test with what it printed."""
    path = f"{NODE}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}\n{done.stderr}"


def test_types_and_tests_of_the_source_are_right(copy: Path) -> None:
    run(copy, "npm", "run", "--silent", "check")
    run(copy, "npm", "test", "--silent")


def test_the_committed_bundle_is_what_the_source_comes_to(copy: Path) -> None:
    run(copy, "npm", "run", "--silent", "build")
    made = {path.name: path.read_bytes() for path in (copy / "built").iterdir()}
    there = {path.name: path.read_bytes() for path in (SOFTPHONE / "built").iterdir()}
    differing = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    assert not differing, f"Build it anew (npm run build in api/softphone) and commit: {differing}"


def test_the_bundle_is_small() -> None:
    whole = b"".join(path.read_bytes() for path in (SOFTPHONE / "built").iterdir() if path.suffix in (".js", ".css"))
    assert len(gzip.compress(whole)) < MOST_GZIPPED


def test_the_page_takes_its_values_from_the_one_file_of_tokens() -> None:
    assert '<link rel="stylesheet" href="/static/tokens.css">' in (SOFTPHONE / "built" / "index.html").read_text()
    style = (SOFTPHONE / "built" / "phone.css").read_text()
    tokens = read_tokens(TOKENS_FILE.read_text())[Theme.LIGHT].values
    used = {part.partition(")")[0] for part in style.split("var(--")[1:]}
    assert used <= tokens.keys(), "the stylesheet names values that tokens.css has not"
