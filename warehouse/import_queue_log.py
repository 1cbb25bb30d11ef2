"""`trunkline import-queue-log`: years of queue_log into the tables that live events fill.

File by file, the oldest first, in pieces; each piece is one transaction with how far it came. So it may be killed and
started again, and given a file again, or one that has grown. What the lines mean is in queue_log_steps.py.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import duckdb

from calls.settings import Settings
from warehouse.queue_log_calls import Bad, Names, carried, prepare, refused, tell
from warehouse.queue_log_lines import PIECE, Part, Piece, first_line, parts
from warehouse.queue_log_store import Progress, Store, opened

# One piece's working set; what does not fit is spilled.
MEMORY_LIMIT = "1GB"
MEGABYTE = 1_000_000

Say = Callable[[str], None]


class Source(NamedTuple):
    """A file, and how far it was imported."""

    path: Path
    progress: Progress


def import_files(
    database: str, files: Iterable[Path], names: Names, spill: Path, say: Say, size: int = PIECE
) -> list[Progress]:
    """Import these files of one PBX, the oldest first; how far each is imported then.

    `database` is a postgresql:// URL, `spill` a folder for what does not fit into memory, `size` the bytes of a piece.
    Raises WarehouseError; what was imported until then is kept.
    """
    with (
        opened(database, names.pbx) as store,
        _empty_folder(spill, names.pbx) as folder,
        closing(working(folder)) as duck,
    ):
        prepare(duck, names._replace(interfaces={**store.interfaces(), **names.interfaces}))
        known = store.progress()
        importer = Importer(store, duck, names.settings, folder / "scratch", say, size)
        sources = find_sources(files, known)
        for place, source in enumerate(sources):
            importer.import_file(source, whole=place + 1 < len(sources))
        return [it for it in store.progress() if it.generation in {one.progress.generation for one in sources}]


def find_sources(files: Iterable[Path], known: Iterable[Progress]) -> list[Source]:
    """The files, the oldest first, each once, with how far it was imported. Those without a whole line are left out."""
    imported = {it.generation: it for it in known}
    sources: dict[int, Source] = {}
    for path in files:
        began, text = first_line(path)
        if not text:
            continue
        line = hashlib.sha256(text).digest()
        generation = began * 1000
        while generation in imported and imported[generation].first_line != line:
            generation += 1
        imported.setdefault(generation, Progress(generation, line, path.name))
        sources.setdefault(generation, Source(path, imported[generation]._replace(name=path.name)))
    return [sources[generation] for generation in sorted(sources)]


class Importer:
    """Reads files into a store, with one DuckDB for all."""

    def __init__(
        self, store: Store, duck: duckdb.DuckDBPyConnection, settings: Settings, scratch: Path, say: Say, size: int
    ) -> None:
        self._store, self._duck, self._settings, self._scratch = store, duck, settings, scratch
        self._say, self._size = say, size

    def import_file(self, source: Source, whole: bool) -> None:
        """The rest of one file. `whole`: nobody writes it any more."""
        done = self._begun(source.progress)
        self._say(f"{done.name}: from byte {done.read_to:,}")
        torn: list[Bad] = []
        for part in parts(source.path, done.read_to, whole, self._size):
            if part.torn:
                torn.append(Bad(part.offset, "has no end", part.data))
            else:
                done = self._write(done, part, last=False)
        # Nothing follows for now: what may go on, and has ended so far, is told as it is.
        self._write(done, Part(done.read_to, b""), last=True, torn=torn)

    def _begun(self, progress: Progress) -> Progress:
        """A file that was not begun goes on where the one before it ended."""
        if progress.read_to:
            return progress
        before = [it for it in self._store.progress() if it.generation < progress.generation]
        return progress._replace(carried=before[-1].carried) if before else progress

    def _write(self, done: Progress, part: Part, last: bool, torn: Sequence[Bad] = ()) -> Progress:
        began = time.monotonic()
        piece = Piece(done.carried, part)
        bad = [*tell(self._duck, piece, self._scratch, last), *refused(self._duck, piece), *torn]
        now = done._replace(
            read_to=part.offset + len(part.data),
            lines=done.lines + piece.new_lines,
            carried=carried(self._duck, piece),
        )
        now = self._store.write(self._duck, now, bad, self._settings, self._scratch)
        if piece.new_lines:
            rate = piece.new_lines / (time.monotonic() - began)
            self._say(
                f"{now.name}: {now.read_to / MEGABYTE:,.0f} MB, {now.lines:,} lines ({rate:,.0f}/s),"
                f" {now.calls:,} new calls, {now.rejected:,} lines rejected"
            )
        return now


@contextmanager
def _empty_folder(spill: Path, pbx: str) -> Iterator[Path]:
    """The PBX's own folder, without what an import that was killed has left there."""
    folder = spill / quote(pbx, safe="")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


def working(spill: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB to import with, in little memory; `spill` is a folder for what does not fit."""
    return duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)})
