"""Part `import`: years of queue_log turned into calls, beside a plain loop with dictionaries, and into PostgreSQL.

By wall clock, as it takes all cores. The loop reads a tenth of the file, and both have to come to equal rows of it.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import duckdb

from calls.settings import Settings
from tests.bench.plain_import import Rows, import_plainly
from tests.bench.queue_log_file import queue_log_file
from tests.bench.race import Result, load, table
from tests.streamed import servers
from warehouse.import_queue_log import import_files, working
from warehouse.queue_log_calls import Names, carried, prepare, refused, tell
from warehouse.queue_log_lines import Part, Piece, parts
from warehouse.queue_log_steps import ROWS

WHOLE, TENTH = 1_000_000_000, 100_000_000
ROUNDS = 3
NAMES = Names("lab1", Settings(), {})
SETS, LOOP = "set-based", "plain loop"


class Sets:
    """What an import of a file comes to in DuckDB, without PostgreSQL. `keep`: the rows, too, which costs time."""

    def __init__(self, path: Path, keep: bool = False) -> None:
        self.lines = self.rejected = 0
        self.rows: Rows = {name: [] for name in ROWS}
        self._keep = keep
        with tempfile.TemporaryDirectory() as folder, closing(working(Path(folder))) as duck:
            prepare(duck, NAMES)
            held, scratch = b"", Path(folder) / "lines"
            for part in parts(path, 0, whole=True):
                held = self._take(duck, Piece(held, part), scratch, last=False)
            self._take(duck, Piece(held, Part(path.stat().st_size, b"")), scratch, last=True)

    def _take(self, duck: duckdb.DuckDBPyConnection, piece: Piece, scratch: Path, last: bool) -> bytes:
        self.rejected += len(tell(duck, piece, scratch, last)) + len(refused(duck, piece))
        self.lines += piece.new_lines
        for name, query in ROWS.items():
            duck.execute(f"CREATE OR REPLACE TEMP TABLE out AS {query}")
            if self._keep:
                self.rows[name] += [tuple(map(_plain, row)) for row in duck.execute("FROM out").fetchall()]
        return carried(duck, piece)


def run() -> Iterator[str]:
    """Measure; the tables."""
    whole, tenth = queue_log_file(WHOLE), queue_log_file(TENTH)
    yield _equal(tenth)
    rates: dict[str, list[float]] = {SETS: [], LOOP: []}
    for _ in range(ROUNDS):
        rates[SETS].append(_rate(lambda: Sets(tenth).lines))
        rates[LOOP].append(_rate(lambda: import_plainly(tenth)[1]))
    results = [Result(name, tuple(several)) for name, several in rates.items()]
    yield table(f"lines per second, {TENTH // 10**6} MB of queue_log to rows", results, (LOOP,))
    began = time.monotonic()
    sets = Sets(whole)
    all_of_it = Result("1 GB", (sets.lines / (time.monotonic() - began),))
    yield table(
        f"lines per second, {sets.lines:,} lines of queue_log ({sets.rejected:,} bad or refused) to rows",
        [all_of_it],
        (),
    )
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        yield from _stored(Path(folder), tenth)
    yield load()


def _equal(path: Path) -> str:
    """Both forms over the same file. Raises ValueError where they differ."""
    sets, (rows, lines, rejected) = Sets(path, keep=True), import_plainly(path)
    for name in ROWS:
        if sorted(sets.rows[name], key=_key) != sorted(rows[name], key=_key):
            raise ValueError(f"{name} differs between the {SETS} form and the {LOOP}")
    if (sets.lines, sets.rejected) != (lines, rejected):
        raise ValueError(f"lines and rejects differ: {(sets.lines, sets.rejected)}, {(lines, rejected)}")
    counts = ", ".join(f"{name} {len(several):,}" for name, several in rows.items())
    return f"equal rows of {lines:,} lines, {rejected:,} of them bad or refused: {counts}"


def _key(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, row))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return str(value) if isinstance(value, UUID) else value


def _rate(work: Callable[[], int]) -> float:
    began = time.monotonic()
    lines = work()
    return lines / (time.monotonic() - began)


def _stored(folder: Path, path: Path) -> Iterator[str]:
    """The whole import, into an empty database."""
    folder.chmod(0o711)  # the database's user may pass through
    server, place = servers.postgres_server(folder / "postgres")
    url = servers.new_database(place, server.start(), "bench_import")
    try:
        spill = folder / "spill"
        database = url("bench_import", "trunkline_warehouse")
        began = time.monotonic()
        (done,) = import_files(database, [path], NAMES, spill, lambda _: None)
        result = Result("PostgreSQL", (done.lines / (time.monotonic() - began),))
        yield table(f"lines per second, {TENTH // 10**6} MB of queue_log stored: {done.calls:,} calls", [result], ())
    finally:
        server.stop()
