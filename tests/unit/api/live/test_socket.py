"""api/live/socket.py: the socket itself, through the whole application."""

from contextlib import AbstractAsyncContextManager

import pytest
from api_parts import (
    ORIGIN,
    UTC,
    Clock,
    FakePulse,
    Refused,
    Socket,
    agent,
    bearer,
    busy,
    make_parts,
    make_seats,
    queue,
    socket_to,
)
from msgspec.structs import replace

from api.app import create_origin
from api.live.board import Board
from api.live.client import OUTBOX, REFUSED, SIGNED_OUT, TOO_SLOW
from api.live.conversation import STRIKES, TAKEN_AT_ONCE
from api.live.hub import SOCKETS_PER_USER, Hub
from api.live.socket import pbx_socket
from api.roles import Role


class Live:
    """An origin with something to tell."""

    def __init__(self, *seats: str) -> None:
        self.board = Board()
        self.board.replace([agent()], [queue()])
        self.hub = Hub(self.board, FakePulse(), UTC, Clock())
        self.hub.flush()
        self.origin = create_origin(replace(make_parts(), hub=self.hub, seats=make_seats(*seats)), [pbx_socket])

    def socket(self, path: str = "/ws/pbx", **headers: str) -> AbstractAsyncContextManager[Socket]:
        """An open socket of a manager."""
        return socket_to(self.origin, path, bearer() | headers)


async def test_snapshot_then_changes() -> None:
    live = Live()
    async with live.socket() as socket:
        first = await socket.frame()
        live.board.put_agent(busy())
        live.hub.flush()
        second = await socket.frame()
    assert (first["event"], first["seq"], second["event"], second["seq"]) == ("snapshot", 1, "presence:update", 2)


async def test_what_it_does_not_take_is_answered() -> None:
    async with Live().socket() as socket:
        await socket.frame()
        socket.send('{"event": "call:dial", "data": {"phoneNumber": "123"}}')
        told = await socket.frame()
    assert (told["event"], told["seq"], told["data"]["code"]) == ("error", 2, "not_allowed")
    assert "call:dial" in told["data"]["detail"]


async def test_an_agent_hears_of_its_own_seat() -> None:
    live = Live("pbx:PJSIP/Alice")
    async with live.socket(**bearer(Role.AGENT)) as socket:
        first = (await socket.frame())["data"]
        live.board.put_agent(agent("Bob"))
        live.board.put_agent(busy())
        live.hub.flush()
        told = [await socket.frame() for _ in range(3)]
    assert ([each["agentId"] for each in first["agents"]], len(first["queues"])) == (["PJSIP/Alice"], 1)
    assert [frame["event"] for frame in told] == ["presence:update", "agent:status:updated", "queue:update"]
    assert [frame["data"].get("agentId") for frame in told] == ["PJSIP/Alice", "PJSIP/Alice", None]


async def test_a_part_is_asked_for_and_shown() -> None:
    live = Live()
    async with live.socket() as socket:
        await socket.frame()
        socket.send('{"event": "subscribe", "data": {"rooms": ["agent:pbx:PJSIP/Alice"]}}')
        shown = await socket.frame()
        socket.send('{"event": "resync"}')
        again = await socket.frame()
    assert (shown["event"], shown["seq"], again["event"], again["seq"]) == ("snapshot", 2, "snapshot", 3)
    assert (shown["data"]["queues"], len(shown["data"]["agents"])) == ([], 1)


async def test_nonsense_is_answered_and_then_closed_with_a_word_on_each() -> None:
    async with Live().socket() as socket:
        await socket.frame()
        for _ in range(STRIKES):
            socket.send("nonsense")
        told = [(await socket.frame())["data"]["code"] for _ in range(STRIKES)]
        assert await socket.closed() == REFUSED
    assert told == ["bad_message"] * STRIKES


async def test_a_flood_is_closed() -> None:
    async with Live().socket() as socket:
        for _ in range(TAKEN_AT_ONCE + 1):
            socket.send('{"event": "call:dial", "data": {"phoneNumber": "123"}}')
        assert await socket.closed() == REFUSED


@pytest.mark.parametrize("code", [SIGNED_OUT, TOO_SLOW])
async def test_the_hub_closes_with_its_reason(code: int) -> None:
    live = Live()
    async with live.socket() as socket:
        await socket.frame()
        live.hub.clients[0].close(code)
        assert await socket.closed() == code
    assert live.hub.clients == []


async def test_who_leaves_is_forgotten() -> None:
    live = Live()
    async with live.socket() as socket:
        await socket.frame()
        assert len(live.hub.clients) == 1
    assert live.hub.clients == []


async def test_too_many_sockets_of_one_user() -> None:
    live = Live()
    async with live.socket() as socket:
        await socket.frame()
        while live.hub.join(live.hub.clients[0].principal):
            assert len(live.hub.clients) <= SOCKETS_PER_USER
        async with live.socket() as one_more:
            assert await one_more.closed() == REFUSED


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ""},
        {"authorization": "Bearer x"},
        {"origin": "http://evil.test"},
        {"origin": ORIGIN + ".evil.test"},
        {"origin": "null"},
        bearer(tenant="nobodys"),
    ],
    ids=["no scheme", "no token", "another site", "a longer name", "no origin", "of nobody's tenant"],
)
async def test_strangers_do_not_get_in(headers: dict[str, str]) -> None:
    live = Live()
    with pytest.raises(Refused):
        async with live.socket(**headers):
            pass
    assert live.hub.counts.frames == 0


async def test_a_token_in_the_address_opens_nothing() -> None:
    token = bearer()["authorization"].removeprefix("Bearer ")
    with pytest.raises(Refused):
        async with Live().socket(f"/ws/pbx?token={token}", authorization=""):
            pass


def test_the_outbox_is_larger_than_a_snapshot_and_a_burst() -> None:
    assert OUTBOX >= 500
