"""api/past/routes.py: who may look back, to when, and how far a reel reaches."""

from typing import Any

import pytest
from api_parts import NOON, UTC, Clock, agent, bearer, busy, client_of, make_parts
from past_parts import FakePast

from api.app import create_origin
from api.past.routes import PastDesk, past_router
from api.roles import Role
from calls.past import PastBoard, PastMoment

HOUR = 3_600_000
PATH = "/api/pbx/past"
# What the fake knows began at eleven.
MOMENTS = PastMoment(NOON - HOUR, PastBoard([agent()])), PastMoment(NOON - HOUR + 5, PastBoard([busy()]))


class Asked:
    """An origin whose past began an hour ago."""

    def __init__(self) -> None:
        self.past = FakePast(*MOMENTS)
        desk = PastDesk(self.past, UTC, Clock())
        self.app = create_origin(make_parts(past=desk), [past_router(desk)])

    async def get(self, path: str = "", role: Role = Role.SUPERVISOR, **query: str | int) -> tuple[int, Any]:
        """Status and what was said."""
        async with client_of(self.app, headers=bearer(role)) as client:
            answer = await client.get(PATH + path, params=query)
        return answer.status_code, answer.json()


@pytest.mark.parametrize("at", ["2026-11-22T11:00:00Z", "2026-11-22T12:00:00+01:00", "2026-11-22T11:00"])
async def test_the_board_of_ones_own_tenant_at_an_instant(at: str) -> None:
    asked = Asked()
    status, shown = await asked.get(at=at)
    assert (status, shown["now"]) == (200, NOON - HOUR)
    assert [it["state"] for it in shown["agents"]] == ["available"]
    assert asked.past.asked == [("default", NOON - HOUR)]


async def test_a_reel_is_what_was_told_from_then_on() -> None:
    query: Any = {"since": "2026-11-22T11:00:00Z", "until": "2026-11-22T11:10:00Z", "step": 1000}
    status, reel = await Asked().get("/reel", **query)
    assert (status, reel["since"], reel["until"]) == (200, NOON - HOUR, NOON - HOUR + 600_000)
    assert [(it["at"] - reel["since"], it["event"]) for it in reel["frames"]] == [
        (1000, "presence:update"), (1000, "summary"),
    ]  # fmt: skip


async def test_agents_do_not_look_back() -> None:
    assert (await Asked().get(role=Role.AGENT, at="2026-11-22T11:00:00Z"))[0] == 403


async def test_before_anything_was_heard_there_is_nothing() -> None:
    assert (await Asked().get(at="2026-11-22T10:00:00Z"))[0] == 404


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-22T13:00:00Z", "0001-01-01T00:00:00+14:00", "9" * 400])
async def test_what_is_no_instant_of_the_past_is_refused(at: str) -> None:
    status, problem = await Asked().get(at=at)
    assert status == 400
    assert "at" in problem["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"until": "2026-11-22T11:00:00Z"},
        {"until": "2026-11-22T10:59:00Z"},
        {"until": "2026-11-22T11:01:00Z", "step": 0},
        {"until": "2026-11-22T11:01:00Z", "step": 60_001},
    ],
)  # fmt: skip
async def test_a_reel_has_an_end_behind_its_beginning_and_steps(query: dict[str, Any]) -> None:
    begin: Any = {"since": "2026-11-22T11:00:00Z"}
    assert (await Asked().get("/reel", **begin, **query))[0] == 400
