"""A PostgreSQL with generated calls that is kept from one run to the next: making twenty million takes longer than
measuring them. What was interrupted goes on where it was, by month.

Rows are copied into tables without keys and indexes, which are made when all are there.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg

from infra import postgres
from infra.cache import cache_folder
from infra.migrate import read_folder
from infra.postgres_files import remove_cluster
from tests.bench.generated_calls import make_month, make_people, months
from tests.streamed import servers
from warehouse.duck import quoted
from warehouse.lake import connect

# Raised when other rows are made: kept ones are then made anew.
LAYOUT = 1
DATABASE = "calls"
# A server for one large database on a small machine; what it holds can be made again.
OPTIONS = (
    "shared_buffers=2GB", "work_mem=128MB", "maintenance_work_mem=512MB", "effective_cache_size=8GB", "fsync=off",
    "wal_level=minimal", "max_wal_senders=0", "max_wal_size=1GB", "random_page_cost=1.1", "autovacuum=off",
)  # fmt: skip
TABLES = (
    "call_sessions", "stints", "legs", "missed_rings", "recordings", "corrections", "presence_intervals",
    "reconciliations",
)  # fmt: skip
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_KEYS = """
    SELECT conrelid::regclass::text, conname, contype = 'f',
      pg_get_constraintdef(oid) || CASE WHEN contype = 'f' THEN ' NOT VALID' ELSE '' END
    FROM pg_constraint
    WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]))
    ORDER BY contype <> 'f'
"""


def folder_of(calls: int) -> Path:
    """Where so many calls are kept, in the tables of today's migrations."""
    tables = crc32("".join(it.sha256 for it in read_folder()).encode())
    return cache_folder() / "bench" / f"calls-{calls}-{LAYOUT}-{tables:08x}"


@contextmanager
def kept_calls(calls: int, say: Callable[[str], None]) -> Iterator[Callable[..., str]]:
    """A running server with so many calls in DATABASE; called with (database, role=owner), it gives the URL."""
    folder = folder_of(calls)
    for old in folder.parent.glob(f"calls-{calls}-*"):
        if old != folder:
            _remove(old)
    folder.mkdir(parents=True, exist_ok=True)
    server, place = servers.postgres_server(folder)
    place = postgres.PostgresPlace(place.folder, place.ports, place.passwords, OPTIONS)
    server = servers.Server("postgres", folder / "postgres.log", servers.partial(postgres.prepare, place))
    address = server.start()
    try:
        url = servers.new_database(place, address, DATABASE)
        _fill(url, calls, folder / "tmp", say)
        yield url
    finally:
        server.stop()


def _remove(folder: Path) -> None:
    remove_cluster(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def _fill(url: Callable[..., str], calls: int, scratch: Path, say: Callable[[str], None]) -> None:
    with psycopg.connect(url(DATABASE), autocommit=True) as database:
        if _value(database, "SELECT to_regclass('bench_done') IS NOT NULL"):
            return
        began = time.monotonic()
        if not _value(database, "SELECT to_regclass('bench_months') IS NOT NULL"):
            _begin(database)
        with connect(scratch) as duck:
            duck.execute("SET memory_limit = '2GB'")
            duck.execute(f"ATTACH {quoted(url(DATABASE))} AS pg (TYPE postgres)")
            duck.execute("SET TimeZone = 'UTC'")
            if not _value(database, "SELECT EXISTS (SELECT FROM queues)"):
                duck.execute("BEGIN")
                make_people(duck)
                duck.execute("COMMIT")
            for days in months(calls):
                name = f"{days[0].day:%Y-%m}"
                if _value(database, "SELECT EXISTS (SELECT FROM bench_months WHERE month = %s)", [name]):
                    continue
                duck.execute("BEGIN")
                make_month(duck, days, calls)
                duck.execute("INSERT INTO pg.public.bench_months VALUES (?)", [name])
                duck.execute("COMMIT")
                say(f"made {name}, {time.monotonic() - began:.0f} s")
        _finish(database, say, began)


def _begin(database: psycopg.Connection[Any]) -> None:
    """Take indexes and keys away, and remember them."""
    # No trigger runs for rows that are copied: references are not looked up, nobody is told.
    database.execute(f"ALTER DATABASE {DATABASE} SET session_replication_role = 'replica'".encode())
    with database.transaction():
        database.execute("CREATE TABLE bench_later (number serial, statement text NOT NULL)")
        database.execute("CREATE TABLE bench_months (month text PRIMARY KEY)")
        keys = database.execute(_KEYS, [list(TABLES), list(TABLES)]).fetchall()
        indexes = database.execute(_INDEXES, [list(TABLES)]).fetchall()
        for table, name, _, _ in keys:
            database.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}".encode())
        later = [f"ALTER TABLE {it[0]} ADD CONSTRAINT {it[1]} {it[3]}" for it in sorted(keys, key=lambda it: it[2])]
        for statement in [*(text for _, text in indexes), *later]:
            database.execute("INSERT INTO bench_later (statement) VALUES (%s)", [statement])


def _finish(database: psycopg.Connection[Any], say: Callable[[str], None], began: float) -> None:
    for number, statement in database.execute("SELECT number, statement FROM bench_later ORDER BY number").fetchall():
        with database.transaction():
            database.execute(statement.encode())
            database.execute("DELETE FROM bench_later WHERE number = %s", [number])
    say(f"made indexes and keys, {time.monotonic() - began:.0f} s")
    database.execute("VACUUM (FREEZE, ANALYZE)")
    database.execute("CHECKPOINT")
    database.execute("CREATE TABLE bench_done AS SELECT %s::float8 AS seconds", [time.monotonic() - began])
    say(f"vacuumed, {time.monotonic() - began:.0f} s")


def _value(database: psycopg.Connection[Any], query: str, values: list[Any] | None = None) -> Any:
    row = database.execute(query.encode(), values).fetchone()
    return row[0] if row else None
