"""The fixture `asterisk`: a real Asterisk with Trunkline's own configuration, one for the whole test session.

Its programs are fetched once per user. Each test gets it without a call on it (and leaves it running, should it kill
it), but the files and the agents' statistics go on from test to test, in random order: count what your own test
added (`QueueLines`), never what there is in total.
"""

import os
import time
from collections.abc import Iterator

import pytest

from infra import asterisk_tree
from infra.asterisk import CACHE, RealAsterisk, kept_installation

# Asterisk ends a call within milliseconds of its phones; this is for a busy machine.
QUIET_SECONDS = 30.0


@pytest.fixture(scope="session")
def running_asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAsterisk]:
    tree = asterisk_tree.fetch(CACHE, os.environ.get("TRUNKLINE_DEBIAN_MIRROR", ""))
    running = RealAsterisk(kept_installation(tmp_path_factory.mktemp("pbx"), tree))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def asterisk(running_asterisk: RealAsterisk) -> RealAsterisk:
    deadline = time.monotonic() + QUIET_SECONDS
    while channels := running_asterisk.channels():
        assert time.monotonic() < deadline, f"calls of an earlier test are still there: {channels}"
    return running_asterisk
