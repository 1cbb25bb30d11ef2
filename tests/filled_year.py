"""An installation that has seen many days of simulated calls: its log, and from that log tables, lake, marts and past.

The simulator's generator writes the log (`made_year`); the stream processor's own work makes rows of it, in large
transactions and without a broker; the warehouse loads and publishes them. The days end with yesterday, for pages look
back from now. Many days are made once and kept.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from made_year import CALLS_A_DAY, DAY_S, PBX, cache, make
from streamed import servers

from asterisk.archive import Beginning, log_files, read_archive
from asterisk.decode import events_of
from calls.codec import Record
from calls.reducer import advance
from calls.state import State
from calls.views import agent_live, queue_live
from infra import postgres, schema
from infra.passwords import Passwords
from infra.postgres_files import remove_cluster
from ingest.log import Log
from ingest.publisher import Published, save_cursor
from streams.sink import filled
from streams.work import Reducer, Work
from warehouse.past.keeping import Keeper
from warehouse.refresh import Refresher

REDUCER = Reducer(events_of, advance, agent_live, queue_live)
# Entries to a transaction; a call has about a hundred.
TOGETHER = 20_000
# Change it when an installation comes out differently.
EDITION = 1
# So old a year is made anew, or pages that look back from now would find too little.
FRESH_S = 14 * DAY_S


def filled_year(days: int, zone: str) -> Path:
    """A data folder for `trunkline up` with so many days, made if there is none that ends lately."""
    root = cache() / "bench"
    root.mkdir(parents=True, exist_ok=True)
    for folder in sorted(root.glob(f"filled-{EDITION}-{days}-*"), reverse=True):
        if folder.suffix == "" and time.time() - int(folder.name.rpartition("-")[2]) < FRESH_S:
            return folder
    until = midnight()
    folder = root / f"filled-{EDITION}-{days}-{until}"
    unfinished = folder.with_suffix(f".{os.getpid()}")
    fill(unfinished, days, until, zone)
    unfinished.rename(folder)
    return folder


def midnight() -> int:
    """The last one (UTC), epoch seconds."""
    return int(datetime.now(UTC).timestamp()) // DAY_S * DAY_S


def fill(folder: Path, days: int, until: int, zone: str, calls_a_day: int = CALLS_A_DAY) -> None:
    """Make all of it in a new folder; the days end at `until` (epoch seconds)."""
    make(folder, days, calls_a_day=calls_a_day, begin_s=until - days * DAY_S)
    folder.chmod(0o711)
    # An ingester that begins in this log is not to send all of it again.
    log = folder / "log" / PBX
    save_cursor(log / "a.cursor", Published(Log(log).end(), ""))
    server, place = servers.postgres_server(folder)
    try:
        owner = postgres.url(place, int(server.start().rpartition(":")[2]), postgres.DATABASE)
        postgres.ensure_databases(schema.database_url(owner, "postgres"), (postgres.DATABASE,))
        passwords = Passwords(folder / "secrets.json")
        schema.bring_up(owner, passwords.get)
        schema.partition_of(owner, PBX)
        write(owner, records(folder))
        source = schema.role_url(owner, "trunkline_warehouse", passwords.get("trunkline_warehouse"))
        Refresher(schema.database_url(owner, postgres.LAKE), source, folder, (zone,)).refresh(full=True)
    finally:
        server.stop()
    keeper = Keeper(folder, PBX)
    while not keeper.stretch(3600):
        pass
    keeper.close()


def records(folder: Path) -> Iterator[Record]:
    """The log's, in their order."""
    for frame in read_archive(log_files(folder / "log" / PBX), Beginning()):
        yield from frame.records


def write(owner: str, told: Iterable[Record]) -> None:
    """What the stream processor writes of these records."""
    states = {PBX: State(pbx=PBX)}
    with psycopg.connect(owner) as connection:
        for batch in batches(told):
            work = Work(REDUCER, states)
            for record in batch:
                work.take(record)
            outcome = work.finish()
            for statement, text in filled(outcome.rows):
                connection.execute(statement.encode(), (text,))
            connection.commit()
            states = dict(outcome.states)


def batches(told: Iterable[Record]) -> Iterator[list[Record]]:
    """Records, so many entries together."""
    batch, entries = list[Record](), 0
    for record in told:
        batch.append(record)
        entries += len(record.entries)
        if entries >= TOGETHER:
            yield batch
            batch, entries = [], 0
    yield batch


def discard(folder: Path) -> None:
    """Remove a filled folder with the one around it, and its cluster where that lies elsewhere."""
    remove_cluster(folder / "postgres")
    shutil.rmtree(folder.parent, ignore_errors=True)
