"""The parts of a worker are put together, and what must end the process does."""

from pathlib import Path

from prometheus_client import CollectorRegistry
from streamed.fakes import REDUCER

from streams.broker import Broker
from streams.meters import Meters
from streams.worker import WorkerSettings, build

SETTINGS = WorkerSettings("1", Broker("127.0.0.1:9092"), "postgresql://streams:hidden@127.0.0.1/db", Path("unused"))


def test_a_worker_has_one_processor_and_the_live_tables(tmp_path: Path) -> None:
    settings = WorkerSettings("1", SETTINGS.broker, SETTINGS.database, tmp_path)
    app = build(settings, "cluster", REDUCER, Meters(CollectorRegistry()))
    assert list(app.agents) == ["events"] and set(app.tables) == {"agents", "queues"}
    assert callable(app.take_over)


def test_the_password_is_not_shown() -> None:
    assert "hidden" not in repr(SETTINGS)
