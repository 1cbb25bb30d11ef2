"""People out of the archived log: whole days are rewritten frame by frame, with stand-ins where their numbers were.

Order, positions and times stay, so a rebuild comes to the same calls. The file that is written just now, and one that
the ingester has yet to send on, are left until they are whole and sent; what was received later than was asked for is
nobody's business. A file is put in its place in one step. Snapshots of the past behind it are thrown away: they are
made again from the log.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import zstandard
from msgspec.structs import replace

from asterisk.archive import day_file, log_files
from asterisk.recording import log_frames
from calls.codec import Record, frame_records
from calls.erasure import Eraser
from calls.errors import BadRecord
from warehouse.archived_lines import logged_pbxs
from warehouse.errors import LogUnreadable
from warehouse.past.keeping import past_folder
from warehouse.past.snapshots import Snapshots

# As the ingester packs them.
LEVEL = 3
# An ingester that listens writes something every day; what it has open is not touched.
IDLE_S = 2 * 86_400.0
# Behind all names of files.
NEVER = "~"
# Nobody keeps the past of a PBX in its hands while this is entered.
Still = Callable[[str], AbstractContextManager[None]]


class Cleaned(NamedTuple):
    """`files` were rewritten, in which `entries` named somebody; `waiting` says which days of which PBX are open.

    `through` is by PBX the last file that is done: nothing is written into it or an earlier one any more. `left` files
    could be done, but there was no time.
    """

    files: int = 0
    entries: int = 0
    waiting: tuple[str, ...] = ()
    through: Mapping[str, str] = MappingProxyType({})
    left: int = 0


@contextmanager
def nobody_looks(pbx: str) -> Iterator[None]:
    """Where no past is kept beside."""
    yield


def clean_logs(
    data: Path,
    eraser: Eraser,
    until: datetime,
    still: Still = nobody_looks,
    through: Mapping[str, str] = MappingProxyType({}),
    seconds: float = inf,
) -> Cleaned:
    """Take the people out of all that was received before `until`, but for files that are done (`through`).

    After `seconds` no further file is begun. Raises LogUnreadable, which names the file.
    """
    last, end = int(until.timestamp() * 1000), time.monotonic() + seconds
    files, entries, left, waiting, done = 0, 0, 0, list[str](), dict(through)
    for pbx in logged_pbxs(data):
        folder = data / "log" / pbx
        open_from = _open_from(folder)
        for path in log_files(folder):
            if path.name > day_file(last):
                break
            if path.name >= open_from:
                waiting.append(f"{pbx} {path.name.partition('.')[0]}")
            elif path.name <= done.get(pbx, ""):
                continue
            elif time.monotonic() > end:
                left += 1
            else:
                found = _clean(path, eraser, last, lambda pbx=pbx: still(pbx), data)  # type: ignore[misc]
                files, entries, done[pbx] = files + bool(found), entries + found, path.name
    return Cleaned(files, entries, tuple(waiting), done, left)


def out_of_reach(data: Path, pbxs: Iterable[str]) -> list[str]:
    """Those of these PBXs whose log is not below this data folder, or may not be written here."""
    folders = {pbx: data / "log" / pbx for pbx in pbxs}
    return sorted(pbx for pbx, folder in folders.items() if not (log_files(folder) and os.access(folder, os.W_OK)))


def _open_from(folder: Path) -> str:
    """The first file that somebody may still have in hand: the newest, or one that is not sent on yet.

    Of a PBX that nobody listens to any more that is none.
    """
    files = log_files(folder)
    sizes, names = {path.name: path.stat().st_size for path in files}, list[str]()
    if files and files[-1].stat().st_mtime > time.time() - IDLE_S:
        names.append(files[-1].name)
    for path in folder.glob("*.cursor"):
        try:
            cursor = json.loads(path.read_text())
            file, offset = str(cursor["file"]), int(cursor["offset"])
        except (OSError, ValueError, KeyError, TypeError):
            # Whoever reads it next says what is wrong with it; until then nothing is known to be sent.
            return ""
        if file not in sizes or offset < sizes[file]:
            names.append(file)
    return min(names, default=NEVER)


def _clean(path: Path, eraser: Eraser, last: int, still: Callable[[], AbstractContextManager[None]], data: Path) -> int:
    """How many entries of the file named somebody."""
    part, found = path.with_name(f"{path.name}.part"), 0
    try:
        if not any(changed for _, changed in _frames(path, eraser, last)):
            return 0
        was = path.stat()
        with part.open("wb") as file:
            part.chmod(was.st_mode & 0o777)
            for frame, changed in _frames(path, eraser, last):
                file.write(frame)
                found += changed
            file.flush()
            os.fsync(file.fileno())
        # When it was written last says whether somebody listens.
        os.utime(part, ns=(was.st_atime_ns, was.st_mtime_ns))
        with still():
            _forget_past(data, path)
            part.replace(path)
    except (OSError, BadRecord) as error:
        part.unlink(missing_ok=True)
        raise LogUnreadable(f"The log {path} cannot be rewritten: {error}") from error
    return found


def _frames(path: Path, eraser: Eraser, last: int) -> Iterator[tuple[bytes, int]]:
    """Each frame as it is to stand there, and how many of its entries are different. Those without anybody stay."""
    compressor = zstandard.ZstdCompressor(level=LEVEL)
    with path.open("rb") as file:
        for records, end in log_frames(path):
            packed = file.read(end - file.tell())
            cleaned = [_record(record, eraser, last) for record in records]
            changed = sum(count for _, count in cleaned)
            if changed:
                packed = compressor.compress(frame_records([record for record, _ in cleaned]))
            yield packed, changed


def _record(record: Record, eraser: Eraser, last: int) -> tuple[Record, int]:
    entries, changed = [], 0
    for entry in record.entries:
        raw = entry.raw if entry.received > last else _entry(record.source, entry.raw, eraser)
        changed += raw is not entry.raw
        entries.append(entry if raw is entry.raw else entry._replace(raw=raw))
    return (replace(record, entries=entries), changed) if changed else (record, 0)


def _entry(source: str, raw: bytes, eraser: Eraser) -> bytes:
    if source != "queue_log":
        return eraser.cleaned(raw)
    # Its first field is a time in seconds, which may look like a number.
    at, bar, rest = raw.partition(b"|")
    cleaned = eraser.cleaned(rest)
    return raw if cleaned is rest else at + bar + cleaned


def _forget_past(data: Path, path: Path) -> None:
    pbx = path.parent.name
    if Snapshots.reading(past_folder(data), pbx) is None:
        return
    with Snapshots.writing(past_folder(data), pbx) as snapshots:
        snapshots.forget_from(path.name)
