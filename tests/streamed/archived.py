"""Recordings as an ingester's archive, and the same played to PostgreSQL as a worker does it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace
from streamed.records import recorded

from asterisk.archive import Beginning, log_files, read_archive
from calls.codec import RECORD_VERSION, Entry, Record
from calls.state import State
from ingest.log import Log
from streams.database import Database
from streams.partition import Advance
from streams.sink import Place, Sink
from streams.work import Reducer, Work

PBX = "lab1"
PLACE = Place("cluster", "pbx.events")


def logins(scenarios: Sequence[str], packed: int = 50) -> Iterator[Record]:
    """The scenarios in the order in which they were recorded, each a login; before the first the settings."""
    sessions = sorted((recorded(it, packed=packed) for it in scenarios), key=_begin)
    began = _begin(sessions[0])
    yield Record(RECORD_VERSION, PBX, "settings", "a", began - 1, [Entry(0, began - 1, b'{"target": 0.9}')])
    for session in sessions:
        yield from (replace(record, epoch=_begin(session)) for record in session)


def _begin(records: list[Record]) -> int:
    return records[0].entries[0].received


def write_archive(data: Path, records: Sequence[Record], per_frame: int = 3) -> None:
    """Records into the log of the PBX, so many a frame."""
    log = Log(data / "log" / PBX)
    for start in range(0, len(records), per_frame):
        log.append(list(records[start : start + per_frame]))
    log.close()


def archived(data: Path) -> list[Record]:
    """What is in the archive."""
    frames = read_archive(log_files(data / "log" / PBX), Beginning())
    return [record for frame in frames for record in frame.records]


async def play(url: str, reducer: Reducer, records: Sequence[Record], at_once: int = 4) -> None:
    """Apply records to an empty database in transactions of a few; `url` is the streams role's."""
    database = Database(url)
    try:
        sink = Sink(database, PLACE)
        await sink.load(0)
        state = State(pbx=PBX)
        for start in range(0, len(records), at_once):
            work = Work(reducer, {PBX: state})
            several = records[start : start + at_once]
            for record in several:
                work.take(record)
            outcome = work.finish()
            await sink.write({0: Advance(start, start + len(several))}, outcome.rows)
            state = outcome.states[PBX]
    finally:
        database.drop()
