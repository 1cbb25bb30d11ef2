"""The scheduled writer: refresh, wait, again; a failure is said once and tried again until it works.

Ends between two refreshes when it is told to stop. What a kill interrupts is done anew by the next one.
"""

import logging
import threading
from typing import Protocol

from warehouse.errors import WarehouseError
from warehouse.meters import Meters
from warehouse.refresh import Refreshed

log = logging.getLogger(__name__)

# After a refresh that took long, rest four times as long: at most a fifth of the machine is the warehouse's.
REST = 4.0
# After a failure: soon, because mostly something is just starting.
RETRY_SECONDS = 2.0


class RefresherLike(Protocol):
    """What is done each time."""

    def refresh(self) -> Refreshed: ...

    def tidy_if_due(self) -> bool: ...


class ReconciliationLike(Protocol):
    """What is compared now and then."""

    def compare_if_due(self) -> int: ...


class ErasuresLike(Protocol):
    """Who asked to be forgotten is, and who has not called for as long as callers are kept."""

    def work(self) -> int: ...


def serve(
    refresher: RefresherLike,
    reconciliation: ReconciliationLike,
    erasures: ErasuresLike,
    every: float,
    stop: threading.Event,
    meters: Meters,
    retry: float = RETRY_SECONDS,
) -> None:
    """Refresh each `every` seconds until `stop` is set, `retry` seconds after a failure."""
    failing = False
    while not stop.is_set():
        try:
            done = refresher.refresh()
            if refresher.tidy_if_due():
                log.info("upkeep done")
        except (WarehouseError, OSError) as error:
            if not failing:
                log.warning("refresh failed, trying again", extra={"reason": str(error)})
            failing = True
            meters.failed()
            stop.wait(retry)
            continue
        if failing:
            log.info("refresh works again")
        failing = False
        meters.refreshed(done)
        _tell(done)
        _compare(reconciliation)
        _erase(erasures)
        stop.wait(pause(every, done.seconds))


def _compare(reconciliation: ReconciliationLike) -> None:
    """A ledger that is missing is made the next time; the numbers do not wait for it."""
    try:
        compared = reconciliation.compare_if_due()
    except (WarehouseError, OSError) as error:
        log.warning("reconciliation failed, trying again", extra={"reason": str(error)})
        return
    if compared:
        log.info("reconciled", extra={"calls": compared})


def _erase(erasures: ErasuresLike) -> None:
    """What could not be done is done the next time."""
    try:
        erasures.work()
    except (WarehouseError, OSError) as error:
        log.warning("erasing failed, trying again", extra={"reason": str(error)})


def pause(every: float, took: float) -> float:
    """Seconds to wait after a refresh that took `took`."""
    return max(every - took, REST * took)


def _tell(done: Refreshed) -> None:
    loaded = done.loaded
    changed = bool(loaded.calls or loaded.presence or loaded.cells or done.published)
    log.log(
        logging.INFO if changed else logging.DEBUG,
        "refreshed",
        extra={
            "load_id": loaded.load_id,
            "watermark": loaded.watermark.isoformat(),
            "calls": loaded.calls,
            "presence": loaded.presence,
            "cells": loaded.cells,
            "published": done.published,
            "seconds": round(done.seconds, 3),
        },
    )
