"""`python -m tests.bench.socket_server KIND PORT`: what part `sockets` measures, told by lines on its standard input.

KIND `trunkline` is the real origin with a hub of made-up queues; `websockets` the library's own server and `broadcast`.
A line is `pid`, `kick` (close all sockets), or `tell COUNT BURST PAUSE`: so many changes, a burst at a time; each is
told to every socket, with the time in it. Each line is answered by one.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import uvicorn
from api_parts import UTC, FakePulse, make_parts, queue, until
from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection, broadcast, serve

from api.__main__ import server_options
from api.app import create_origin
from api.door.connections import HalfOpen
from api.door.crowd import Crowd, Rates
from api.door.peers import Proxies, read_proxies
from api.gate import Gate
from api.live.board import Board
from api.live.hub import Hub
from api.outermost import Door
from api.tokens import Principal, Tokens
from infra.ports import HOST
from tests.bench.socket_clients import SECRET

QUEUES = 100
# All of them come from one address, which is not what is measured.
NO_LIMITS = Rates(10**6, 10**6, 10**6)
GOING = 1012

Tell = Callable[[int, int, float], Awaitable[None]]


class Everybody:
    """A registry in which everybody is what their token says."""

    async def holds(self, principal: Principal) -> bool:
        return True

    async def look(self, principals: Iterable[Principal]) -> None:
        """There is nothing to be looked up."""


class Changing:
    """A hub's board on which queues change."""

    def __init__(self) -> None:
        self.board = Board()
        self.hub = Hub(self.board, FakePulse(), UTC)
        self._version = 0
        self.board.replace([], [self._queue(number) for number in range(QUEUES)])
        self.hub.flush()

    async def tell(self, count: int, burst: int, pause: float) -> None:
        """Change queues, and let the hub tell of them."""
        for begin in range(0, count, burst):
            for number in range(begin, begin + burst):
                self.board.put_queue(self._queue(number % QUEUES))
            self.hub.stir()
            await asyncio.sleep(pause)

    def _queue(self, number: int) -> Any:
        self._version += 1
        return replace(queue(f"q{number}", self._version), name=f"@{time.time():.6f}@")

    def kick(self) -> None:
        """Close all sockets."""
        for client in self.hub.clients:
            client.close(GOING)


async def trunkline(port: int) -> None:
    """The origin."""
    it = Changing()
    door = Door(Proxies(), Crowd(NO_LIMITS))
    gate = Gate(Tokens(SECRET), Everybody(), crowd=door.crowd)
    parts = replace(make_parts(), gate=gate, hub=it.hub, door=door)
    options = server_options(HalfOpen(Proxies(read_proxies(HOST))))
    server = uvicorn.Server(uvicorn.Config(create_origin(parts), host=HOST, port=port, **options))
    spreading = asyncio.create_task(it.hub.spread())
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    await obey(it.tell, it.kick)
    spreading.cancel()
    server.should_exit = True
    await serving


async def plain(port: int) -> None:
    """The library alone: whoever connects is told everything, the same bytes as the origin's."""
    open_now: set[ServerConnection] = set()
    first = message_of(0)

    async def handler(socket: ServerConnection) -> None:
        open_now.add(socket)
        try:
            await socket.send(first)
            await socket.wait_closed()
        finally:
            open_now.discard(socket)

    async def tell(count: int, burst: int, pause: float) -> None:
        for _ in range(0, count, burst):
            for number in range(burst):
                broadcast(open_now, message_of(number))
            await asyncio.sleep(pause)

    def kick() -> None:
        for socket in open_now:
            asyncio.get_running_loop().create_task(socket.close(GOING))

    async with serve(handler, HOST, port, compression=None, ping_interval=None):
        await obey(tell, kick)


def message_of(number: int) -> str:
    """A frame as the hub makes them."""
    board = Board()
    board.put_queue(replace(queue(f"q{number}", 1), name=f"@{time.time():.6f}@"))
    (it,) = board.take(0, 0)["default"]
    return json.dumps(
        {"event": it.event, "data": json.loads(bytes(it.data)), "seq": 1, "version": 1}, separators=(",", ":")
    )


async def obey(tell: Tell, kick: Callable[[], None]) -> None:
    """Do what the lines on the standard input say, until they end."""
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, *more = line.split()
        if word == "tell":
            await tell(int(more[0]), int(more[1]), float(more[2]))
        elif word == "kick":
            kick()
        say("done")


def say(word: str) -> None:
    """Write a line that the parent waits for."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run({"trunkline": trunkline, "websockets": plain}[sys.argv[1]](int(sys.argv[2])))
