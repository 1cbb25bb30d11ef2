"""api/live/beat.py: what the live part does by the clock."""

import asyncio
import json
from typing import Any

from api_parts import UTC, Clock, FakeAccounts, FakePulse, agent, make_gate, make_seats, principal, queue, user

from api.live.beat import live_work
from api.live.board import Board
from api.live.client import SIGNED_OUT
from api.live.hub import Hub
from api.roles import Role


class Asked(FakePulse):
    """A pulse that remembers what it was asked to refresh."""

    def __init__(self) -> None:
        super().__init__()
        self.refreshed: list[Any] = []

    async def refresh(self, tenants: Any, day: int) -> None:
        self.refreshed.append(list(tenants))


class Endless:
    """A feed that waits."""

    async def run(self) -> None:
        await asyncio.Event().wait()


async def test_each_second_sockets_are_summarised_looked_at_and_the_pulse_is_asked() -> None:
    accounts = FakeAccounts(user(Role.MANAGER))
    board, pulse = Board(), Asked()
    board.replace([agent()], [queue()])
    hub = Hub(board, pulse, UTC, Clock())
    stays, goes = hub.join(principal()), hub.join(principal(Role.ANALYST))
    works = live_work(Endless(), hub, pulse, make_gate(accounts), make_seats())  # type: ignore[arg-type]
    for work in works:
        if work.every_s is not None:
            await work.do()
    assert stays is not None and goes is not None
    assert (stays.close_code, goes.close_code) == (None, SIGNED_OUT)
    assert pulse.refreshed == [["default"]]
    assert hub.counts.frames == 4
    assert [work.name for work in works if work.every_s is None] == ["the live feed", "telling the sockets"]


async def test_who_becomes_another_agent_hears_of_that_one() -> None:
    board = Board()
    board.replace([agent(), agent("Bob")], [queue()])
    hub = Hub(board, FakePulse(), UTC, Clock())
    client = hub.join(principal(Role.AGENT), frozenset({"pbx:PJSIP/Alice"}))
    assert client is not None
    works = live_work(Endless(), hub, Asked(), make_gate(), make_seats("pbx:PJSIP/Bob"))  # type: ignore[arg-type]
    await works[-1].do()
    assert client.rooms == {"agent:pbx:PJSIP/Bob", "queue:pbx:support"}
    assert [json.loads(frame)["event"] for frame in client.take_frames()] == ["snapshot", "snapshot"]
