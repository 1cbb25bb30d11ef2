"""Calls that are dialled while the link to the PBX dies, between the action and its answer, in several ways."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

import psycopg
from api_parts import NOON, SECRET, FakePulse, agent, until
from api_rows import add_user, live_statements, write
from phones.people import Desk, Trunk

from api.control.commands import Command, CommandStatus
from api.control.layer import Layer
from api.control.permits import AnyNumber
from api.control.seeker import Patience
from api.database import Database
from api.live.board import Board
from api.live.hub import Hub
from api.roles import Role
from api.settings import Settings, read_settings
from api.tokens import Principal
from asterisk.account import Timing
from infra.asterisk import CONTROL_USER, RealAsterisk
from infra.ports import HOST

Way = Literal["before", "after", "late", "frozen", "whole"]
# before: the action never reaches Asterisk; after: its answer is lost; late: it reaches Asterisk when everybody has
# given it up; frozen: Asterisk stands still, and reads it when it wakes; whole: nothing happens.
CUTS: tuple[Way, ...] = ("before", "after", "late")
QUICK = Timing(connect=1.0, login=1.0, boot=0.2, ping_every=0.4, ping_timeout=0.6, ping_grace=0.2, retry_most=0.3)
SHORT = Patience(settles=1.0, away=12.0, look=0.1)
LATE_S, FROZEN_S = 2.5, 2.5


class Cutter:
    """A line to the manager interface that is cut when a call is dialled over it."""

    def __init__(self, target: tuple[str, int], asterisk: RealAsterisk) -> None:
        self.way: Way = "whole"
        self.port = 0
        self._target = target
        self._asterisk = asterisk
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen and pass on."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut everything, and listen no more."""
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        out = asyncio.create_task(self._out(reader, writer, far_writer))
        back = asyncio.create_task(self._back(far_reader, writer))
        self._tasks |= {out, back}
        try:
            await asyncio.wait({out, back}, return_when=asyncio.FIRST_COMPLETED)
            writer.transport.abort()
            # What was held back still goes out; Asterisk reads it before it sees the end.
            await asyncio.wait({out})
        finally:
            back.cancel()
            writer.transport.abort()
            far_writer.close()
            with suppress(OSError):
                await far_writer.wait_closed()

    async def _out(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                way = self.way if b"Action: Originate" in data else "whole"
                if way == "frozen":
                    self._freeze()
                if way == "before":
                    near.transport.abort()
                    return
                if way == "late":
                    near.transport.abort()
                    await asyncio.sleep(LATE_S)
                far.write(data)
                await far.drain()

    async def _back(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                if self.way == "after" and b"Originate successfully queued" in data:
                    self.way = "whole"
                    return
                near.write(data)
                await near.drain()

    def _freeze(self) -> None:
        self.way, pid = "whole", self._asterisk.process.pid
        os.kill(pid, signal.SIGSTOP)
        asyncio.get_running_loop().call_later(FROZEN_S, os.kill, pid, signal.SIGCONT)


@dataclass(frozen=True)
class Round:
    """What a round came to."""

    way: Way
    status: str
    detail: str
    rang: int
    seconds: float


@dataclass
class Lane:
    """One agent with a phone, and a command layer of its own behind a line that is cut."""

    layer: Layer
    cutter: Cutter
    desk: Desk
    principal: Principal
    owner: str = field(repr=False)
    extension: str = ""

    async def round(self, way: Way, number: int) -> Round:
        """Dial once while the line dies in this way; what came of it, when nothing more is to be expected."""
        began, rang = time.monotonic(), self.desk.calls.qsize()
        await until(lambda: next(iter(self.layer.links)).is_up)
        self.cutter.way = way
        command = await self.layer.desks.calls.dial(self.principal, f"555{self.extension}{number:02}")
        settled = await self._settled(command)
        self.cutter.way = "whole"
        seconds = time.monotonic() - began
        # Whatever is under way appears by now.
        await asyncio.sleep(LATE_S + 1.0 if way == "late" else 1.0)
        with psycopg.connect(self.owner) as connection:
            connection.execute("UPDATE commands SET settled_at = settled_at - interval '1 minute'")
        return Round(way, settled.status, settled.detail, self.desk.calls.qsize() - rang, seconds)

    async def _settled(self, command: Command) -> Command:
        async with asyncio.timeout(60):
            while True:
                found = await self.layer.desks.calls.command(self.principal, str(command.id))
                if found.status in (CommandStatus.CONFIRMED, CommandStatus.FAILED):
                    return found
                await asyncio.sleep(0.05)


@asynccontextmanager
async def lane(asterisk: RealAsterisk, owner: str, database: str, extension: str) -> AsyncIterator[Lane]:
    """An agent at this extension; `owner` and `database` are the URLs of the owner and of the API's role."""
    cutter = Cutter(asterisk.ami_address, asterisk)
    await cutter.open()
    user = add_user(owner, f"agent{extension}", "agent")
    seat = agent(extension, interface=f"PJSIP/{extension}", extension=extension, pbx=asterisk.system_name)
    write(owner, live_statements([seat], []))
    with psycopg.connect(owner) as connection:
        connection.execute("UPDATE agent_extensions SET user_id = %s WHERE extension = %s", [user, extension])
    pool = Database(database)
    await pool.open()
    hub = Hub(Board(), FakePulse(), ZoneInfo("UTC"), lambda: NOON)
    layer = Layer(pool, settings(asterisk, database, cutter.port), hub, AnyNumber(), None, SHORT, QUICK)
    layer.start()
    sweeping = asyncio.create_task(_sweep(layer))
    principal = Principal(user, extension, "default", Role.AGENT, 4_000_000_000, "")
    async with Desk(asterisk, extension) as desk:
        desk.answers_after(0.05, talks=0.5)
        try:
            yield Lane(layer, cutter, desk, principal, owner, extension)
        finally:
            sweeping.cancel()
            await layer.close()
            await cutter.close()
            await pool.close()


async def _sweep(layer: Layer) -> None:
    sweep = next(iter(layer.works()))
    while True:
        await sweep.do()
        await asyncio.sleep(1.0)


def settings(asterisk: RealAsterisk, database: str, port: int) -> Settings:
    """An API that reaches this Asterisk at this port."""
    return read_settings(
        {
            "TRUNKLINE_DATABASE": database,
            "TRUNKLINE_KAFKA": "127.0.0.1:1",
            "TRUNKLINE_DASHBOARD": "127.0.0.1:1",
            "TRUNKLINE_JWT_SECRET": SECRET.decode(),
            "TRUNKLINE_PBX": asterisk.system_name,
            "TRUNKLINE_AMI": f"{HOST}:{port}",
            "TRUNKLINE_CONTROL_USER": CONTROL_USER,
            "TRUNKLINE_CONTROL_SECRET": asterisk.installation.secrets.control,
        }
    )


async def play(
    asterisk: RealAsterisk, owner: str, database: str, extensions: Sequence[str], cuts: int, frozen: int
) -> list[Round]:
    """So many rounds with cuts, shared by these agents, and then so many in which Asterisk stands still."""
    async with Trunk(asterisk) as trunk:
        trunk.answers_after(0.05)
        lanes = [lane(asterisk, owner, database, extension) for extension in extensions]
        entered = [await each.__aenter__() for each in lanes]
        try:
            await asyncio.sleep(1.0)
            shares = [range(place, cuts, len(entered)) for place in range(len(entered))]
            parts = [_rounds(it, [(CUTS[n % 3], n) for n in share]) for it, share in zip(entered, shares, strict=True)]
            told = [each for part in await asyncio.gather(*parts) for each in part]
            told += await _rounds(entered[0], [("frozen", number) for number in range(cuts, cuts + frozen)])
        finally:
            for each in lanes:
                await each.__aexit__(None, None, None)
    return told


async def _rounds(it: Lane, ways: Sequence[tuple[Way, int]]) -> list[Round]:
    return [await it.round(way, number) for way, number in ways]


def summary(rounds: Sequence[Round]) -> Counter[tuple[str, str, int]]:
    """How often each way came to what, and rang how often."""
    return Counter((each.way, each.status, each.rang) for each in rounds)
