"""The way from any process to the page that is somebody's phone, and back: by NOTIFY, to whoever has its sockets.

A page is told on its user's live sockets what to do; what it says of that, and that another page took its place, goes
to all processes too. Nothing is kept: what is not heard in time counts as not done.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from api.control.commands import Verdict
from api.control.pages import Asked
from api.control.plan import Leg, Target
from api.database import Database, notices
from api.live.hub import Hub
from api.live.messages import PHONE_COMMAND, PhoneCommand, message
from api.phone.sessions import PostgresPhones

CHANNEL = "trunkline_phones"
REFUSED = "The page could not do it."


class Ask(Asked, frozen=True, tag="ask"):
    """To the page."""


class Answered(Struct, frozen=True, tag="answered"):
    """What the page says of a command."""

    command_id: UUID
    done: bool
    why: str = ""


class Replaced(Struct, frozen=True, tag="replaced"):
    """Another page is the phone now: `page_id`."""

    pbx: str
    interface: str
    page_id: str


Told = Ask | Answered | Replaced


class Wire(Protocol):
    """What all processes hear."""

    def heard(self) -> AsyncIterator[Told]:
        """What is told, for ever. Raises what the connection raises."""
        ...

    async def tell(self, told: Told) -> None:
        """Tell all, this process too."""
        ...


class PostgresWire:
    """`Wire` by LISTEN and NOTIFY."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url

    async def heard(self) -> AsyncIterator[Told]:
        """What is told, for ever."""
        async for told in notices(self._url, CHANNEL):
            if told is not None:
                yield msgspec.json.decode(told, type=Told)

    async def tell(self, told: Told) -> None:
        """Tell all."""
        async with self._database.tenantless() as connection:
            await connection.execute("SELECT tell_phones(%s)", [msgspec.json.encode(told).decode()])


class Switchboard:
    """`Pages` for the command layer, and the ears of this process."""

    def __init__(self, wire: Wire, hub: Hub, phones: PostgresPhones) -> None:
        self._wire = wire
        self._hub = hub
        self._phones = phones
        self._waiting: dict[UUID, tuple[asyncio.Future[Verdict], bool]] = {}
        self._open: defaultdict[tuple[str, str], dict[asyncio.Event, str]] = defaultdict(dict)

    # ---- for the command layer

    async def ask(self, asked: Asked) -> None:
        """Tell the page what to do."""
        await self._wire.tell(Ask(**msgspec.structs.asdict(asked)))

    @contextmanager
    def answering(self, command_id: UUID, told: asyncio.Future[Verdict], *, counts: bool) -> Iterator[None]:
        """While it lasts, what the page says of a command goes into `told`: its no, and if it `counts` its yes."""
        self._waiting[command_id] = told, counts
        try:
            yield
        finally:
            del self._waiting[command_id]

    async def number_for(self, tenant: str, leg: Leg, target: Target) -> str:
        """What the page has to dial to reach a target, which it may do for a moment."""
        assert leg.user_id is not None, "a page has a user"
        return await self._phones.number_for(tenant, leg.user_id, leg.pbx, target)

    # ---- for pages

    async def answer(self, command_id: UUID, why: str, *, done: bool) -> None:
        """The page says what came of a command."""
        await self._wire.tell(Answered(command_id, done, why))

    async def replace(self, pbx: str, interface: str, page_id: str) -> None:
        """A page takes another's place."""
        await self._wire.tell(Replaced(pbx, interface, page_id))

    @contextmanager
    def open_socket(self, pbx: str, interface: str, page_id: str) -> Iterator[asyncio.Event]:
        """A page's SIP socket is open here; the event is set when another page takes its place."""
        replaced, place = asyncio.Event(), (pbx, interface)
        self._open[place][replaced] = page_id
        try:
            yield replaced
        finally:
            del self._open[place][replaced]
            if not self._open[place]:
                del self._open[place]

    @property
    def sockets(self) -> int:
        """How many SIP sockets are open here."""
        return sum(map(len, self._open.values()))

    # ---- the ears

    async def run(self) -> None:
        """Listen until the connection breaks."""
        async for told in self._wire.heard():
            self.take(told)

    def take(self, told: Told) -> None:
        """Do what is to be done here about what all are told."""
        match told:
            case Ask():
                data = PhoneCommand(str(told.command_id), told.page_id, told.name, told.call_id, told.target)
                each = (message(PHONE_COMMAND, data),)
                for client in self._hub.clients:
                    if (client.tenant, client.principal.user_id) == (told.tenant, told.user_id):
                        client.tell(each)
            case Answered():
                future, counts = self._waiting.get(told.command_id, (None, False))
                if future is not None and not future.done() and (counts or not told.done):
                    future.set_result(Verdict(told.done, "" if told.done else told.why or REFUSED))
            case Replaced():
                for replaced, page_id in self._open.get((told.pbx, told.interface), {}).items():
                    if page_id != told.page_id:
                        replaced.set()
