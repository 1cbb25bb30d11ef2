"""The database is killed under the warehouse, and the loader again and again: nobody sees half, and nothing is lost."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from forked_workers import forked_workers
from made_calls import START, queue_call
from made_installation import Installation

from infra.postgres import ensure_databases
from infra.server import Server
from warehouse.errors import LakeUnavailable
from warehouse.mart_file import MartFile
from warehouse.marts import open_marts
from warehouse.published import marts_path
from warehouse.refresh import Refresher
from warehouse.verify import verify

KILLS = 20
IMPORTS = "from warehouse.refresh import Refresher"
LOAD = """
    loader = Refresher(catalog, source, data, ("UTC", "Europe/Berlin"))
    while True:
        loader.refresh(full=True)
"""
# Each rollup against the facts that it is of; each says the same number twice, or a load is seen by half.
INVARIANTS = (
    ("SELECT sum(offered + refused) FROM q15", "SELECT count(*) FROM stints"),
    ("SELECT sum(handled) FROM agent15", "SELECT count(*) FROM legs WHERE talk_s IS NOT NULL"),
    ("SELECT sum(n) FROM wait_day", "SELECT count(*) FROM stints WHERE outcome IS NOT NULL"),
    ("SELECT sum(n) FROM wait_month", "SELECT sum(n) FROM wait_day"),
)
# Of the published file alone.
SUMMED = (
    ("SELECT sum(offered) FROM queue_sums WHERE span = 'day'", "SELECT sum(offered) FROM q15"),
    ("SELECT sum(legs) FROM conversation_sums WHERE span = 'day'", "SELECT sum(handled) FROM agent15"),
)
FROM = datetime.fromtimestamp(START / 1000, UTC)


def test_a_killed_database_interrupts_the_warehouse_and_loses_nothing(
    own_postgres: tuple[Server, Callable[..., str]], tmp_path: Path
) -> None:
    server, url = own_postgres
    ensure_databases(url("postgres"), ("lake",))
    installation = Installation(url("trunkline"), url("trunkline", "trunkline_warehouse"), url("lake"), tmp_path)
    refresher = Refresher(installation.catalog, installation.source, installation.data)
    installation.write(*(queue_call(n) for n in range(5)))
    refresher.refresh()

    server.kill()
    with pytest.raises(LakeUnavailable, match="trunkline up"):
        refresher.refresh()
    marts = open_marts(tmp_path, "default")
    assert marts.total(FROM, FROM + timedelta(days=1))["answered"] == 5

    server.start()
    installation.write(queue_call(5))
    assert refresher.refresh().loaded.calls == 1
    refresher.close()
    assert marts.total(FROM, FROM + timedelta(days=1))["answered"] == 6
    assert installation.rows("SELECT count(*), count(DISTINCT call_id) FROM lake.stints") == [(6, 6)]
    installation.close()


class Readers:
    """Readers of the lake and of what is published, who hold every rollup against its facts until told to stop."""

    def __init__(self, installation: Installation) -> None:
        self._installation, self._done = installation, threading.Event()
        self.reads, self.wrong = 0, list[tuple[str, object, object]]()
        asked = ((self._lake(), INVARIANTS), (self._marts(), (*INVARIANTS, *SUMMED)))
        self._threads = [threading.Thread(target=self._read, args=each) for each in asked]

    def _lake(self) -> Callable[[str], object]:
        connection = self._installation.lake()
        connection.execute("USE lake")
        return lambda query: connection.execute(query).fetchall()[0]

    def _marts(self) -> Callable[[str], object]:
        file = MartFile(marts_path(self._installation.data, "default"))
        return lambda query: file.ask(query).row(0)

    def _read(self, ask: Callable[[str], object], invariants: tuple[tuple[str, str], ...]) -> None:
        while not self._done.is_set():
            for above, below in invariants:
                # One statement sees one snapshot.
                found = ask(f"SELECT ({above}), ({below})")
                assert isinstance(found, tuple)
                self.reads += 1
                if found[0] != found[1]:
                    self.wrong.append((above, *found))

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()


def test_a_loader_that_is_killed_twenty_times_shows_nobody_half_a_load(
    database_as: Callable[..., str], lake_database: str, tmp_path: Path
) -> None:
    installation = Installation(database_as(), database_as("trunkline_warehouse"), lake_database, tmp_path / "data")
    installation.write(*(queue_call(n, at=START + n * 60_000) for n in range(300)))
    refresher = Refresher(installation.catalog, installation.source, installation.data, ("UTC", "Europe/Berlin"))
    refresher.refresh()
    begun = time.monotonic()
    # The first one makes the tables, too.
    refresher.refresh(full=True)
    took, dice = time.monotonic() - begun, random.Random(5)
    with forked_workers(installation, IMPORTS, LOAD) as start, Readers(installation) as readers:
        for n in range(KILLS):
            loader = start()
            installation.write(queue_call(300 + n))
            time.sleep(dice.uniform(0.05, 1.1) * took)
            os.kill(loader, signal.SIGKILL)
    assert readers.reads > KILLS
    assert readers.wrong == []
    refresher.refresh()
    with installation.lake() as lake:
        found = verify(lake, installation.data)
    assert (found.rows, found.files) == ([], [])
    assert installation.rows("SELECT count(*), count(DISTINCT call_id) FROM lake.stints") == [(320, 320)]
    refresher.close()
    installation.close()
