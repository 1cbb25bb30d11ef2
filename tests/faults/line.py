"""A line between two programs that fails once, at a byte of one's choice, and is sound again for who dials anew."""

import asyncio
import socket
import struct
import time
from contextlib import suppress
from enum import StrEnum

CHUNK = 1 << 16
# A line so slow that an answer never arrives in time, while something always arrives.
SLOW_BYTES, SLOW_SECONDS = 8, 0.2


class Failure(StrEnum):
    """How it fails: with a reset, by silence while it looks alive, or by crawling."""

    DIES = "dies"
    HALF_OPEN = "goes half-open"
    SLOW = "is slowed"


class Line:
    """Passes on what is said, until the PBX has said `after` for the `nth` time: from the next byte on it fails."""

    def __init__(self, target: str, failure: Failure, after: bytes, nth: int = 1) -> None:
        self._host, _, port = target.partition(":")
        self._port = int(port)
        self._failure, self._after, self._left = failure, after, nth
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed_at: float | None = None
        """When it failed, seconds since the epoch."""

    async def open(self) -> str:
        """Listen; the address to dial."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{host}:{port}"

    async def close(self) -> None:
        """Cut every connection."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        # Once the PBX has gone there is nobody to pass on to; that this is cancelled at the end is no news to asyncio.
        with suppress(OSError, asyncio.CancelledError):
            await self._join(reader, writer)
        writer.transport.abort()
        self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection(self._host, self._port)
        up = asyncio.create_task(_pass_on(reader, their_writer))
        try:
            await self._down(their_reader, writer)
        finally:
            up.cancel()
            their_writer.transport.abort()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = b""
        while data := await reader.read(CHUNK):
            whole, seen = seen + data, (seen + data)[-len(self._after) + 1 :]
            end = self._point(whole) - (len(whole) - len(data))
            if self._left == 0 and self.failed_at is None:
                writer.write(data[:end])
                await writer.drain()
                self.failed_at = time.time()
                await self._fail(data[end:], reader, writer)
                return
            writer.write(data)
            await writer.drain()

    def _point(self, said: bytes) -> int:
        """The byte behind the last occurrence that counts."""
        place = -len(self._after)
        while self._left and (place := said.find(self._after, max(0, place + 1))) >= 0:
            self._left -= 1
        return place + len(self._after)

    async def _fail(self, rest: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match self._failure:
            case Failure.DIES:
                at_once = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            case Failure.HALF_OPEN:
                await asyncio.Event().wait()
            case Failure.SLOW:
                while True:
                    rest += await reader.read(SLOW_BYTES) if len(rest) < SLOW_BYTES else b""
                    writer.write(rest[:SLOW_BYTES])
                    rest = rest[SLOW_BYTES:]
                    await writer.drain()
                    await asyncio.sleep(SLOW_SECONDS)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
