"""S3, for every route and every message: without a token, with a role that does not open it, with another tenant's ids.

The routes and messages are those that the application has, so a new one is walked as well; what it asks for by name
must be in `examples.py`.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from api_parts import PASSWORD
from api_rows import add_user, change
from control_parts import FakePbx
from integration.api.conftest import Site, Start
from integration.api.security.examples import (
    FIELDS,
    MESSAGE_FIELDS,
    NAMED_FIELDS,
    NAMED_MESSAGE_FIELDS,
    NAMES,
    OPERATORS_FIELDS,
    OURS,
    PLAIN,
    Named,
    make_acting,
    make_both,
)
from integration.api.security.routes import Route, guarded_routes, sockets
from made_store import settings_of
from websockets.exceptions import InvalidStatus

from api.live.sent import CLIENT_MESSAGES
from api.roles import Role

# What stands outside of the framework.
REPORTS = [("GET", "/reports/"), ("POST", "/reports/_dash-update-component")]
NO_BRAKE = {"TRUNKLINE_PEER_RATE": "1000000", "TRUNKLINE_USER_RATE": "1000000"}
# As a proxy would: a request that is not this machine's own.
FROM_ELSEWHERE = {"x-forwarded-for": "203.0.113.5"}
# Of an answer's headers those that are another each time.
OF_THE_MOMENT = frozenset({"date", "content-length"})
ROUTES = guarded_routes()

Tokens = dict[Role, dict[str, str]]


async def signed_in(site: Site, database: str) -> Tokens:
    """A user of ours for each role, none of them an operator, signed in: the headers."""
    tokens = {}
    for role in Role:
        user = add_user(database, f"our-{role}", role.value, OURS)
        if role is Role.AGENT:
            change(database, "UPDATE agent_extensions SET user_id = %s WHERE agent_id = 'PJSIP/Ours'", user)
        form = {"username": f"our-{role}", "password": PASSWORD}
        async with httpx.AsyncClient(base_url=site.client.base_url) as other:
            answer = await other.post("/api/auth/login", json=form)
        tokens[role] = {"authorization": f"Bearer {answer.json()['accessToken']}"}
    return tokens


def test_every_name_that_a_route_asks_for_has_an_example() -> None:
    unknown = {name: route.path for route in ROUTES for name in route.asks - set(PLAIN) - NAMES}
    known = set(FIELDS) | NAMED_FIELDS | OPERATORS_FIELDS
    unknown |= {name: route.path for route in ROUTES for name in set(route.body) - known}
    assert not unknown, "Say in examples.py what these names stand for."


def test_every_field_of_a_message_has_an_example() -> None:
    known = set(MESSAGE_FIELDS) | NAMED_MESSAGE_FIELDS
    unknown = {name: event for event, row in CLIENT_MESSAGES.items() for name in row.data.__struct_encode_fields__}
    assert not set(unknown) - known, "Say in examples.py what these names stand for."


async def test_s03_every_route_refuses_strangers_wrong_roles_and_other_tenants(
    start: Start, database: str, tmp_path: Path
) -> None:
    named = make_both(database, tmp_path)
    missing = PLAIN | {name: each.missing for name, each in named.items()}
    async with FakePbx() as pbx, start(**NO_BRAKE, **pbx.settings, **settings_of(tmp_path)) as site:
        tokens = await signed_in(site, database)
        make_acting(database, f"our-{Role.AGENT}")
        async with httpx.AsyncClient(base_url=site.client.base_url, headers=FROM_ELSEWHERE) as client:
            for route in ROUTES:
                method, path, options = route.request(missing, FIELDS | missing)
                assert (await client.request(method, path, **options)).status_code == 401, route
                for role in set(Role) - route.access.roles:
                    answer = await client.request(method, path, **options, headers=tokens[role])
                    assert answer.status_code == 403, (route, role)
                for role in sorted(route.access.roles):
                    await refused_as_missing(client, route, tokens[role], named)


async def refused_as_missing(
    client: httpx.AsyncClient, route: Route, token: dict[str, str], named: dict[str, Named]
) -> None:
    """Each id of another tenant is answered as one that is nowhere: status, headers and body."""
    asked = PLAIN | {name: each.ours for name, each in named.items() if f"{{{name}}}" in route.path}
    body = FIELDS | {name: named[name].ours for name in NAMED_FIELDS}
    if route.method == "GET" and any(f"{{{name}}}" in route.path for name in named):
        method, path, options = route.request(asked, {})
        answer = await client.request(method, path, **options, headers=token)
        assert answer.status_code == 200, route
    for name in [*sorted(route.asks & set(named)), *sorted(NAMED_FIELDS & set(route.body))]:
        answers = []
        for value in (named[name].foreign, named[name].missing):
            in_body = {name: value} if name in route.body else {}
            method, path, options = route.request(asked | ({} if in_body else {name: value}), body | in_body)
            answer = await client.request(method, path, **options, headers=token)
            told = {key: text for key, text in answer.headers.items() if key not in OF_THE_MOMENT}
            answers.append((answer.status_code, told, answer.text.replace(str(value), "ID")))
        assert answers[0] == answers[1], (route, name)
        assert answers[0][0] in (400, 403, 404), (route, name, answers[0])


async def test_s03_the_reports_refuse_strangers_and_wrong_roles(start: Start, database: str) -> None:
    async with start(**NO_BRAKE) as site:
        tokens = await signed_in(site, database)
        async with httpx.AsyncClient(base_url=site.client.base_url) as client:
            for method, path in REPORTS:
                assert (await client.request(method, path)).status_code == 401
                assert (await client.request(method, path, headers=tokens[Role.AGENT])).status_code == 403


async def test_s03_every_socket_refuses_strangers_and_wrong_roles(start: Start, database: str) -> None:
    async with start(**NO_BRAKE) as site:
        tokens = await signed_in(site, database)
        for path, access in sockets():
            for headers in [{}, *(tokens[role] for role in set(Role) - access.roles)]:
                with pytest.raises(InvalidStatus) as refused:
                    async with site.socket(headers, path):
                        pass
                assert refused.value.response.status_code in (401, 403)


async def test_s03_every_message_refuses_wrong_roles_and_other_tenants(
    start: Start, database: str, tmp_path: Path
) -> None:
    named = make_both(database, tmp_path)
    async with start(**NO_BRAKE) as site:
        tokens = await signed_in(site, database)
        for event, row in CLIENT_MESSAGES.items():
            fields = row.data.__struct_encode_fields__
            data = {name: named[name].ours if name in named else MESSAGE_FIELDS[name] for name in fields}
            for role in set(Role) - row.roles:
                refused = await said_to(site, tokens[role], event, data)
                assert refused["code"] == "not_allowed", (event, role)
            for role in row.roles:
                for name in set(fields) & NAMED_MESSAGE_FIELDS:
                    values = (named[name].foreign, named[name].missing)
                    answers = [await said_to(site, tokens[role], event, data | {name: value}) for value in values]
                    assert answers[0] == answers[1], (event, role, name)
                    assert answers[0]["code"] == "not_found", (event, role, name)


async def said_to(site: Site, headers: dict[str, str], event: str, data: dict[str, Any]) -> dict[str, Any]:
    """The error that a message is answered with, on a socket of its own."""
    async with site.socket(headers) as socket:
        await socket.send(msgspec.json.encode({"event": event, "data": data}).decode())
        while (frame := json.loads(await socket.recv()))["event"] != "error":
            pass
        return dict(frame["data"])
