"""api/managers/limits.py: who reads, who changes, and what makes no sense."""

from typing import Any

import pytest
from api_parts import bearer, client_of, make_parts
from limit_parts import FakeLimits

from api.app import create_origin
from api.managers.limits import LimitDesk, limit_router
from api.roles import Role

PATH = "/api/pbx/manager/limits"


class Asked:
    """An origin with limits in a dictionary."""

    def __init__(self) -> None:
        desk = LimitDesk(FakeLimits())
        self.app = create_origin(make_parts(limits=desk), [limit_router(desk)])

    async def get(self, role: Role = Role.SUPERVISOR, tenant: str = "default") -> Any:
        async with client_of(self.app, headers=bearer(role, tenant)) as client:
            return await client.get(PATH)

    async def put(self, queue: str = "pbx:support", role: Role = Role.MANAGER, **body: Any) -> Any:
        async with client_of(self.app, headers=bearer(role)) as client:
            return await client.put(f"{PATH}/{queue}", json=body)


async def test_what_a_manager_sets_whoever_watches_reads() -> None:
    asked = Asked()
    answer = await asked.put(waitAmberSeconds=30, waitRedSeconds=45.5, levelRed=0.5)
    assert answer.status_code == 200
    (item,) = (await asked.get()).json()["items"]
    assert item == {
        "id": "pbx:support",
        "limits": {
            "waitAmberSeconds": 30, "waitRedSeconds": 45.5, "waitingAmber": None, "waitingRed": None, "levelRed": 0.5,
        },
    }  # fmt: skip


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.ANALYST])
async def test_only_managers_change_them(role: Role) -> None:
    asked = Asked()
    assert (await asked.put(role=role, waitingRed=3)).status_code == 403
    assert (await asked.get(role)).status_code == (403 if role is Role.AGENT else 200)


@pytest.mark.parametrize("queue", ["pbx:nowhere", "support", "pbx:sup%00port", "%0a"])
async def test_a_queue_that_is_not_there_is_missing(queue: str) -> None:
    assert (await Asked().put(queue, waitingRed=3)).status_code == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"waitAmberSeconds": 60, "waitRedSeconds": 59}, "waitRedSeconds"),
        ({"waitingAmber": 2, "waitingRed": 1}, "waitingRed"),
        ({"levelRed": 1.1}, "levelRed"), ({"waitingRed": 1.5}, "waitingRed"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_by_name(body: dict[str, Any], named: str) -> None:
    answer = await Asked().put(**body)
    assert (answer.status_code, named in answer.json()["detail"]) == (400, True)
