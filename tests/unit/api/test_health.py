"""api/health.py: alive, ready, and the figures."""

import asyncio
from collections.abc import Mapping

import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_origin
from api.health import Check, Checks, Readiness
from api.roles import Role


def says(**outputs: str) -> Check:
    """A check with these answers."""

    async def check() -> Mapping[str, str]:
        return outputs

    return check


async def broken() -> Mapping[str, str]:
    raise OSError("connection to 10.0.0.7 refused for user trunkline_api")


async def hanging() -> Mapping[str, str]:
    await asyncio.Event().wait()
    return {}


async def ready(**checks: Check) -> Readiness:
    """What these checks come to."""
    return await Checks(checks).readiness()


async def test_ready_when_every_part_is() -> None:
    found = await ready(kafka=says(kafka=""), pbx=says(**{"pbx:a": "", "pbx:b": ""}))
    assert (found.status, sorted(found.checks)) == ("pass", ["kafka", "pbx:a", "pbx:b"])


async def test_one_part_that_fails_is_enough() -> None:
    found = await ready(kafka=says(kafka=""), pbx=says(**{"pbx:a": "nothing applied for 60 s"}))
    assert found.status == "fail"
    assert (found.checks["pbx:a"].output, found.checks["kafka"].status) == ("nothing applied for 60 s", "pass")


async def test_a_broken_part_tells_nothing_of_the_inside() -> None:
    found = await ready(postgresql=broken)
    assert found.checks["postgresql"].output == "does not answer"


async def test_a_part_that_hangs_is_not_waited_for() -> None:
    assert (await Checks({"a": hanging}, answer_within_s=0.01).readiness()).checks["a"].status == "fail"


async def test_anybody_may_ask_but_the_parts_are_asked_seldom() -> None:
    times, now = [], [0.0]

    async def counting() -> Mapping[str, str]:
        times.append(1)
        return {"a": ""}

    checks = Checks({"a": counting}, clock=lambda: now[0])
    await asyncio.gather(*(checks.readiness() for _ in range(20)))
    assert len(times) == 1
    now[0] = 1.0
    await checks.readiness()
    assert len(times) == 2


@pytest.mark.parametrize(("output", "status"), [("", 200), ("is down", 503)])
async def test_readyz_says_which_part_fails(output: str, status: int) -> None:
    async with client_of(create_origin(make_parts(checks=Checks({"kafka": says(kafka=output)})))) as client:
        answer = await client.get("/readyz")
        alive = await client.get("/livez")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/health+json")
    assert answer.json()["checks"]["kafka"].get("output", "") == output
    assert alive.status_code == 200


async def test_figures_are_for_managers_and_this_machine() -> None:
    origin = create_origin(make_parts())
    async with client_of(origin) as client:
        statuses = [(await client.get("/metrics", headers=bearer(role))).status_code for role in Role]
        stranger = await client.get("/metrics")
    async with client_of(origin, peer=("127.0.0.1", 1)) as here:
        own = await here.get("/metrics")
    assert dict(zip(Role, statuses, strict=True)) == {
        Role.AGENT: 403, Role.SUPERVISOR: 403, Role.MANAGER: 200, Role.ANALYST: 403, Role.ADMINISTRATOR: 200
    }  # fmt: skip
    assert (stranger.status_code, own.status_code) == (401, 200)
    assert "trunkline_api_requests_total" in own.text
