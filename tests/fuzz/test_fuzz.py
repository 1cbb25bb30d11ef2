"""A minute of fuzzing each: by coverage, from the corpus that was kept, and as Hypothesis draws it.

`make fuzz` does the same for ten minutes each and keeps what it finds.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.targets import TARGETS, bytes_to_packets, bytes_to_records, events_to_calls, packets_to_events
from hypothesis import given
from hypothesis import strategies as st

TESTS = Path(__file__).parents[1]
SECONDS = 60


def test_a_minute_by_coverage(tmp_path: Path) -> None:
    """All at once, each in a process of its own: a finding ends it."""
    running = {name: started(name, tmp_path) for name in TARGETS}
    ended = {name: process.wait() for name, process in running.items()}
    for name, code in ended.items():
        assert code == 0, (tmp_path / name).read_text(errors="replace")[-3000:]


def started(name: str, folder: Path) -> subprocess.Popen[bytes]:
    """A target that is fuzzed in this folder; what it prints goes into a file of its name."""
    command = [sys.executable, "-m", "fuzz", name, "--seconds", str(SECONDS), "--no-keep"]
    with (folder / name).open("wb") as printed:
        env = os.environ | {"PYTHONPATH": str(TESTS)}
        return subprocess.Popen(command, cwd=folder, env=env, stdout=printed, stderr=subprocess.STDOUT)


@pytest.mark.parametrize("target", [bytes_to_packets, bytes_to_records], ids=lambda it: it.__name__)
@given(data=st.binary(max_size=3000))
def test_any_bytes(target: object, data: bytes) -> None:
    assert callable(target)
    target(data)


def test_any_packets() -> None:
    packets_to_events()


def test_any_story() -> None:
    events_to_calls()
