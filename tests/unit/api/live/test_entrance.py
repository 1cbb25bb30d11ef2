"""api/live/entrance.py: sockets come in and go."""

from api_parts import UTC, Clock, FakeAccounts, FakePulse, agent, make_gate, make_seats, principal, queue, user

from api.live.board import Board
from api.live.client import SIGNED_OUT, frame_of
from api.live.entrance import Entrance
from api.live.hub import Hub
from api.roles import Role


def hub() -> Hub:
    """A hub with an agent and a queue."""
    board = Board()
    board.replace([agent()], [queue()])
    return Hub(board, FakePulse(), UTC, Clock())


async def test_who_comes_in_hears_what_it_may_until_it_leaves() -> None:
    it = hub()
    entrance = Entrance(it, make_gate(), make_seats("pbx:PJSIP/Alice"))
    client = await entrance.enter(principal(Role.AGENT), frame_of)
    assert client is not None and client.rooms == {"agent:pbx:PJSIP/Alice", "queue:pbx:support"}
    entrance.leave(client)
    assert it.clients == []


async def test_each_word_is_said_by_somebody_who_is_still_there() -> None:
    it, accounts = hub(), FakeAccounts(user(Role.MANAGER))
    entrance = Entrance(it, make_gate(accounts), make_seats(), lambda: 0.0)
    client = await entrance.enter(principal(), frame_of)
    assert client is not None
    accounts.users.clear()
    await entrance.conversation(client).take('{"event": "resync"}')
    assert client.close_code == SIGNED_OUT
