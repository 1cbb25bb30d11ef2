"""`python -m warehouse.locked` reads its input alone, and answers nonsense with nothing."""

import subprocess
import sys


def test_nonsense_is_no_answer() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "warehouse.locked"],
        input=b"{}",
        env={},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
