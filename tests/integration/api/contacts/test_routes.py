"""api/contacts/routes.py over HTTP on a real PostgreSQL, and callers found in what was made."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import httpx
import pytest
from api_parts import FakeAccounts, bearer, client_of, make_parts, user
from api_rows import call_statements, change, write
from stories import told

from api.app import create_origin
from api.contacts.book import PostgresCallers
from api.contacts.routes import ContactDesk
from api.database import Database
from api.roles import Role

PATH = "/api/pbx/contacts"
ANA = {"name": "Ana Lind", "number": "030 123456", "company": "Lind & Co 100%", "email": "ana@lind.example"}


class Front(NamedTuple):
    """Clients by who is signed in, what finds callers, and the owner's URL."""

    agent: httpx.AsyncClient
    supervisor: httpx.AsyncClient
    analyst: httpx.AsyncClient
    theirs: httpx.AsyncClient
    callers: PostgresCallers
    owner: str


@pytest.fixture
async def front(database_as: Callable[..., str]) -> AsyncIterator[Front]:
    """An office in Germany; `other` is another tenant of it."""
    change(database_as(), "INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    database = Database(database_as("trunkline_api"))
    await database.open()
    desk = ContactDesk(database, "DE")
    ours = create_origin(make_parts(contacts=desk))
    theirs = create_origin(make_parts(contacts=desk, accounts=FakeAccounts(user(Role.SUPERVISOR, "other"))))
    roles = (Role.AGENT, Role.SUPERVISOR, Role.ANALYST)
    clients = [client_of(ours, headers=bearer(role)) for role in roles]
    other = client_of(theirs, headers=bearer(Role.SUPERVISOR, "other"))
    yield Front(*clients, other, PostgresCallers(database, "DE"), database_as())
    await database.close()


async def names(client: httpx.AsyncClient, search: str) -> list[str]:
    """Who is found by this."""
    answer = await client.get(PATH, params={"search": search})
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["items"]]


async def test_agents_make_contacts_and_supervisors_change_them(front: Front) -> None:
    made = await front.agent.post(PATH, json=ANA)
    assert (made.status_code, made.json()["number"]) == (201, "+4930123456")
    place = f"{PATH}/{made.json()['id']}"
    assert (await front.agent.get(place)).json() == made.json()
    assert (await front.agent.put(place, json={"name": "Ana"})).status_code == 403
    assert (await front.agent.delete(place)).status_code == 403
    assert (await front.analyst.post(PATH, json=ANA | {"number": "040 1234567"})).status_code == 403
    changed = await front.supervisor.put(place, json={"notes": "Calls on\nMondays.", "number": "+49 40 1234567"})
    assert changed.json() == made.json() | {"notes": "Calls on\nMondays.", "number": "+49401234567"}
    assert (await front.agent.get(place)).json() == changed.json()
    assert (await front.supervisor.delete(place)).status_code == 204
    assert (await front.agent.get(place)).status_code == 404


async def test_a_number_is_one_contacts(front: Front) -> None:
    await front.agent.post(PATH, json=ANA)
    again = await front.agent.post(PATH, json=ANA | {"number": "+49 30 123456"})
    assert (again.status_code, again.json()["detail"][:7]) == (409, "number:")
    other = (await front.agent.post(PATH, json=ANA | {"number": "040 1234567"})).json()
    taken = await front.supervisor.put(f"{PATH}/{other['id']}", json={"number": "030/123456"})
    assert taken.status_code == 409
    assert (await front.theirs.post(PATH, json=ANA)).status_code == 201


async def test_contacts_are_found_by_name_company_and_number(front: Front) -> None:
    await front.agent.post(PATH, json=ANA)
    await front.agent.post(PATH, json={"name": "Bo_b", "number": "+44 20 8366 1177"})
    for search in ("ana", "LIND", "100%", "030 123456", "+49 (30) 12-34.56", "123456"):
        assert await names(front.agent, search) == ["Ana Lind"], search
    assert await names(front.agent, "o_b") == ["Bo_b"]
    assert await names(front.agent, "") == ["Ana Lind", "Bo_b"]
    assert await names(front.agent, "a%d") == await names(front.agent, "__") == await names(front.theirs, "") == []
    page = (await front.analyst.get(PATH, params={"limit": 1, "offset": 1})).json()
    assert ([each["name"] for each in page["items"]], page["total"]) == (["Bo_b"], 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "nobody"},
        {"number": "12"},
        {"number": "030 123456\n"},
        {"name": ""},
        {"name": "A\r\nB"},
        {"email": "ana"},
        {"email": "a@b\n"},
        {"notes": "\x00"},
        {"company": "\u202eevil"},
        {"id": "7"},
    ],
)
async def test_what_makes_no_sense_is_said(front: Front, wrong: dict[str, str]) -> None:
    answer = await front.agent.post(PATH, json=ANA | wrong)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["detail"]
    assert (await front.agent.get(PATH, params={"search": "a\x00"})).status_code == 400


async def test_a_contact_that_is_deleted_leaves_its_calls(front: Front) -> None:
    made = (await front.agent.post(PATH, json=ANA)).json()
    write(front.owner, call_statements([told("0 arrives, 1 caller ends").call]))
    change(front.owner, "UPDATE call_sessions SET contact_id = %s", made["id"])
    assert (await front.supervisor.delete(f"{PATH}/{made['id']}")).status_code == 204
    assert (await front.supervisor.delete(f"{PATH}/{made['id']}")).status_code == 404


async def test_callers_are_found_by_what_their_lines_say(front: Front) -> None:
    made = (await front.agent.post(PATH, json=ANA)).json()
    asked = ["+4930123456", "4930123456", "030123456", "anonymous", "", "1001", "'; --"]
    found = await front.callers.find("default", asked)
    assert {number: each.id for number, each in found.items()} == dict.fromkeys(asked[:3], made["id"])
    assert await front.callers.find("other", asked) == {}
    # The tenant's own country goes before the installation's.
    change(front.owner, "INSERT INTO dial_policies VALUES ('default', '{\"country\": \"US\"}')")
    assert set(await front.callers.find("default", asked)) == {"+4930123456", "4930123456"}
