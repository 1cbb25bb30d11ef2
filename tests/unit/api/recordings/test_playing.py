"""api/recordings/playing.py: what is damaged is refused before the first byte, what is there comes as it was."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from made_recordings import encrypt
from msgspec.structs import replace

from api.errors import Gone, RangeRefused, Unavailable
from api.recordings.age import CHUNK
from api.recordings.key_file import KeyFile
from api.recordings.playing import Player
from api.recordings.ranges import Span
from api.recordings.rows import Recording
from api.recordings.store import RecordingStore, Stored

PATH = "north/2026/11/22/0c1d2e3f-0000-5000-8000-000000000001.age"
PLAIN = os.urandom(20 * CHUNK + 77)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def kept(folder: Path, plain: bytes = PLAIN) -> tuple[Player, Recording, Path]:
    """A recording in a store."""
    keys = KeyFile(folder / "keys.json")
    recipient = keys.make("north")
    place = folder / PATH
    place.parent.mkdir(parents=True)
    place.write_bytes(encrypt(plain, recipient))
    stored = Stored(PATH, recipient, place.stat().st_size)
    row = Recording(
        UUID(int=1), "pbx:1", "pbx", NOON, NOON, 1.0, "audio/wav", NOON, None, None, stored, "00"
    )  # fmt: skip
    return Player(RecordingStore(folder, keys)), row, place


async def played(player: Player, row: Recording, span: Span) -> bytes:
    return b"".join([part async for part in player.bytes_of(row, span)])


async def test_all_and_parts_come_as_they_were(tmp_path: Path) -> None:
    player, row, _ = kept(tmp_path)
    for wanted, first, last in ((None, 0, len(PLAIN) - 1), ("bytes=100-", 100, len(PLAIN) - 1), ("bytes=-9", -9, None)):
        span = await player.span(row, wanted)
        assert await played(player, row, span) == PLAIN[first : None if last is None else last + 1]
    with pytest.raises(RangeRefused):
        await player.span(row, f"bytes={len(PLAIN)}-")


async def test_an_empty_recording_is_nothing(tmp_path: Path) -> None:
    player, row, _ = kept(tmp_path, b"")
    assert await played(player, row, await player.span(row, None)) == b""


async def test_a_damaged_file_gives_nothing(tmp_path: Path) -> None:
    player, row, place = kept(tmp_path)
    data = bytearray(place.read_bytes())
    data[12 * CHUNK] ^= 1
    place.write_bytes(data)
    with pytest.raises(Unavailable, match="damaged"):
        await player.span(row, None)
    assert (await player.span(row, "bytes=0-99")).length == 100


async def test_one_that_is_damaged_while_it_is_sent_breaks_off(tmp_path: Path) -> None:
    player, row, place = kept(tmp_path)
    span = await player.span(row, None)
    parts = player.bytes_of(row, span)
    assert PLAIN.startswith(await anext(parts))
    place.write_bytes(bytes(place.stat().st_size))
    with pytest.raises(Unavailable):
        await anext(parts)


async def test_what_is_deleted_missing_or_not_kept_here_is_said(tmp_path: Path) -> None:
    player, row, place = kept(tmp_path)
    with pytest.raises(Gone, match="its time to be kept is over"):
        await player.span(replace(row, deleted_at=NOON, deleted_because="expired"), None)
    with pytest.raises(Unavailable, match="TRUNKLINE_RECORDING_KEYS"):
        await Player(None).span(row, None)
    place.unlink()
    with pytest.raises(Unavailable, match="missing"):
        await player.span(row, None)
