"""The origin as it runs: a server on a free port, with real database and broker, and a small dashboard behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn
from api_parts import PASSWORD, SECRET
from websockets.asyncio.client import connect

from api.__main__ import server_of
from api.settings import Settings, read_settings

Start = Callable[..., Any]


class Site(NamedTuple):
    """A running origin: `host:port`, and a client that keeps cookies."""

    address: str
    client: httpx.AsyncClient

    async def sign_in(self) -> dict[str, str]:
        """Sign in as the first user; the headers for sockets."""
        form = {"username": "admin", "password": PASSWORD}
        answer = await self.client.post("/api/auth/login", json=form)
        answer.raise_for_status()
        return {"authorization": f"Bearer {answer.json()['accessToken']}"}

    async def checks(self) -> dict[str, str]:
        """What /readyz says of each part."""
        checks = (await self.client.get("/readyz")).json()["checks"]
        return {name: check["status"] for name, check in checks.items()}

    async def until_heard(self) -> None:
        """Wait until the live topics are followed. /readyz, asked too early, would say no for another second."""
        async with asyncio.timeout(60):
            while True:
                if "trunkline_api_feed_connected 1.0" in (await self.client.get("/metrics")).text:
                    return
                await asyncio.sleep(0.02)

    async def until_part(self, name: str, status: str) -> None:
        """Wait until a part is as said; a minute is for ever."""
        async with asyncio.timeout(60):
            while True:
                if (await self.checks()).get(name) == status:
                    return
                await asyncio.sleep(0.2)

    def socket(self, headers: dict[str, str], path: str = "/ws/pbx", **more: Any) -> connect:
        """A socket to be opened, from a page of this origin if no other is said."""
        plain: dict[str, Any] = {"origin": f"http://{self.address}", "proxy": None, "compression": None}
        return connect(f"ws://{self.address}{path}", additional_headers=headers, **{**plain, **more})


@asynccontextmanager
async def running(server: uvicorn.Server) -> AsyncIterator[str]:
    """Serve in this loop; `host:port`."""
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    # A test that fails must not leave sockets to those after it.
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def dashboard(scope: Any, receive: Any, send: Any) -> None:
    """Says what it was asked, and repeats what a socket sends."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{scope['path']} {message['text']}"})
        return
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message.get("more_body"):
            break
    names = [name.decode() for name, _ in scope["headers"]]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"theirs=1")]})
    text = f"{scope['method']} {scope['raw_path'].decode()}?{scope['query_string'].decode()} {len(body)} {names}"
    await send({"type": "http.response.body", "body": text.encode()})


@pytest.fixture
async def start(database_as: Callable[..., str], topics: str) -> Start:
    """Starts an origin: `async with start() as site`. Settings may be given by name."""

    @asynccontextmanager
    async def started(ready: bool = True, **changes: str) -> AsyncIterator[Site]:
        config = uvicorn.Config(
            dashboard, port=0, ws="websockets-sansio", lifespan="off", log_config=None, access_log=False
        )
        async with running(uvicorn.Server(config)) as upstream:
            settings = make_settings(database_as("trunkline_api"), topics, upstream, **changes)
            async with (
                running(server_of(settings)) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                site = Site(address, client)
                if ready:
                    await site.until_heard()
                    await site.until_part("users", "pass")
                yield site

    return started


def make_settings(database: str, kafka: str, upstream: str, **changes: str) -> Settings:
    """Settings for this database, broker and dashboard, on a free port."""
    return read_settings(
        {
            "TRUNKLINE_DATABASE": database,
            "TRUNKLINE_KAFKA": kafka,
            "TRUNKLINE_DASHBOARD": upstream,
            "TRUNKLINE_JWT_SECRET": SECRET.decode(),
            "TRUNKLINE_ADMIN_PASSWORD": PASSWORD,
            "TRUNKLINE_PORT": "0",
            **changes,
        }
    )
