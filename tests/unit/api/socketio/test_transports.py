"""api/socketio/transports.py: polling and WebSocket, through the whole application."""

import asyncio
import json

import httpx
import pytest
from api_parts import (
    ORIGIN,
    UTC,
    Clock,
    FakePulse,
    Refused,
    Socket,
    agent,
    busy,
    client_of,
    make_parts,
    queue,
    socket_to,
    token,
)
from msgspec.structs import replace

from api.app import create_origin
from api.live.board import Board
from api.live.client import SIGNED_OUT
from api.live.hub import Hub
from api.roles import Role
from api.socketio.packets import CLOSE, NOOP, SEPARATOR
from api.socketio.transports import MAX_PAYLOAD, is_socketio

POLLING, WEBSOCKET = "/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=websocket"


class Live:
    """An origin with something to tell, and a client of it."""

    def __init__(self) -> None:
        self.board = Board()
        self.board.replace([agent()], [queue()])
        self.hub = Hub(self.board, FakePulse(), UTC, Clock())
        self.hub.flush()
        self.origin = create_origin(replace(make_parts(), hub=self.hub), [])
        self.browser = client_of(self.origin)

    async def open(self, **headers: str) -> str:
        """A new session; its address."""
        answer = await self.browser.get(POLLING, headers=headers)
        assert answer.status_code == 200
        opened = json.loads(answer.text[1:])
        assert (opened["upgrades"], opened["maxPayload"]) == (["websocket"], MAX_PAYLOAD)
        return f"{POLLING}&sid={opened['sid']}"

    async def say(self, address: str, *packets: str) -> httpx.Response:
        """Send packets."""
        return await self.browser.post(address, content=SEPARATOR.join(packets))

    async def hear(self, address: str) -> list[str]:
        """What waits."""
        answer = await self.browser.get(address)
        assert answer.status_code == 200
        return answer.text.split(SEPARATOR)


def connect(role: Role = Role.MANAGER) -> str:
    """The packet that signs in."""
    return '40/pbx,{"token":"' + token(role) + '"}'


async def text(socket: Socket) -> str:
    """The next frame."""
    message = await socket.down.get()
    assert message["type"] == "websocket.send", message
    return str(message["text"])


async def test_polling_signs_in_by_the_token_and_hears_what_changes() -> None:
    live = Live()
    address = await live.open()
    assert (await live.say(address, connect())).text == "ok"
    first, second = await live.hear(address)
    assert first.startswith("40/pbx,") and second.startswith('42/pbx,["snapshot"')
    polling = asyncio.ensure_future(live.hear(address))
    await asyncio.sleep(0)
    live.board.put_agent(busy())
    live.hub.flush()
    assert [each[7:24] for each in await polling] == ['["presence:update', '["queue:update",{']


async def test_polling_signs_in_by_the_cookie_if_the_page_is_ours() -> None:
    live = Live()
    cookie = f"trunkline={token()}"
    for headers, inside in [({"origin": ORIGIN}, True), ({"sec-fetch-site": "same-origin"}, True), ({}, False)]:
        address = await live.open(cookie=cookie, **headers)
        await live.say(address, "40/pbx,")
        assert (await live.hear(address))[0].startswith("40/pbx," if inside else "44/pbx,")


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_another_sites_page_opens_nothing(headers: dict[str, str]) -> None:
    live = Live()
    assert (await live.browser.get(POLLING, headers=headers)).status_code == 403
    with pytest.raises(Refused):
        async with socket_to(live.origin, WEBSOCKET, {"origin": "http://evil.test", **headers}):
            pass
    address = await live.open()
    assert (await live.browser.post(address, content=connect(), headers=headers)).status_code == 403


