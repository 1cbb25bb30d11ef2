"""warehouse/priority.py, in a process of its own: there is no way back up."""

import subprocess
import sys
from pathlib import Path

STEP = """
import os, pathlib, sys
from warehouse.priority import step_back
step_back(7, pathlib.Path(sys.argv[1]))
print(os.nice(0))
"""


def test_a_process_lets_others_go_first(tmp_path: Path) -> None:
    for session in (tmp_path / "autogroup", tmp_path / "is" / "not" / "there"):
        done = subprocess.run([sys.executable, "-c", STEP, str(session)], capture_output=True, text=True, check=True)
        assert int(done.stdout) >= 7
    assert (tmp_path / "autogroup").read_text() == "7"
