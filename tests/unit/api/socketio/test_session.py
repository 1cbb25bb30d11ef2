"""api/socketio/session.py: what is said in a session, without any transport."""

import asyncio
import json
from typing import Any

import pytest
from api_parts import UTC, Clock, FakePulse, agent, busy, make_gate, make_seats, principal, queue

from api.errors import NotSignedIn
from api.live.board import Board
from api.live.client import REFUSED, SIGNED_OUT
from api.live.conversation import STRIKES
from api.live.entrance import Entrance
from api.live.hub import SOCKETS_PER_USER, Hub
from api.live.sent import CLIENT_MESSAGES, LARGEST
from api.roles import Role
from api.socketio.packets import CLOSE, PING, PONG
from api.socketio.session import CONNECT_WITHIN_S, PING_EVERY_S, PING_TIMEOUT_S, Session
from api.tokens import Principal


class Talk:
    """A session of Alice's user, over a hub; `good` is the token that is taken."""

    def __init__(self) -> None:
        board = Board()
        board.replace([agent()], [queue()])
        self.board, self.hub = board, Hub(board, FakePulse(), UTC, Clock())
        self.hub.flush()
        self.forgotten = 0
        entrance = Entrance(self.hub, make_gate(), make_seats("pbx:PJSIP/Alice"), lambda: 0.0)
        self.session = Session("sid", self._admit, entrance, self._forget)

    async def _admit(self, token: str | None) -> Principal:
        if token not in (None, "good"):
            raise NotSignedIn("Sign in first.")
        return principal(Role.AGENT)

    def _forget(self) -> None:
        self.forgotten += 1

    async def say(self, packet: str) -> list[str]:
        """Send it; what comes back."""
        await self.session.take(packet)
        return self.session.take_packets()

    async def connect(self) -> list[str]:
        """Come in by the token."""
        return await self.say('40/pbx,{"token":"good"}')

    def at(self, seconds: float) -> None:
        """Let so many seconds pass since it began."""
        for name in ("_born", "_heard", "_pinged"):
            setattr(self.session, name, getattr(self.session, name) - seconds)


def events(packets: list[str]) -> list[str]:
    """The events among packets."""
    return [json.loads(packet.removeprefix("42/pbx,"))[0] for packet in packets if packet.startswith("42")]


async def test_who_connects_hears_that_first_and_then_everything() -> None:
    talk = Talk()
    first, second = await talk.connect()
    assert first == '40/pbx,{"sid":"sid"}'
    assert events([second]) == ["snapshot"]
    talk.board.put_agent(busy())
    talk.hub.flush()
    assert events(await talk.session.packets()) == ["presence:update", "agent:status:updated", "queue:update"]


async def test_the_cookie_of_the_opening_request_will_do() -> None:
    assert events(await Talk().say("40/pbx,")) == ["snapshot"]


@pytest.mark.parametrize("said", ['{"token":"bad"}', '{"token":7}', "[1]", '"x"'])
async def test_a_wrong_token_lets_nobody_in_and_the_third_ends_it(said: str) -> None:
    talk = Talk()
    (told,) = await talk.say(f"40/pbx,{said}")
    assert told.startswith("44/pbx,") and talk.hub.clients == []
    for _ in range(STRIKES - 1):
        await talk.say(f"40/pbx,{said}")
    assert talk.session.over


async def test_there_is_one_namespace() -> None:
    assert await Talk().say("40") == ['44{"message":"Connect to the namespace /pbx."}']


@pytest.mark.parametrize("event", sorted(CLIENT_MESSAGES))
async def test_nobody_says_anything_before_signing_in(event: str) -> None:
    talk = Talk()
    assert await talk.say(f'42/pbx,["{event}",{{}}]') == ['44/pbx,{"message":"Sign in first."}']
    await talk.say(f'42/pbx,["{event}",{{}}]')
    assert (await talk.say(f'42/pbx,["{event}",{{}}]'))[-1] == CLOSE


async def test_an_awaited_answer_says_what_was_wrong() -> None:
    talk = Talk()
    await talk.connect()
    assert "43/pbx,1[null]" in await talk.say('42/pbx,1["agent:login",{"agentId":"PJSIP/Alice"}]')
    answers = await talk.say('42/pbx,2["call:hangup",{"callId":"x"}]')
    assert any(each.startswith('43/pbx,2[{"code":"not_found"') for each in answers)


@pytest.mark.parametrize("text", ["42/pbx,[]", "42/pbx,{}", "42/pbx,", "42/pbx,[", "451-/pbx,[]", '42/pbx,["x"]'])
async def test_nonsense_is_answered_and_closed_at_the_third(text: str) -> None:
    talk = Talk()
    await talk.connect()
    for _ in range(STRIKES):
        assert "error" in events(await talk.say(text))
    assert talk.session.client is not None and talk.session.client.close_code == REFUSED
    assert talk.session.is_closing


async def test_a_giant_is_refused() -> None:
    talk = Talk()
    await talk.connect()
    (told,) = await talk.say('42/pbx,["resync",{"x":"' + "x" * LARGEST + '"}]')
    assert '"too_large"' in told


@pytest.mark.parametrize("packet", ["1", "41/pbx,", "6", "x", ""])
async def test_what_ends_it_leaves_nothing(packet: str) -> None:
    talk = Talk()
    await talk.connect()
    assert await talk.say(packet) == [CLOSE]
    talk.session.end()
    assert (talk.hub.clients, talk.forgotten) == ([], 1)


async def test_the_end_wakes_who_waits() -> None:
    for connect in (True, False):
        talk = Talk()
        if connect:
            await talk.connect()
        waiting = [asyncio.ensure_future(each) for each in (talk.session.packets(), talk.session.until_closing())]
        await asyncio.sleep(0)
        talk.session.end()
        assert await asyncio.gather(*waiting) == [[CLOSE], None]


async def test_the_hub_ends_it_too() -> None:
    talk = Talk()
    await talk.connect()
    waiting = asyncio.ensure_future(talk.session.until_closing())
    (client,) = talk.hub.clients
    client.close(SIGNED_OUT)
    await waiting
    assert talk.session.is_closing


async def test_it_is_pinged_now_and_then_and_ends_when_nothing_is_heard() -> None:
    talk = Talk()
    await talk.connect()
    talk.at(PING_EVERY_S)
    talk.session.look()
    assert talk.session.take_packets() == [PING]
    await talk.say(PONG)
    talk.at(PING_EVERY_S + PING_TIMEOUT_S + 1)
    talk.session.look()
    assert talk.session.over


async def test_who_does_not_sign_in_in_time_is_let_go() -> None:
    talk = Talk()
    talk.at(CONNECT_WITHIN_S + 1)
    await talk.say(PONG)
    talk.session.look()
    assert talk.session.over


async def test_one_user_has_only_so_many_sockets() -> None:
    talk = Talk()
    clients: list[Any] = [talk.hub.join(principal(Role.AGENT)) for _ in range(SOCKETS_PER_USER)]
    assert all(clients)
    assert await talk.connect() == ['44/pbx,{"message":"Too many sockets of one user."}']
