"""The warehouse is killed at any point while it erases people: in the end they are gone, and no figure is another."""

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import canary
from forked_workers import forked_workers
from made_calls import DAY_MS, START, queue_call
from made_installation import Installation
from msgspec.structs import replace

from asterisk.recording import read_log
from calls.codec import RECORD_VERSION, Entry, Record
from ingest.log import Log
from warehouse.lake import open_lake
from warehouse.past.keeping import Keeper
from warehouse.privacy.figures import differences
from warehouse.privacy.job import Erasures
from warehouse.privacy.lake import shown_figures
from warehouse.refresh import Refresher

KILLS, CALLS, CALLERS, DAYS = 15, 2000, 60, 12
NUMBERS = [f"+49305550{n:04d}" for n in range(CALLERS)]
IMPORTS = """
    import time
    from datetime import timedelta
    from warehouse.errors import WarehouseError
    from warehouse.privacy.job import Erasures
"""
WORK = """
    erasures = Erasures(catalog, source, data, grace=timedelta())
    while True:
        try:
            erasures.work()
        except WarehouseError:
            # What the one before had begun in PostgreSQL may not have ended yet.
            time.sleep(0.02)
"""


def fill(installation: Installation) -> None:
    """Calls of some months by callers who come again, and a log of twelve days in which each of the calls is heard."""
    calls = [
        replace(queue_call(n, at=START + n * 900_000), from_number=NUMBERS[n % CALLERS], from_name=f"Caller {n % 7}")
        for n in range(CALLS)
    ]
    installation.write(*calls)
    canary.add_ada(installation)
    log, frame = Log(installation.data / "log" / "pbx1"), list[Record]()
    for n in range(CALLS):
        packet = f"Event: Newchannel\r\nCallerIDNum: {NUMBERS[n % CALLERS]}\r\nLinkedid: l{n}".encode()
        at = START + n * DAYS * DAY_MS // CALLS
        frame.append(Record(RECORD_VERSION, "pbx1", "ami", "a", 1, [Entry(n + 1, at, packet)]))
        if len(frame) == 10:
            log.append(frame)
            frame.clear()
    log.close()
    canary.rest(installation.data)


def heard(data: Path) -> list[tuple[int, int, int]]:
    """What the log holds, but for who is in it."""
    paths = sorted((data / "log").rglob("*.tlog.zst"))
    entries = (entry for path in paths for record in read_log(path) for entry in record.entries)
    return [(entry.seq, entry.received, len(entry.raw)) for entry in entries]


def is_running(installation: Installation) -> bool:
    return bool(installation.asked("SELECT count(*) FROM privacy_requests WHERE status = 'running'")[0][0])


def test_whoever_is_erased_by_a_process_that_is_killed_again_and_again_is_gone_and_no_figure_is_another(
    database_as: Callable[..., str], lake_database: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    installation = Installation(database_as(), database_as("trunkline_warehouse"), lake_database, data)
    fill(installation)
    keeper = Keeper(data, "pbx1")
    keeper.stretch(60.0)
    keeper.close()
    refresher = Refresher(installation.catalog, installation.source, data)
    refresher.refresh()
    refresher.close()
    with open_lake(installation.catalog, data) as lake:
        before, said = shown_figures(lake, data, "default"), heard(data)

    dice, erasures = random.Random(7), Erasures(installation.catalog, installation.source, data, grace=timedelta())
    forgotten = list(canary.ask(installation, NUMBERS[0]).values())
    begun = time.monotonic()
    assert erasures.work() == 1
    took, kills = time.monotonic() - begun, 0
    with forked_workers(installation, IMPORTS, WORK) as start:
        while kills < KILLS:
            if not is_running(installation):
                n = len(forgotten)
                forgotten += canary.ask(installation, NUMBERS[n], NUMBERS[n + 1]).values()
            worker = start()
            time.sleep(dice.uniform(0.0, 0.4) * took)
            os.kill(worker, signal.SIGKILL)
            kills += is_running(installation)
    erasures.work()
    assert not is_running(installation)

    assert canary.traces(installation, [person.national for person in forgotten]) == []
    assert [path for path in data.rglob("*") if path.suffix in {".part", ".wal", ".tmp"} and path.is_file()] == []
    assert heard(data) == said
    with open_lake(installation.catalog, data) as lake:
        assert differences(before, shown_figures(lake, data, "default")) == []
    certificates = installation.asked("SELECT certificate -> 'figures' -> 'differing' FROM privacy_requests")
    assert certificates == [([],)] * len(certificates)
    callers = installation.asked("SELECT count(DISTINCT from_number), count(*) FROM call_sessions")
    assert callers == [(CALLERS, CALLS)]
