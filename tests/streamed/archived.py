"""Recordings as an ingester's archive, and the same played to PostgreSQL as a worker does it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace
from streamed.records import SCENARIOS, recorded

from asterisk.archive import Beginning, log_files, read_archive
from asterisk.recording import mark, read_lines
from asterisk.replay import MARKS
from calls.codec import RECORD_VERSION, Entry, Record
from calls.file_events import CEL, QUEUE_LOG
from calls.state import State
from ingest.log import Log
from streams.database import Database
from streams.partition import Advance
from streams.sink import Place, Sink
from streams.work import Reducer, Work

PBX = "lab1"
PLACE = Place("cluster", "pbx.events")
WRITTEN = {QUEUE_LOG: "queue_log", CEL: "cel.csv"}


def logins(scenarios: Sequence[str], packed: int = 50) -> Iterator[Record]:
    """The scenarios in the order in which they were recorded, each a login with the files that the PBX wrote.

    Before the first come the settings.
    """
    sessions = sorted(((recorded(it, packed=packed), it) for it in scenarios), key=lambda it: _begin(it[0]))
    first = _begin(sessions[0][0])
    yield Record(RECORD_VERSION, PBX, "settings", "a", first - 1, [Entry(0, first - 1, b'{"target": 0.9}')])
    for session, scenario in sessions:
        began, ended = _begin(session), session[-1].entries[-1].received
        yield mark(PBX, tuple(WRITTEN), began, began)
        yield from (replace(record, epoch=began) for record in session)
        for source, name in WRITTEN.items():
            for record in read_lines(SCENARIOS / scenario / name, source, PBX, began):
                yield replace(record, entries=[entry._replace(received=ended) for entry in record.entries])
        yield from (mark(PBX, tuple(WRITTEN), began + number, ended + number) for number in range(1, MARKS))


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


async def play(url: str, reducer: Reducer, records: Sequence[Record], at_once: int = 20) -> None:
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