async def test_a_token_in_the_address_opens_nothing() -> None:
    live = Live()
    assert (await live.browser.get(f"{POLLING}&token={token()}")).status_code == 400
    answer = await live.browser.get(f"{POLLING}&auth={token()}")
    address = f"{POLLING}&sid={json.loads(answer.text[1:])['sid']}&auth={token()}"
    await live.say(address, "40/pbx,")
    assert await live.hear(address) == ['44/pbx,{"message":"Sign in first."}']


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/socket.io/", 400),
        ("GET", "/socket.io/?EIO=3&transport=polling", 400),
        ("GET", "/socket.io/?EIO=4&transport=flashsocket", 400),
        ("GET", POLLING + "&sid=x", 400),
        ("POST", POLLING, 400),
        ("POST", POLLING + "&sid=x", 400),
        ("DELETE", POLLING, 400),
    ],
)
async def test_what_is_no_request_of_the_protocol_is_refused(method: str, address: str, status: int) -> None:
    answer = await Live().browser.request(method, address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_body_has_a_limit_and_is_text() -> None:
    live = Live()
    address = await live.open()
    assert (await live.browser.post(address, content=b"4" * (MAX_PAYLOAD + 1))).status_code == 413
    assert (await live.browser.post(address, content=b"\xff")).status_code == 400


async def test_a_session_is_polled_by_one_request_at_a_time() -> None:
    live = Live()
    address = await live.open()
    first = asyncio.ensure_future(live.hear(address))
    await asyncio.sleep(0.01)
    assert (await live.browser.get(address)).status_code == 400
    assert await first == [CLOSE]
    assert (await live.browser.get(address)).status_code == 400


async def test_who_is_let_go_is_told_by_its_poll() -> None:
    live = Live()
    address = await live.open()
    await live.say(address, connect())
    await live.hear(address)
    polling = asyncio.ensure_future(live.hear(address))
    await asyncio.sleep(0.01)
    live.hub.clients[0].close(SIGNED_OUT)
    assert await polling == [CLOSE]
    assert live.hub.clients == []


async def test_a_websocket_from_the_start() -> None:
    live = Live()
    async with socket_to(live.origin, WEBSOCKET, {}) as socket:
        assert (await text(socket)).startswith("0{")
        socket.send(connect())
        assert (await text(socket)).startswith("40/pbx,")
        assert (await text(socket)).startswith('42/pbx,["snapshot"')
        socket.send('42/pbx,1["resync"]')
        assert await text(socket) == "43/pbx,1[null]"
        live.hub.clients[0].close(SIGNED_OUT)
        assert await socket.closed() == SIGNED_OUT
    assert live.hub.clients == []


async def test_a_session_moves_to_a_websocket() -> None:
    live = Live()
    address = await live.open()
    await live.say(address, connect())
    await live.hear(address)
    polling = asyncio.ensure_future(live.hear(address))
    await asyncio.sleep(0.01)
    async with socket_to(live.origin, address.replace("polling", "websocket"), {}) as socket:
        socket.send("2probe")
        assert await text(socket) == "3probe"
        assert await polling == [NOOP]
        socket.send("5")
        await asyncio.sleep(0.01)
        live.board.put_queue(queue(version=2))
        live.hub.flush()
        assert (await text(socket)).startswith('42/pbx,["queue:update"')
        assert (await live.browser.get(address)).status_code == 400
    assert live.hub.clients == []


async def test_a_session_that_does_not_move_stays_where_it_is() -> None:
    live = Live()
    address = await live.open()
    async with socket_to(live.origin, address.replace("polling", "websocket"), {}) as socket:
        socket.send("nonsense")
        assert await socket.closed()
    await live.say(address, connect())
    assert len(await live.hear(address)) == 2


async def test_a_websocket_of_no_session_is_refused() -> None:
    for address in (WEBSOCKET + "&sid=x", WEBSOCKET.replace("EIO=4", "EIO=3")):
        with pytest.raises(Refused):
            async with socket_to(Live().origin, address, {}):
                pass


def test_its_addresses() -> None:
    assert [is_socketio(path) for path in ("/socket.io", "/socket.io/", "/socket.iox", "/x")] == [
        True,
        True,
        False,
        False,
    ]
