"""`python -m warehouse.past` answers a line for a line, and ends with its input."""

import json
import subprocess
import sys
from pathlib import Path

from past_logs import CAME, write_log


def test_a_line_for_a_line(tmp_path: Path) -> None:
    write_log(tmp_path)
    asked = "".join(json.dumps({"tenant": "default", "at": at}) + "\n" for at in (CAME, 5))
    done = subprocess.run(
        [sys.executable, "-I", "-m", "warehouse.past", str(tmp_path)],
        input=asked.encode(), env={}, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    board, refusal = map(json.loads, done.stdout.splitlines())
    assert (len(board["queues"]), refusal["error"]) == (3, "unknown")
