"""The parts of a worker are put together, and what must end the process does."""

import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry
from streamed.fakes import REDUCER

from streams.broker import Broker
from streams.meters import Meters
from streams.worker import WorkerSettings, build

SETTINGS = WorkerSettings("1", Broker("127.0.0.1:9092"), "postgresql://streams:hidden@127.0.0.1/db", Path("unused"))
ENDING = "from streams.worker import end_process; from streams.errors import LogCut; end_process({})"


def ended(error: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ENDING.format(error)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])


def test_a_worker_has_one_processor_and_the_live_tables(tmp_path: Path) -> None:
    settings = WorkerSettings("1", SETTINGS.broker, SETTINGS.database, tmp_path)
    app = build(settings, "cluster", REDUCER, Meters(CollectorRegistry()))
    assert list(app.agents) == ["events"] and set(app.tables) == {"agents", "queues"}
    assert callable(app.take_over)


def test_the_password_is_not_shown() -> None:
    assert "hidden" not in repr(SETTINGS)


def test_an_error_ends_the_process_with_its_code_and_says_why() -> None:
    cut, unknown = ended("LogCut(0, 5, 3)"), ended("ValueError('no')")
    assert (cut.returncode, unknown.returncode) == (71, 70)
    assert "ending" in cut.stderr and "ValueError" in unknown.stderr
