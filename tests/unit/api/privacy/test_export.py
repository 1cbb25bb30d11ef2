"""api/privacy/export.py: a file that comes in pieces, written down before its first byte."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api_parts import principal
from history_parts import row

from api.errors import Unavailable
from api.history.forms import CallRow
from api.privacy.export import AT_ONCE, CallOfPerson, Exports, Rest
from api.privacy.reading import Reading, read_person
from api.recordings.ranges import Span
from api.recordings.rows import Recording
from api.recordings.store import Stored
from api.roles import Role
from api.tokens import Principal

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
PERSON = read_person("+49 30 55512345", "DE")
CALLS = AT_ONCE * 2 + 1


def recording(number: int) -> Recording:
    """One of a call."""
    stored = Stored("path", "age1", 5)
    about = {"pbx": "pbx", "started_at": NOW, "ended_at": NOW, "seconds": 1.0, "media_type": "audio/wav"}
    kept = {"stored_at": NOW, "deleted_at": None, "deleted_because": None, "stored": stored, "sha256": ""}
    return Recording(id=UUID(int=number << 96), call_id=f"pbx:{number}", **about, **kept)  # type: ignore[arg-type]


class Source:
    """Some more calls than are read at once."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, dict[str, Any]]] = []
        self.most = 0

    async def calls(self, _: Principal, __: Reading) -> list[tuple[str, datetime]]:
        return [(f"pbx:{n}", NOW - timedelta(days=n)) for n in range(CALLS)]

    async def rows(self, _: Principal, keys: Sequence[tuple[str, datetime]]) -> list[CallRow]:
        self.most = max(self.most, len(keys))
        return [row(call_id=call_id, at=at) for call_id, at in keys]

    async def whole(self, _: Principal, call_ids: Sequence[str]) -> list[CallOfPerson]:
        return []

    async def rest(self, _: Principal, __: Reading) -> Rest:
        asked = {"created_at": NOW, "name": "dial", "status": "failed", "call_id": None, "asked_by": None}
        told = {"arguments": {"number": "+49"}, "detail": "=1+1"}
        # At one moment: with a call and without, asked by somebody and by nobody who is known.
        return Rest([], [asked | told, asked | told | {"call_id": "pbx:1", "asked_by": "Ada"}], [], [])

    async def recordings(self, _: Principal, call_ids: Sequence[str]) -> list[Recording]:
        return [recording(1), recording(2)]

    async def note(self, _: Principal, action: str, subject: str, detail: dict[str, Any]) -> None:
        self.noted.append((action, detail))


class Sound:
    """The second recording cannot be opened."""

    async def span(self, recording: Recording, wanted: str | None) -> Span:
        if recording.call_id == "pbx:2":
            raise Unavailable("It is damaged.")
        return Span(0, 3, 4, partial=False)

    async def bytes_of(self, recording: Recording, span: Span) -> AsyncIterator[bytes]:
        yield b"so"
        yield b"nd"


async def test_it_comes_in_pieces_and_is_whole() -> None:
    source = Source()
    name, chunks = await Exports(source, Sound(), UTC, lambda: NOW).file(principal(Role.ADMINISTRATOR), PERSON)
    assert source.noted == [("privacy.export", {"calls": CALLS, "recordings": 2})]
    pieces = [chunk async for chunk in chunks]
    assert len(pieces) > 6 and source.most == AT_ONCE and name.startswith("person-2026-11-27-")
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as file:
        read = {each: file.read(each).decode("utf-8-sig") for each in file.namelist()}
    assert len(list(csv.reader(io.StringIO(read["calls.csv"])))) == CALLS + 1
    assert json.loads(read["person.json"])["commands"][0]["detail"] == "=1+1"
    assert read["commands.csv"].splitlines()[1].endswith("'=1+1")
    assert len(read["commands.csv"].splitlines()) == 3
    one, two = list(csv.reader(io.StringIO(read["recordings.csv"])))[1:]
    assert read[one[3]] == "sond" and two[3:] == ["", "It is damaged."]
