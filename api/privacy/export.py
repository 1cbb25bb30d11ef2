"""All that there is about a person as one ZIP, sent as it is read: some calls, or a megabyte of sound, are in memory.

What it holds is fixed when it begins: a list of the person's calls. Its own id stands in it and in the audit log.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from api.errors import ApiError
from api.history.call_table import COLUMNS, cells, csv_of
from api.history.forms import CallRow, Event, Whole
from api.history.search import Search
from api.managers.period import Period
from api.privacy.export_words import FILES, MARK, readme
from api.privacy.reading import Reading
from api.privacy.zip_stream import ZipStream
from api.recordings.ranges import Span
from api.recordings.rows import Recording
from api.tokens import Principal

# Calls that are read at once.
AT_ONCE = 50


class CallOfPerson(Struct, frozen=True):
    """A call with the events that prove it."""

    call: Whole
    events: list[Event]


class Rest(Struct, frozen=True, rename="camel"):
    """What hangs on no call. Each is a row as the database has it, by the names of its columns."""

    contacts: list[dict[str, Any]]
    commands: list[dict[str, Any]]
    dialled: list[dict[str, Any]]
    refused: list[dict[str, Any]]


class Source(Protocol):
    """Where it is read: `api.privacy.gathering.Gathering`."""

    async def calls(self, principal: Principal, person: Reading) -> list[tuple[str, datetime]]: ...

    async def rows(self, principal: Principal, keys: Sequence[tuple[str, datetime]]) -> list[CallRow]: ...

    async def whole(self, principal: Principal, call_ids: Sequence[str]) -> list[CallOfPerson]: ...

    async def rest(self, principal: Principal, person: Reading) -> Rest: ...

    async def recordings(self, principal: Principal, call_ids: Sequence[str]) -> list[Recording]: ...

    async def note(self, principal: Principal, action: str, subject: str, detail: dict[str, Any]) -> None: ...


class Sound(Protocol):
    """Who opens recordings: `api.recordings.playing.Player`."""

    async def span(self, recording: Recording, wanted: str | None) -> Span: ...

    def bytes_of(self, recording: Recording, span: Span) -> AsyncIterator[bytes]: ...


class Exports:
    """Makes the files. `zone`: the clock of the tables."""

    def __init__(
        self, source: Source, sound: Sound, zone: ZoneInfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._source = source
        self._sound = sound
        self._zone = zone
        self._clock = clock

    async def file(self, principal: Principal, person: Reading) -> tuple[str, AsyncIterator[bytes]]:
        """The name of the file and its bytes; that it was taken is written down first."""
        now, identity = self._clock(), uuid4()
        keys = await self._source.calls(principal, person)
        recordings = await self._source.recordings(principal, [call_id for call_id, _ in keys])
        detail = {"calls": len(keys), "recordings": len(recordings)}
        await self._source.note(principal, "privacy.export", str(identity), detail)
        head = {"export": str(identity), "number": person.number, "shown": person.shown, "made": now}
        return f"person-{now:%Y-%m-%d}-{str(identity)[:8]}.zip", self._chunks(principal, person, head, keys, recordings)

    async def _chunks(
        self,
        principal: Principal,
        person: Reading,
        head: dict[str, Any],
        keys: Sequence[tuple[str, datetime]],
        recordings: Sequence[Recording],
    ) -> AsyncIterator[bytes]:
        file = ZipStream(head["made"].astimezone(self._zone))
        file.begin("README.txt")
        file.add(readme(head["shown"], head["export"], head["made"].astimezone(self._zone)).encode())
        file.begin("calls.csv")
        file.add((MARK + csv_of([each.heading for each in COLUMNS])).encode())
        search = Search(Period(head["made"], head["made"]), self._zone)
        for some in _parts(keys):
            for row in await self._source.rows(principal, some):
                file.add(csv_of(cells(row, search, "csv")).encode())
            yield file.drain()
        notes: list[list[str | None]] = []
        rest = await self._source.rest(principal, person)
        file.begin("person.json")
        file.add(_opened(head, rest))
        for n, some in enumerate(_parts(keys)):
            for m, each in enumerate(await self._source.whole(principal, [call_id for call_id, _ in some])):
                file.add((b"," if n or m else b"") + b"\n" + msgspec.json.encode(each))
                if each.call.notes:
                    notes.append([each.call.call_id, self._at(each.call.started_at), each.call.notes])
            yield file.drain()
        file.add(b"\n]}\n")
        self._tables(file, rest, notes)
        yield file.drain()
        told: list[list[str | None]] = []
        for recording in recordings:
            place = f"recordings/{_file_name(recording)}"
            try:
                span = await self._sound.span(recording, None)
            except ApiError as error:
                told.append([*self._about(recording), "", error.detail])
                continue
            told.append([*self._about(recording), place, ""])
            file.begin(place, packed=False)
            async for data in self._sound.bytes_of(recording, span):
                file.add(data)
                yield file.drain()
        _table(file, "recordings.csv", told)
        yield file.close()

    def _tables(self, file: ZipStream, rest: Rest, notes: Sequence[Sequence[Any]]) -> None:
        """What is on few rows, as tables that a spreadsheet opens."""
        _table(file, "notes.csv", notes)
        _table(file, "contact.csv", [[each[name] for name in ("name", "number", "company", "email", "notes")]
                                     for each in rest.contacts])  # fmt: skip
        asked = [[self._at(each["created_at"]), each["name"], each["status"], each["call_id"], each["asked_by"],
                  _text(each["arguments"]), each["detail"]] for each in rest.commands]  # fmt: skip
        asked += [[self._at(each["taken_at"]), "allowed to be dialled", each["purpose"], each["call_id"],
                   each["asked_by"], each["number"], ""] for each in rest.dialled]  # fmt: skip
        asked += [[self._at(each["refused_at"]), "refused to be dialled", each["reason"], "", each["asked_by"],
                   each["number"], each["detail"]] for each in rest.refused]  # fmt: skip
        _table(file, "commands.csv", sorted(asked, key=itemgetter(0)))

    def _about(self, recording: Recording) -> list[str | None]:
        began = recording.started_at or recording.ended_at
        seconds = None if recording.seconds is None else f"{recording.seconds:.0f}"
        return [recording.call_id, self._at(began), seconds]

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"


def _opened(head: dict[str, Any], rest: Rest) -> bytes:
    """The beginning of person.json, as far as the list of calls."""
    body = msgspec.json.encode(head | msgspec.to_builtins(rest, builtin_types=(datetime,)))
    return body.removesuffix(b"}") + b',"calls":['


def _table(file: ZipStream, name: str, rows: Sequence[Sequence[Any]]) -> None:
    file.begin(name)
    file.add((MARK + csv_of(FILES[name])).encode())
    for row in rows:
        file.add(csv_of(["" if value is None else str(value) for value in row]).encode())


def _parts(keys: Sequence[tuple[str, datetime]]) -> list[Sequence[tuple[str, datetime]]]:
    return [keys[begin : begin + AT_ONCE] for begin in range(0, len(keys), AT_ONCE)]


def _file_name(recording: Recording) -> str:
    """Made of nothing that came from outside."""
    began = (recording.started_at or recording.ended_at).astimezone(UTC)
    ending = "wav" if recording.media_type == "audio/wav" else "bin"
    return f"{began:%Y%m%dT%H%M%SZ}-{str(recording.id)[:8]}.{ending}"


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
