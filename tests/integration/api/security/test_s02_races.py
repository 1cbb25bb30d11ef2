"""S2, over HTTP: a hundred agents dial at once, half of them at each of two API processes, and no limit is passed.

The PBX is one on paper, which keeps what it is asked to dial.
"""

import asyncio
import os
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx
import psycopg
import pytest
from api_parts import HASH, SECRET, agent, principal, until
from api_rows import change, live_statements, write
from fake_asterisk import FakeAsterisk, reply
from msgspec.structs import replace

from api.roles import Role
from api.tokens import Tokens
from asterisk.ami import Packet

AGENTS, MOST, PROCESSES = 100, 13, 2
ADD_USERS = """
INSERT INTO users (tenant_id, username, name, password_hash, role)
SELECT 'default', 'a' || n, 'A', %s, 'agent' FROM generate_series(1, %s) n ON CONFLICT DO NOTHING
"""
ADD_SIGN_INS = """
INSERT INTO sign_ins (tenant_id, user_id, refresh_hash, expires_at)
SELECT 'default', id, sha256(id::text::bytea), now() + interval '1 hour' FROM users WHERE username LIKE 'a%%'
RETURNING user_id::text, id::text
"""
SEAT = "UPDATE agent_extensions SET user_id = u.id FROM users u WHERE u.username = 'a' || agent_extensions.name"
RULES = '{"tenantPerMinute": 13, "tenantAtOnce": 1000}'


class Dialled(FakeAsterisk):
    """Its dialplan has everything."""

    def answer(self, asked: Packet) -> bytes:
        if asked.get("Action") != "ShowDialPlan":
            return super().answer(asked)
        tag = f"ActionID: {asked.action_id}\r\n"
        item, end = (
            f"Event: ListDialplan\r\n{tag}\r\n",
            f"Event: ShowDialPlanComplete\r\n{tag}EventList: Complete\r\n\r\n",
        )
        return reply(asked, EventList="start") + f"{item}{end}".encode()


class Address(NamedTuple):
    """An API process's."""

    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def processes(database: str, kafka: str, pbx: FakeAsterisk) -> AsyncIterator[list[Address]]:
    """API processes that act on this PBX, ready."""
    addresses = [Address(free_port()) for _ in range(PROCESSES)]
    settings = {
        "DATABASE": database, "KAFKA": kafka, "DASHBOARD": "127.0.0.1:1", "JWT_SECRET": SECRET.decode(),
        "PBX": "pbx", "AMI": f"127.0.0.1:{pbx.port}", "CONTROL_USER": "control", "CONTROL_SECRET": pbx.secret,
        "PEER_RATE": "1000000", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    environment = os.environ | {f"TRUNKLINE_{name}": value for name, value in settings.items()}
    running = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "api"), env=environment | {"TRUNKLINE_PORT": str(address.port)}
        )
        for address in addresses
    ]
    try:
        await until(lambda: pbx.logins == PROCESSES)
        async with httpx.AsyncClient() as client:
            for address in addresses:
                await ready(client, address)
        yield addresses
    finally:
        for process in running:
            process.terminate()
        for process in running:
            await process.wait()


async def ready(client: httpx.AsyncClient, address: Address) -> None:
    """Wait until a process answers; a minute is for ever."""
    async with asyncio.timeout(60):
        while not await lives(client, address):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def lives(client: httpx.AsyncClient, address: Address) -> bool:
    """Whether a process answers yet."""
    try:
        return (await client.get(f"{address.url}/livez")).status_code == 200
    except httpx.TransportError:
        return False


def agents(database: str) -> list[str]:
    """A hundred agents, each at a telephone, signed in: their tokens."""
    names = [str(number) for number in range(1, AGENTS + 1)]
    write(database, live_statements([agent(name) for name in names], []))
    with psycopg.connect(database) as connection:
        connection.execute(ADD_USERS, [HASH, AGENTS])
        connection.execute(SEAT)
        signed_in = connection.execute(ADD_SIGN_INS).fetchall()
    tokens = Tokens(SECRET)
    return [
        tokens.issue(replace(principal(Role.AGENT), user_id=user_id, session=session)) for user_id, session in signed_in
    ]


@pytest.fixture
async def pbx() -> AsyncIterator[Dialled]:
    """The PBX on paper."""
    it = Dialled()
    await it.listen()
    yield it
    await it.stop()


async def test_s02_a_hundred_agents_at_two_processes_pass_no_limit(
    database_as: Callable[..., str], topics: str, pbx: Dialled
) -> None:
    tokens = agents(database_as())
    change(database_as(), "INSERT INTO dial_policies (tenant_id, rules) VALUES ('default', %s)", RULES)
    async with (
        processes(database_as("trunkline_api"), topics, pbx) as addresses,
        httpx.AsyncClient(timeout=60) as client,
    ):

        async def dial(number: int, token: str) -> httpx.Response:
            return await client.post(
                f"{addresses[number % PROCESSES].url}/api/pbx/calls/dial",
                json={"phoneNumber": f"+1202555{number:04}"},
                headers={"authorization": f"Bearer {token}"},
            )

        answers = await asyncio.gather(*(dial(number, token) for number, token in enumerate(tokens)))
        told = Counter(answer.status_code for answer in answers)
        assert told == {202: MOST, 429: AGENTS - MOST}, answers[0].text
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 429)
        await until(lambda: pbx.count("Originate") == MOST)
        # Nothing is on its way any more: what comes after it comes last.
        await dial(0, tokens[0])
        numbers = [each.get("Exten") for each in pbx.heard if each.get("Action") == "Originate"]
        assert len(set(numbers)) == len(numbers) == MOST
        assert all(number.startswith("1202555") and number.isdecimal() for number in numbers)
