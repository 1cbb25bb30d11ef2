"""The administration over HTTP, in this loop, on a real PostgreSQL: two tenants, an operator and two administrators."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
from api_parts import HASHER, SECRET, UTC, agent, client_of, make_doorman, make_parts, queue
from api_rows import add_user, change, live_statements, write

from api.accounts import PostgresAccounts, Standings
from api.admin.acting import AdminDesk
from api.app import Parts, create_origin
from api.database import Database
from api.gate import Gate
from api.passwords import Passwords
from api.sign_ins import PostgresSignIns, SignIns
from api.tokens import Tokens
from infra.audit import Verdict, verify

PASSWORD = "correct horse"
SIDES = ("north", "south")


class Office(NamedTuple):
    """The origin's clients by who is signed in, and the owner's URL of the database."""

    operator: httpx.AsyncClient
    north: httpx.AsyncClient
    south: httpx.AsyncClient
    nobody: httpx.AsyncClient
    owner: str
    ids: dict[str, str]

    def audit(self) -> list[tuple[Any, ...]]:
        """(tenant, user, action, subject, detail) of everything that was done by now, sign-ins left out."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(
                "SELECT tenant_id, user_name, action, subject, detail FROM audit_log"
                " WHERE action NOT LIKE 'sign_in%%' ORDER BY id"
            ).fetchall()

    def verify(self) -> Verdict:
        """Whether the audit log is whole."""
        return verify(self.owner)

    def change(self, statement: str, *values: Any) -> None:
        """Execute a statement as the owner."""
        change(self.owner, statement, *values)


@pytest.fixture
async def office(database_as: Callable[..., str]) -> AsyncIterator[Office]:
    """Tenants north and south, each with an administrator, an agent, a queue; and the operator in `default`."""
    owner, database = database_as(), Database(database_as("trunkline_api"))
    ids = people(owner)
    agents, queues = [seen_agent(name) for name in SIDES], [queue(name, tenant=name) for name in SIDES]
    write(owner, live_statements(agents, queues))
    change(owner, "INSERT INTO pbx_partitions VALUES ('pbx', 0)")
    await database.open()
    try:
        origin = create_origin(parts_on(database))
        clients = {name: await signed_in(origin, name) for name in ("operator", *SIDES)}
        async with client_of(origin) as nobody:
            yield Office(**clients, nobody=nobody, owner=owner, ids=ids)
    finally:
        await database.close()


def people(owner: str) -> dict[str, str]:
    """The users' ids by name."""
    ids = {name: add_user(owner, name, "administrator", name) for name in SIDES}
    ids |= {f"{name}-agent": add_user(owner, f"{name}-agent", "agent", name) for name in SIDES}
    ids["operator"] = add_user(owner, "operator", "administrator")
    change(owner, "UPDATE users SET is_operator = true WHERE username = 'operator'")
    return ids


def parts_on(database: Database) -> Parts:
    """The origin's parts, with this database behind the users and the administration."""
    accounts, passwords = PostgresAccounts(database), Passwords(HASHER)
    standings = Standings(accounts)
    doorman = make_doorman(accounts, SignIns(PostgresSignIns(database), standings.forget))
    gate, desk = Gate(Tokens(SECRET), standings), AdminDesk(database, passwords, UTC)
    return make_parts(gate=gate, doorman=doorman, admin=desk)


def seen_agent(tenant: str) -> Any:
    """An agent whom the PBX told of."""
    return agent(tenant, tenant=tenant, interface=f"PJSIP/{tenant}", extension=tenant)


async def signed_in(origin: Any, username: str) -> httpx.AsyncClient:
    """A client of this user."""
    client = client_of(origin)
    answer = await client.post("/api/auth/login", json={"username": username, "password": PASSWORD})
    client.headers["authorization"] = f"Bearer {answer.json()['accessToken']}"
    client.cookies.clear()
    return client
