"""Snapshots of one PBX's state along its log, in a file of their own: which was the last before an instant.

One writer, the warehouse; any number of readers. Everything in the file can be made again from the log, so one that
another form of the state has written is thrown away. Knows nothing of events.
"""

import hashlib
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec
import zstandard

from calls.state import State
from warehouse.errors import PastUnreadable
from warehouse.past.reading import Place

SUFFIX = ".past"
# One in so many is stored whole, the others as what differs from it: a tenth of the size.
WHOLE_EACH = 32
LEVEL = 6
# How long to wait for a writer who is just committing.
BUSY_S = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS form (form TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (
  number INTEGER PRIMARY KEY, received INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
  done INTEGER NOT NULL, whole INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS by_time ON snapshots (received);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(State).decode
# Not the state's values but their shape: what else a release does differently, the past was shown as it was then.
FORM = hashlib.sha256(msgspec.json.encode(msgspec.json.schema(State))).hexdigest()


class Snapshot(NamedTuple):
    """The state behind a place of the log, all of which until there was received by `received` (ms since the epoch)."""

    received: int
    place: Place
    state: State


class Snapshots:
    """The file of a PBX. Use `writing` or `reading`; a context manager. Everything raises PastUnreadable."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._whole: tuple[int, bytes] = (-1, b"")

    @classmethod
    def writing(cls, folder: Path, pbx: str) -> Self:
        """To add to it. One that was written by another form of the state begins anew."""
        path = _path(folder, pbx)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not _is_ours(path):
                path.unlink(missing_ok=True)
            connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            connection.executescript(_TABLES)
            connection.execute("INSERT INTO form SELECT ? WHERE NOT EXISTS (SELECT 1 FROM form)", [FORM])
        except (OSError, sqlite3.Error) as error:
            raise PastUnreadable(f"{path} cannot be written: {error}") from error
        return cls(connection)

    @classmethod
    def reading(cls, folder: Path, pbx: str) -> Self | None:
        """To look into it; None where there is none yet."""
        path = _path(folder, pbx)
        try:
            return cls(_read_only(path)) if _is_ours(path) else None
        except sqlite3.Error as error:
            raise PastUnreadable(f"{path} cannot be read: {error}") from error

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays open."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def add(self, snapshots: list[Snapshot]) -> None:
        """Add the next ones, in one transaction."""
        if not snapshots:
            return
        (number,) = self._row("SELECT coalesce(max(number), -1) FROM snapshots") or (-1,)
        rows = []
        for each in snapshots:
            number += 1
            rows.append((number, each.received, *each.place, *self._packed(number, _encode(each.state))))
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise PastUnreadable(f"The snapshots cannot be written: {error}") from error

    def forget_from(self, file: str) -> None:
        """Forget those of this file of the log and later ones, so that nothing of them is left on the disk."""
        try:
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("DELETE FROM snapshots WHERE file >= ?", [file])
            self._connection.execute("VACUUM")
        except sqlite3.Error as error:
            raise PastUnreadable(f"The snapshots cannot be written: {error}") from error
        self._whole = (-1, b"")

    def last(self) -> Snapshot | None:
        """The newest."""
        return self._found("ORDER BY number DESC LIMIT 1", ())

    def before(self, at: int, since: int = -1) -> Snapshot | None:
        """The last of those that know nothing of what was received after `at`; None where that is of `since` or before.

        Both in ms since the epoch.
        """
        which = "WHERE received <= ? AND received > ? ORDER BY received DESC, number DESC LIMIT 1"
        return self._found(which, (at, since))

    def span(self) -> tuple[int, int] | None:
        """When the first and the last of them are of."""
        first, last = self._row("SELECT min(received), max(received) FROM snapshots") or (None, None)
        return None if first is None or last is None else (first, last)

    def _packed(self, number: int, body: bytes) -> tuple[int, bytes]:
        whole = number - number % WHOLE_EACH
        if number == whole:
            self._whole = (number, body)
            return whole, zstandard.ZstdCompressor(level=LEVEL).compress(body)
        likeness = zstandard.ZstdCompressionDict(self._body_of(whole), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return whole, zstandard.ZstdCompressor(level=LEVEL, dict_data=likeness).compress(body)

    def _found(self, which: str, values: tuple[int, ...]) -> Snapshot | None:
        row = self._row(f"SELECT number, received, file, offset, done, whole, body FROM snapshots {which}", values)
        if row is None:
            return None
        number, received, file, offset, done, whole, body = row
        try:
            return Snapshot(received, Place(file, offset, done), _decode(self._unpacked(number, whole, body)))
        except (msgspec.DecodeError, zstandard.ZstdError) as error:
            raise PastUnreadable(f"A snapshot is damaged: {error}. Remove the file, it is made again.") from error

    def _unpacked(self, number: int, whole: int, body: bytes) -> bytes:
        if number == whole:
            return zstandard.ZstdDecompressor().decompress(body)
        likeness = zstandard.ZstdCompressionDict(self._body_of(whole), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdDecompressor(dict_data=likeness).decompress(body)

    def _body_of(self, whole: int) -> bytes:
        if self._whole[0] != whole:
            (body,) = self._row("SELECT body FROM snapshots WHERE number = ?", (whole,)) or (b"",)
            self._whole = (whole, zstandard.ZstdDecompressor().decompress(body))
        return self._whole[1]

    def _row(self, question: str, values: tuple[int, ...] = ()) -> tuple[Any, ...] | None:
        try:
            row: tuple[Any, ...] | None = self._connection.execute(question, values).fetchone()
        except sqlite3.Error as error:
            raise PastUnreadable(f"The snapshots cannot be read: {error}") from error
        return row


def _path(folder: Path, pbx: str) -> Path:
    return folder / f"{pbx}{SUFFIX}"


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_S, isolation_level=None)


def _is_ours(path: Path) -> bool:
    if not path.exists():
        return False
    with suppress(sqlite3.Error), closing(_read_only(path)) as connection:
        return bool(connection.execute("SELECT form FROM form").fetchone() == (FORM,))
    return False
