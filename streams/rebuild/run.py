"""A rebuild from one end to the other: archives are read, calls derived, held against PostgreSQL and mended there."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from asterisk.archive import Beginning, find_beginning, log_files, read_archive
from calls.codec import Record
from calls.form import call_form
from streams.database import Database
from streams.errors import NoArchive
from streams.rebuild.derive import LEAD_MS, derive
from streams.rebuild.mend import Mend
from streams.rebuild.report import Report
from streams.rebuild.spool import Derived, Span, Spool
from streams.work import Reducer


@dataclass(frozen=True)
class RebuildSettings:
    """Which calls of which archive: `log` is the folder with a folder for each PBX; without `pbx`, all of them.

    `database` is a libpq URL (role trunkline_streams).
    """

    log: Path
    database: str = field(repr=False)
    span: Span
    pbx: str = ""
    rehearsal: bool = False


def rebuild(settings: RebuildSettings, reducer: Reducer, report: Report, console: Console) -> None:
    """Derive, compare and, unless it is a rehearsal, write. Progress is shown on `console` where that is a terminal.

    Nothing is written before everything is read. Raises NoArchive, Unavailable, Unfit, and the archive's
    UnreadableRecording.
    """
    folders = archives(settings)
    with _progress(console) as progress, Spool() as spool:
        for folder in folders:
            records = _records(log_files(folder), settings.span, progress, folder.name)
            report.told(folder.name, derive(reducer, folder.name, records, settings.span, spool))
        spool.index()
        asyncio.run(_mend(settings, spool, report, progress))


def archives(settings: RebuildSettings) -> list[Path]:
    """The folders of the PBXs that are meant. Raises NoArchive."""
    found = sorted(path for path in settings.log.glob("*") if log_files(path))
    meant = [path for path in found if not settings.pbx or path.name == settings.pbx]
    if not meant:
        known = f"There are those of {', '.join(path.name for path in found)}." if found else "There is none at all."
        raise NoArchive(f"No archive {settings.log / (settings.pbx or '*')}. {known} TRUNKLINE_DATA names the folder.")
    return meant


def _records(files: Sequence[Path], span: Span, progress: Progress, pbx: str) -> Iterator[Record]:
    task = progress.add_task(f"{pbx}: looking for a login", total=None)
    beginning = find_beginning(files, span.start - LEAD_MS)
    progress.update(task, description=f"{pbx}: reading", total=_size(files, beginning))
    for frame in read_archive(files, beginning):
        yield from frame.records
        progress.update(task, completed=frame.read)


def _size(files: Sequence[Path], beginning: Beginning) -> int:
    return sum(path.stat().st_size for path in files[beginning.file :])


async def _mend(settings: RebuildSettings, spool: Spool, report: Report, progress: Progress) -> None:
    task = progress.add_task("calls", total=spool.count(settings.span))
    digest = hashlib.sha256()
    database = Database(settings.database, announces=False)
    try:
        mend = Mend(database, settings.rehearsal)
        async for batch in mend.calls(_noted(spool.ordered(settings.span), digest)):
            for derived, finding in batch:
                report.found(derived.call.call_id, finding)
            progress.advance(task, len(batch))
        async for page in mend.missing(settings.span, [settings.pbx] if settings.pbx else [], spool):
            for it in page:
                report.missing(it)
    finally:
        database.drop()
    report.sha256 = digest.hexdigest()


def _noted(calls: Iterable[Derived], digest: "hashlib._Hash") -> Iterator[Derived]:
    for derived in calls:
        digest.update(msgspec.json.encode(call_form(derived.call)) + b"\n")
        yield derived


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    return Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)
