"""api/control/layer.py: two API processes on a real Asterisk, one of which is killed; the same key at both at once."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from api_parts import PASSWORD, SECRET, agent, queue
from api_rows import add_user, live_statements, write
from installation import free_port
from phones.people import Desk, Trunk

from infra.asterisk import CONTROL_USER, RealAsterisk

ROOT = Path(__file__).parents[4]
OPEN = {"accepted", "sent"}


@asynccontextmanager
async def process(asterisk: RealAsterisk, database: str) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    """A real API process, and somebody who is signed in at it."""
    port, (host, ami) = free_port(), asterisk.ami_address
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")},
        "TRUNKLINE_DATABASE": database,
        "TRUNKLINE_KAFKA": "127.0.0.1:1",
        "TRUNKLINE_DASHBOARD": "127.0.0.1:1",
        "TRUNKLINE_JWT_SECRET": SECRET.decode(),
        "TRUNKLINE_PORT": str(port),
        "TRUNKLINE_PBX": asterisk.system_name,
        "TRUNKLINE_AMI": f"{host}:{ami}",
        "TRUNKLINE_CONTROL_USER": CONTROL_USER,
        "TRUNKLINE_CONTROL_SECRET": asterisk.installation.secrets.control,
    }
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api"), env=environment, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            await _sign_in(client)
            yield client, running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def _sign_in(client: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            answer = await client.post("/api/auth/login", json={"username": "ann", "password": PASSWORD})
            break
        except httpx.ConnectError:
            assert time.monotonic() < deadline, "the API does not start"
            await asyncio.sleep(0.1)
    client.headers["authorization"] = f"Bearer {answer.json()['accessToken']}"
    client.cookies.clear()
    while (await client.get("/api/pbx/queues/2001")).status_code == 503:
        assert time.monotonic() < deadline, "the API does not reach the PBX"
        await asyncio.sleep(0.1)


@pytest.fixture
def seated(asterisk: RealAsterisk, database: str, database_as: Callable[..., str]) -> str:
    """Ann sits at 1001; the API's URL of the database."""
    user = add_user(database, "ann", "agent")
    ann = agent("1001", interface="PJSIP/1001", extension="1001", pbx=asterisk.system_name)
    write(database, live_statements([ann], [queue("2001", pbx=asterisk.system_name)]))
    rules = """INSERT INTO dial_policies (tenant_id, rules) VALUES ('default', '{"prefixes": ["+1555"]}')"""
    with psycopg.connect(database) as connection:
        connection.execute(rules)
        connection.execute("UPDATE agent_extensions SET user_id = %s", [user])
    return database_as("trunkline_api")


async def _settled(client: httpx.AsyncClient, command_id: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found = dict((await client.get(f"/api/pbx/commands/{command_id}")).json())
            if found["status"] not in OPEN:
                return found
            await asyncio.sleep(0.1)


async def test_one_key_at_two_processes_and_one_process_killed(asterisk: RealAsterisk, seated: str) -> None:
    async with (
        process(asterisk, seated) as (first, running),
        process(asterisk, seated) as (second, _),
        Desk(asterisk, "1001") as desk,
        Trunk(asterisk),
    ):
        body = {"phoneNumber": "15551234567"}
        desk.rejects(486)
        both = [_dial(client, body, "once") for client in (first, second)]
        ids = {each["commandId"] for each in await asyncio.gather(*both)}
        assert len(ids) == 1
        told = await _settled(second, ids.pop())
        assert (told["status"], desk.calls.qsize()) == ("failed", 1)
        await desk.next_call()
        # The process that has sent it is killed while the phone rings: the other one finds out what came of it.
        desk.rings_only()
        command = await _dial(first, body, "twice")
        ring = await desk.next_call()
        running.kill()
        ring.answer()
        settled = await _settled(second, command["commandId"])
        assert settled["status"] == "confirmed", settled
        assert (await _dial(second, body, "twice"))["commandId"] == command["commandId"]
        await asyncio.sleep(1.0)
        assert desk.calls.empty(), "the phone rang twice"
        await ring.hang_up()


async def _dial(client: httpx.AsyncClient, body: dict[str, str], key: str) -> dict[str, Any]:
    answer = await client.post("/api/pbx/calls/dial", json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())
