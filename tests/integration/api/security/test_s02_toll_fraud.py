"""S2: what costs somebody else's money is refused, and no race of requests or processes passes a limit."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from api_parts import UTC, principal
from api_rows import add_user, change
from msgspec.structs import replace

from api.database import Database
from api.dialling.permits import DialDesk, Purpose
from api.errors import NotAllowed
from api.roles import Role

TESTS = Path(__file__).parents[3]
EACH, PROCESSES = 50, 2
WIDE = {"agentAtOnce": 1_000, "tenantAtOnce": 1_000, "agentPerMinute": 1_000, "tenantPerMinute": 1_000}
ADD_RULES = "INSERT INTO dial_policies (tenant_id, rules) VALUES ('default', %s)"
# What fraud of the kind dials: premium rate, satellites, islands behind a domestic code, countries of high rates.
COSTLY = [
    "09001123456", "+19005551234", "+979123456789", "+881612345678", "+870773111632", "+8835100123456", "+18765551234",
    "+12684601234", "+252611234567", "+5352345678", "+37167123456", "+221761234567", "+6777412345", "00252611234567",
    "+447012345678", "+449012345678", "01805123456",
]  # fmt: skip


async def started(*arguments: str) -> asyncio.subprocess.Process:
    """A process that is ready to ask."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(TESTS / "dialling_process.py"), *arguments,
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def race(url: str, user: str) -> dict[str, int]:
    """A hundred permits asked for at once by two processes: how many were given, and how many refused."""
    processes = await asyncio.gather(*(started(url, user, str(EACH)) for _ in range(PROCESSES)))
    outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    told = [json.loads(out) for out, _ in outputs]
    return {name: sum(each[name] for each in told) for name in told[0]}


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        ({"agentPerMinute": 13}, 13),
        ({"tenantPerHour": 17}, 17),
        ({"tenantAtOnce": 9}, 9),
        ({"spendPerHour": 55, "defaultPrice": 1, "assumedMinutes": 5}, 11),
    ],
)
async def test_s02_a_hundred_requests_over_two_processes_pass_no_limit(
    database_as: Callable[..., str], rules: dict[str, Any], most: int
) -> None:
    user = add_user(database_as(), "alice", "agent")
    said = json.dumps(WIDE | rules)
    change(database_as(), ADD_RULES, said)
    told = await race(database_as("trunkline_api"), user)
    assert told == {"permitted": most, "refused": PROCESSES * EACH - most, "other": 0}


async def test_s02_what_costs_more_is_refused_for_each_purpose(database_as: Callable[..., str]) -> None:
    who = replace(principal(Role.AGENT), user_id=add_user(database_as(), "alice", "agent"))
    change(database_as(), ADD_RULES, json.dumps(WIDE))
    database = Database(database_as("trunkline_api"))
    await database.open()
    desk = DialDesk(database, "DE", UTC)
    for purpose in get_args(Purpose):
        for number in COSTLY:
            with pytest.raises(NotAllowed):
                await desk.permit(who, number, purpose)
        assert (await desk.permit(who, "030123456", purpose)).dial == "4930123456"
        assert (await desk.permit(who, "112", purpose)).dial == "112"
    async with database.seeing("default") as connection:
        row = await (await connection.execute("SELECT count(*) AS kept FROM dial_refusals")).fetchone()
    await database.close()
    assert row == {"kept": len(COSTLY) * len(get_args(Purpose))}
