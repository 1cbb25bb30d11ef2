"""Logs that are closed when their test ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.log import Log


@pytest.fixture
def open_log() -> Iterator[Callable[[Path], Log]]:
    """Opens the log in a folder; all are closed at the end."""
    opened: list[Log] = []

    def make(folder: Path) -> Log:
        opened.append(Log(folder))
        return opened[-1]

    yield make
    for log in opened:
        log.close()
