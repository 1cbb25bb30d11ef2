"""The Socket.IO library's own client against a real server, over each transport: what the guide's client does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import socketio
import uvicorn
from api_parts import UTC, Clock, FakePulse, agent, busy, make_parts, make_seats, queue, token, until
from integration.api.conftest import running
from msgspec.structs import replace

from api.app import create_origin
from api.live.board import Board
from api.live.hub import Hub
from api.roles import Role
from calls.presence import Presence, PresenceState

TRANSPORTS = (["polling"], ["websocket"], ["polling", "websocket"])


class Live:
    """A hub with Alice, and the server's address."""

    def __init__(self) -> None:
        self.board = Board()
        self.board.replace([agent()], [queue()])
        self.hub = Hub(self.board, FakePulse(), UTC, Clock())
        self.hub.flush()
        self.address = ""

    @asynccontextmanager
    async def served(self) -> AsyncIterator["Live"]:
        origin = create_origin(replace(make_parts(), hub=self.hub, seats=make_seats("pbx:PJSIP/Alice")))
        config = uvicorn.Config(origin, port=0, ws="websockets-sansio", log_config=None, access_log=False)
        async with running(uvicorn.Server(config)) as self.address:
            yield self


class Browser:
    """A Socket.IO client that keeps what it hears."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.client = socketio.AsyncClient(reconnection=False, http_session=session)
        self.heard: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()
        self.client.on("*", self._hear, namespace="/pbx")

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator["Browser"]:
        """One, and its connections closed at the end."""
        async with aiohttp.ClientSession() as session:
            yield cls(session)

    async def _hear(self, *told: Any) -> None:
        await self.heard.put(told)

    async def connect(self, live: Live, transports: list[str], said: str, **headers: str) -> None:
        """Connect as the guide's client does, by a token."""
        await self.client.connect(
            f"http://{live.address}",
            headers={"Origin": f"http://{live.address}", **headers},
            auth={"token": said},
            namespaces=["/pbx"],
            transports=transports,
        )

    async def next(self, event: str) -> Any:
        """The data of the next event of this name."""
        while (told := await self.heard.get())[0] != event:
            pass
        return told[1]


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_an_agent_logs_in_and_is_told_of_its_call(transports: list[str]) -> None:
    async with Live().served() as live, Browser.opened() as browser:
        await browser.connect(live, transports, token(Role.AGENT))
        await browser.next("snapshot")
        await browser.client.emit("agent:login", {"agentId": "PJSIP/Alice"}, namespace="/pbx")
        assert (await browser.next("agent:status:updated"))["status"] == "AVAILABLE"
        live.board.put_agent(replace(busy(), presence=Presence(PresenceState.RINGING, 0, call_id="1")))
        live.hub.flush()
        assert (await browser.next("call:incoming"))["callId"] == "pbx:1"
        assert browser.client.transport() == transports[-1]
        await browser.client.disconnect()
        await until(lambda: not live.hub.clients)


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_strangers_are_refused(transports: list[str]) -> None:
    async with Live().served() as live:
        for said, headers in (("nonsense", {}), (token(), {"Origin": "http://evil.test"})):
            async with Browser.opened() as browser:
                with pytest.raises(socketio.exceptions.ConnectionError):
                    await browser.connect(live, transports, said, **headers)
        assert live.hub.clients == []
