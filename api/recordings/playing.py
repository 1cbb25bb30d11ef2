"""What is sent of a recording: opened and held against its tags before the first byte, and once more as it is sent.

Reading and decrypting is work of a tenth of a second a minute of sound at most, and runs beside the event loop.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TypeVar

from api.errors import Gone, Unavailable
from api.recordings.age import Unreadable
from api.recordings.key_file import KeysUnusable
from api.recordings.ranges import Span, span_of
from api.recordings.rows import Recording
from api.recordings.store import RecordingStore

WHY = {"expired": "its time to be kept is over", "erased": "it was erased", "shredded": "its key was destroyed"}
T = TypeVar("T")

log = logging.getLogger(__name__)


class Player:
    """Plays from a store. Without one, recordings are listed and cannot be played."""

    def __init__(self, store: RecordingStore | None) -> None:
        self._store = store

    async def span(self, recording: Recording, wanted: str | None) -> Span:
        """The bytes that the header Range asks for, which are then known to be whole.

        Raises Gone, RangeRefused, and Unavailable for a file that is missing, damaged or for a key that is not here.
        """
        if recording.deleted_at is not None:
            raise Gone(f"The recording was deleted: {WHY.get(recording.deleted_because or '', 'it was erased')}.")
        return await _beside(partial(self._checked, recording, wanted), recording)

    async def bytes_of(self, recording: Recording, span: Span) -> AsyncIterator[bytes]:
        """Those bytes, chunk by chunk; breaks off with Unavailable where the file is damaged meanwhile."""
        place = span.first
        while place <= span.last:
            data = await _beside(partial(self._read, recording, place, span.last - place + 1), recording)
            place += len(data)
            yield data

    def _checked(self, recording: Recording, wanted: str | None) -> Span:
        with self._there().opened(recording.stored) as file:
            span = span_of(wanted, file.size)
            if span.length:
                file.verify(span.first, span.last)
            return span

    def _read(self, recording: Recording, place: int, length: int) -> bytes:
        """Up to a megabyte: opening costs as much as a chunk."""
        data = bytearray()
        with self._there().opened(recording.stored) as file:
            while len(data) < min(length, 1 << 20):
                data += file.read(place + len(data), length - len(data))
        return bytes(data)

    def _there(self) -> RecordingStore:
        if self._store is None:
            raise Unavailable("Recordings are not kept here: TRUNKLINE_RECORDING_KEYS is not set.")
        return self._store


async def _beside(work: Callable[[], T], recording: Recording) -> T:
    try:
        return await asyncio.to_thread(work)
    except (Unreadable, KeysUnusable, OSError) as error:
        log.error("a recording cannot be played", extra={"recording": str(recording.id), "reason": str(error)})
        raise Unavailable(
            "The recording cannot be opened: its file is missing or damaged, or its key is not here."
        ) from error
