"""The schedule: again and again, through failures, until told to stop."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from warehouse.errors import LakeUnavailable, LogUnreadable
from warehouse.load import Loaded
from warehouse.meters import Meters
from warehouse.refresh import Refreshed
from warehouse.serve import pause, serve

DONE = Refreshed(Loaded(7, datetime(2026, 11, 22, tzinfo=UTC), calls=3), ["default"], 0.0)
QUIET = Refreshed(Loaded(7, datetime(2026, 11, 22, tzinfo=UTC)), [], 0.0)


class Books:
    """A reconciliation that makes so many ledgers, or fails."""

    def __init__(self, outcome: int | Exception) -> None:
        self._outcome = outcome

    def compare_if_due(self) -> int:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


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


class Nobody:
    """Nobody asked to be forgotten."""

    def work(self) -> int:
        return 0


@pytest.fixture
def run(caplog: pytest.LogCaptureFixture) -> Callable[..., tuple[Script, list[str], CollectorRegistry]]:
    def run(*steps: Refreshed | Exception, books: int | Exception = 0) -> tuple[Script, list[str], CollectorRegistry]:
        stop, registry = threading.Event(), CollectorRegistry()
        script = Script(stop, *steps)
        caplog.set_level(logging.INFO)
        serve(script, Books(books), Nobody(), 0.0, stop, Meters(registry), retry=0.0)
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


def test_it_tells_how_many_calls_were_reconciled(
    run: Callable[..., tuple[Script, list[str], CollectorRegistry]],
) -> None:
    _, messages, _ = run(QUIET, books=3)
    assert messages == ["upkeep done", "reconciled"]


def test_a_log_that_cannot_be_read_keeps_no_number_back(
    run: Callable[..., tuple[Script, list[str], CollectorRegistry]],
) -> None:
    script, messages, _ = run(DONE, DONE, books=LogUnreadable("damaged"))
    assert messages.count("reconciliation failed, trying again") == 2
    assert messages.count("refreshed") == 2 and script.tidied == 2


def test_it_rests_longer_after_long_work() -> None:
    assert pause(every=15, took=0.5) == 14.5
    assert pause(every=15, took=10) == 40
