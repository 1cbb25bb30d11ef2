"""The relay: frames go through, what a phone may not say does not, and the socket ends when it must."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from api_parts import UTC, Clock, FakePulse, until
from phone_parts import OWNER, SESSION, FakePeer, FakePhones, Loopback, as_stored
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from api.live.board import Board
from api.live.hub import Hub
from api.phone.relay import Relay, Upstreams
from api.phone.sessions import Session
from api.phone.switchboard import Replaced, Switchboard

REGISTER = (
    "REGISTER sip:trunkline SIP/2.0\r\nVia: SIP/2.0/WS x;branch=z\r\nFrom: <sip:1101@trunkline>;tag=a\r\n"
    "To: <sip:1101@trunkline>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n\r\n"
)
REGISTERED = "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\nContact: <sip:x@y>\r\n\r\n"


def invite(number: str) -> str:
    """A call to a number."""
    return REGISTER.replace("REGISTER sip:trunkline", f"INVITE sip:{number}@trunkline").replace("REGISTER", "INVITE")


class Line:
    """A relay between a page and a PBX of this test's."""

    def __init__(self, url: str) -> None:
        self.peer, self.phones, self.registered = FakePeer(), FakePhones(), list[Session]()
        self.signed_in = True
        hub = Hub(Board(), FakePulse(), UTC, Clock())
        self.switchboard = Switchboard(Loopback(), hub, as_stored(self.phones))
        self.relay = Relay(self.phones, self.switchboard, Upstreams({"pbx": url}), OWNER, self._registered)

    async def run(self) -> None:
        """Until it ends."""
        await self.relay.run(self.peer, SESSION, self._still)
        await self.relay.close()

    async def _registered(self, session: Session) -> None:
        self.registered.append(session)

    async def _still(self) -> bool:
        return self.signed_in


async def pbx(socket: ServerConnection) -> None:
    """Registers everybody, and repeats what else it hears."""
    async for text in socket:
        assert isinstance(text, str)
        await socket.send(REGISTERED if text.startswith("REGISTER") else text)
        if text.startswith("BYE"):
            return


@asynccontextmanager
async def talking() -> AsyncIterator[Line]:
    """An open socket; it must have ended when the body does."""
    async with serve(pbx, "127.0.0.1", 0, subprotocols=[Subprotocol("sip")], compression=None) as server:
        line = Line(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws")
        task = asyncio.create_task(line.run())
        try:
            yield line
            async with asyncio.timeout(10):
                await task
        finally:
            task.cancel()
    assert line.phones.sockets == [] and line.switchboard.sockets == 0


async def test_frames_go_both_ways_and_the_registration_is_told_once() -> None:
    async with talking() as line:
        for _ in range(2):
            line.peer.up.put_nowait(REGISTER)
            assert await line.peer.down.get() == REGISTERED
        await until(lambda: bool(line.registered))
        line.peer.up.put_nowait(invite("1001"))
        assert await line.peer.down.get() == invite("1001")
        assert len(line.phones.sockets) == 1 and line.registered == [SESSION]
        line.peer.up.put_nowait(None)
    assert line.peer.code is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (invite("900123"), "SIP/2.0 403 Ask For The Target First"),
        (invite("600").replace("From: <sip:1101", "From: <sip:1102"), "SIP/2.0 403 Not Your Extension"),
        (invite("600").replace("INVITE", "MESSAGE"), "SIP/2.0 405 Method Not Allowed"),
    ],
)
async def test_what_a_phone_may_not_say_is_answered_here(text: str, answer: str) -> None:
    async with talking() as line:
        line.peer.up.put_nowait(text)
        assert (await line.peer.down.get()).startswith(answer)
        line.peer.up.put_nowait(None)


async def test_it_ends_when_it_must() -> None:
    def replaced(line: Line) -> None:
        line.switchboard.take(Replaced("pbx", "PJSIP/1101", "another"))

    def pbx_gone(line: Line) -> None:
        bye = invite("600").replace("INVITE", "BYE").replace("To: <sip:1101@trunkline>", "To: <sip:600@x>;tag=b")
        line.peer.up.put_nowait(bye)

    def no_text(line: Line) -> None:
        line.peer.up.put_nowait(b"\0")

    ends: dict[int, Callable[[Line], None]] = {4409: replaced, 1013: pbx_gone, 1003: no_text}
    for code, end in ends.items():
        async with talking() as line:
            await until(lambda line=line: bool(line.phones.sockets))  # type: ignore[misc]
            end(line)
        assert line.peer.code == code


async def test_who_is_signed_out_is_let_go() -> None:
    async with talking() as line:
        line.signed_in = False
    assert line.peer.code == 4401


async def test_a_pbx_that_is_away_is_said_at_once() -> None:
    line = Line("ws://127.0.0.1:1/ws")
    await line.run()
    assert line.peer.code == 1013 and line.phones.sockets == []
    assert line.relay.upstreams.serves("pbx") and not line.relay.upstreams.serves("other")
