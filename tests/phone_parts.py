"""Phones in browsers as tests make them: pages in memory, a PBX that answers as told, the page's end of a socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar.exceptions import WebSocketDisconnect

from api.control.links import Link, Links
from api.control.plan import Target
from api.phone.sessions import Line, PostgresPhones, Session, Watched
from api.phone.switchboard import Told
from api.tokens import Principal
from asterisk.ami import Packet, parse_packet
from asterisk.answers import Answer
from asterisk.encoding import Action
from asterisk.errors import ActionRefused

PAGE = "p" * 22
SESSION = Session("default", "00000000-0000-0000-0000-000000000001", "pbx", "PJSIP/1101", PAGE)
LINE = Line("pbx", "PJSIP/1101", "1101", "Wendy", "Acme", "Wendy", 5.0)
OWNER = UUID(int=9)


class FakePhones:
    """`Phones` in memory, of one page; numbers outside begin with 9."""

    def __init__(self, line: Line | None = LINE) -> None:
        self.place = line
        self.reasons: list[str] | None = None
        self.opened: list[tuple[str, str]] = []
        self.sockets: list[UUID] = []
        self.fetched = False
        self.reachable = {"600", "1001"}
        self.pages: list[Watched] = [Watched(SESSION, True)]
        self.is_guard = True
        self.asked: set[UUID] = set()

    async def line(self, principal: Principal) -> Line | None:
        return self.place

    async def signed_in_at(self, principal: Principal) -> int | None:
        return 1_000

    async def pause_reasons(self, principal: Principal) -> list[str] | None:
        return self.reasons

    async def open(self, principal: Principal, line: Line, page_id: str, secret: str) -> None:
        self.opened.append((page_id, secret))

    async def session(self, principal: Principal, page_id: str) -> Session | None:
        return SESSION if page_id == PAGE else None

    async def connect(self, session: Session, owner: UUID, socket: UUID) -> None:
        assert owner == OWNER
        self.sockets.append(socket)

    async def disconnect(self, session: Session, socket: UUID) -> None:
        self.sockets.remove(socket)

    async def fetches(self, session: Session) -> bool:
        is_new, self.fetched = not self.fetched, True
        return is_new

    async def may_reach(self, session: Session, exten: str) -> bool:
        return exten in self.reachable

    async def take_guard(self, pbx: str, owner: UUID, for_s: float) -> bool:
        return self.is_guard

    async def watched(self, pbx: str) -> list[Watched]:
        return self.pages

    async def was_asked(self, principal: Principal, command_id: UUID) -> bool:
        return command_id in self.asked

    async def number_for(self, tenant: str, user_id: str, pbx: str, target: Target) -> str:
        return target.exten if target.context == "inside" else f"9{target.exten}"


def as_stored(phones: FakePhones) -> PostgresPhones:
    """The same, where the whole store is wanted."""
    return cast(PostgresPhones, phones)


class Loopback:
    """A wire on which this process hears itself alone, as it comes from the database: as text."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    async def heard(self) -> AsyncIterator[Told]:
        for each in self.told:
            yield msgspec.json.decode(msgspec.json.encode(each), type=Told)

    async def tell(self, told: Told) -> None:
        self.told.append(told)


class ToldLink:
    """A link to a PBX whose channels, packets and answers are told."""

    def __init__(self, pbx: str = "pbx") -> None:
        self.pbx = pbx
        self.is_up = True
        self.channels: list[dict[str, str]] = []
        self.packets: dict[str, str] = {}
        self.states = ["Not in use"]
        self.contexts = {"phone-back", "phone-lost", "phone-supervise", "phone-join"}
        self.did: list[Action] = []
        self.refuses = False

    async def ask(self, action: Action, action_id: str | None = None, timeout: float = 3.0) -> Answer:
        if action.changes_state or action.name == "Reload":
            self.did.append(action)
            if self.refuses:
                raise ActionRefused(action.name, "No such channel")
        match action.name:
            case "CoreShowChannels":
                return Answer(_packet(), tuple(_packet(**each) for each in self.channels))
            case "Getvar":
                return Answer(_packet(Value=self.packets.get(getattr(action, "channel", ""), "0")))
            case "PJSIPShowEndpoint":
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                return Answer(_packet(), (_packet(Event="EndpointDetail", DeviceState=state),))
        return Answer(_packet(Response="Success"))

    async def leads_somewhere(self, context: str, exten: str) -> bool:
        return context in self.contexts


def links(*told: ToldLink) -> Links:
    """Links to these PBXs."""
    return Links(cast(Link, each) for each in told)


def channel(name: str, uniqueid: str, bridge: str = "b1", **more: str) -> dict[str, str]:
    """A channel in conversation, as CoreShowChannels tells it."""
    plain = {"Channel": name, "ChannelState": "6", "Uniqueid": uniqueid, "Linkedid": "1", "BridgeId": bridge}
    return plain | {"Context": "queue", "Exten": "2002", "Application": "Queue", "Duration": "00:00:10"} | more


def _packet(**headers: str) -> Packet:
    return parse_packet("\r\n".join(f"{name}: {value}" for name, value in headers.items()).encode())


class FakePeer:
    """The page's end of its SIP socket."""

    def __init__(self) -> None:
        self.up: asyncio.Queue[Any] = asyncio.Queue()
        self.down: asyncio.Queue[str] = asyncio.Queue()
        self.code: int | None = None

    async def receive_data(self, mode: Any) -> Any:
        data = await self.up.get()
        if data is None:
            raise WebSocketDisconnect(detail="gone")
        return data

    async def send_data(self, data: Any, mode: Any = "text") -> None:
        self.down.put_nowait(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.code = code
