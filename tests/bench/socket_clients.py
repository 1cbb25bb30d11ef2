"""`python -m tests.bench.socket_clients PORT`: many sockets in one process, told by lines on its standard input.

A line is `open COUNT DEAF` (so many sockets, of which so many read nothing), `frames` (how many came since it was
asked last, a list of the waits of those that were looked at, and how many sockets were closed), or `whole` (wait until
every socket has had its first frame). Each is answered by a line of JSON. A closed socket is opened again at once.
Reads just as much of a frame as counting needs: what is measured is the server.
"""

import asyncio
import base64
import json
import os
import socket
import sys
import time
from typing import Any

from api.roles import Role
from api.tokens import Principal, Tokens
from infra.ports import HOST

SECRET = b"a secret of the bench, long enough for it"
# One in so many sockets looks at when what it was told had happened.
LOOKS = 20
# So many handshakes at once, so that none waits for longer than a browser would.
AT_ONCE = 200
# One user may have 25 sockets.
PER_USER = 20
DEAF_BUFFER = 4096
# When the sign-ins end, seconds since the epoch.
FAR = 4_000_000_000
TEXT, CLOSE = 1, 8


class Crowd:
    """All sockets of the process."""

    def __init__(self, port: int, first: int) -> None:
        self.port = port
        self.first = first
        self.frames = 0
        self.closed = 0
        self.waits: list[float] = []
        self.without = 0
        self.whole = asyncio.Event()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, count: int, deaf: int) -> None:
        """Open so many sockets."""
        self.without += count
        self.whole.clear()
        for number in range(count):
            self.again(number, number < deaf)

    def again(self, number: int, deaf: bool) -> None:
        """Open a socket, when it is its turn."""
        task = asyncio.create_task(self._open(number, deaf))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def begun(self) -> None:
        """A socket had its first frame."""
        self.without -= 1
        if not self.without:
            self.whole.set()

    async def _open(self, number: int, deaf: bool) -> None:
        async with self._turn:
            plain = socket.socket()
            if deaf:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEAF_BUFFER)
            plain.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(plain, (HOST, self.port))
            _, hearing = await loop.create_connection(lambda: Hearing(self, number, deaf), sock=plain)
            await hearing.opened.wait()


class Hearing(asyncio.Protocol):
    """One socket."""

    def __init__(self, crowd: Crowd, number: int, deaf: bool) -> None:
        self.opened = asyncio.Event()
        self._crowd, self._number, self._deaf = crowd, number, deaf
        self._looks = number % LOOKS == 0
        self._rest = b""
        self._begun = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        user = f"user {self._crowd.first + self._number // PER_USER}"
        token = Tokens(SECRET).issue(Principal(user, user, "default", Role.MANAGER, FAR, user))
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"{HOST}:{self._crowd.port}"
        lines = (
            "GET /ws/pbx HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            f"Authorization: Bearer {token}", "", "",
        )  # fmt: skip
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        at = 0
        if not self._begun and not self.opened.is_set():
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            assert data.startswith(b"HTTP/1.1 101"), data[:200]
            self.opened.set()
        while (end := _end(data, at)) is not None:
            if data[at] & 0x0F == TEXT:
                self._take(data, at, end)
            elif data[at] & 0x0F == CLOSE:
                self._transport.close()
            at = end
        self._rest = data[at:]

    def _take(self, data: bytes, at: int, end: int) -> None:
        self._crowd.frames += 1
        if not self._begun:
            self._begun = True
            self._crowd.begun()
            if self._deaf:
                self._transport.pause_reading()
        elif self._looks and (mark := data.find(b"@", at, end)) > 0:
            self._crowd.waits.append(time.time() - float(data[mark + 1 : data.index(b"@", mark + 1)]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.opened.set()
        self._crowd.closed += 1
        if self._deaf:
            return
        self._crowd.without += self._begun
        self._crowd.whole.clear()
        self._crowd.again(self._number, self._deaf)


def _end(data: bytes, at: int) -> int | None:
    """Where the frame that begins here ends; None if that has not come yet."""
    if len(data) < at + 2:
        return None
    size, begin = data[at + 1] & 0x7F, at + 2
    if size >= 126:
        begin = at + (4 if size == 126 else 10)
        size = int.from_bytes(data[at + 2 : begin], "big")
    return begin + size if len(data) >= begin + size else None


async def main(port: int, first: int) -> None:
    """Obey."""
    crowd = Crowd(port, first)
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, *more = line.split()
        answer: Any = None
        if word == "open":
            crowd.open(int(more[0]), int(more[1]))
            await crowd.whole.wait()
        elif word == "whole":
            await crowd.whole.wait()
        elif word == "frames":
            answer = [crowd.frames, crowd.waits, crowd.closed]
            crowd.waits = []
        say(json.dumps(answer))


def say(line: str) -> None:
    """Write a line that the parent waits for."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
