"""The schedule: again and again, through failures, until told to stop."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from warehouse.errors import LakeUnavailable
from warehouse.load import Loaded
from warehouse.meters import Meters
from warehouse.refresh import Refreshed
from warehouse.serve import pause, serve

DONE = Refreshed(Loaded(7, datetime(2026, 11, 22, tzinfo=UTC), calls=3), ["default"], 0.0)
QUIET = Refreshed(Loaded(7, datetime(2026, 11, 22, tzinfo=UTC)), [], 0.0)


class Script:
    """A refresher that does one thing after the other and then stops the schedule."""

    def __init__(self, stop: threading.Event, *steps: Refreshed | Exception) -> None:
        self._stop, self._steps = stop, list(steps)
        self.tidied = 0

    def refresh(self) -> Refreshed:
        step = self._steps.pop(0)
        if not self._steps:
            self._stop.set()
        if isinstance(step, Exception):
            raise step
        return step

    def tidy_if_due(self) -> bool:
        self.tidied += 1
        return True


@pytest.fixture
def run(caplog: pytest.LogCaptureFixture) -> Callable[..., tuple[Script, list[str], CollectorRegistry]]:
    def run(*steps: Refreshed | Exception) -> tuple[Script, list[str], CollectorRegistry]:
        stop, registry = threading.Event(), CollectorRegistry()
        script = Script(stop, *steps)
        caplog.set_level(logging.INFO)
        serve(script, 0.0, stop, Meters(registry), retry=0.0)
        return script, [record.message for record in caplog.records], registry

    return run


def test_it_tells_what_each_refresh_changed_and_keeps_the_lake_tidy(
    run: Callable[..., tuple[Script, list[str], CollectorRegistry]],
) -> None:
    script, messages, registry = run(DONE, QUIET, DONE)
    assert messages == ["upkeep done", "refreshed", "upkeep done", "upkeep done", "refreshed"]
    assert script.tidied == 3
    assert registry.get_sample_value("trunkline_warehouse_calls_total") == 6


def test_a_failure_is_said_once_and_so_is_that_it_works_again(
    run: Callable[..., tuple[Script, list[str], CollectorRegistry]],
) -> None:
    _, messages, registry = run(LakeUnavailable("gone"), QUIET)
    assert messages[:1] == ["refresh failed, trying again"]
    assert messages.count("refresh works again") == 1
    assert registry.get_sample_value("trunkline_warehouse_refreshes_total", {"result": "failed"}) == 1


def test_a_full_disk_does_not_end_it(run: Callable[..., tuple[Script, list[str], CollectorRegistry]]) -> None:
    _, messages, _ = run(OSError("No space left on device"))
    assert messages == ["refresh failed, trying again"]


def test_it_rests_longer_after_long_work() -> None:
    assert pause(every=15, took=0.5) == 14.5
    assert pause(every=15, took=10) == 40
