"""S3, for every route: without a token, with a role that does not open it, with ids of another tenant.

The routes are those that the application has, so a new one is walked as well; what it asks for by name must be in
`examples.py`.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from api_parts import PASSWORD, make_parts
from api_rows import add_user
from integration.api.conftest import Site, Start
from integration.api.security.examples import NAMES, OURS, PLAIN, Named, names_in
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler
from websockets.exceptions import InvalidStatus

from api.access import KEY, Access, handlers_of
from api.app import create_api
from api.roles import Role

# What stands outside of the framework.
REPORTS = [("GET", "/reports/"), ("POST", "/reports/_dash-update-component")]
NO_BRAKE = {"TRUNKLINE_PEER_RATE": "1000000", "TRUNKLINE_USER_RATE": "1000000"}
# As a proxy would: a request that is not this machine's own.
FROM_ELSEWHERE = {"x-forwarded-for": "203.0.113.5"}


class Route(NamedTuple):
    """An operation: who may call it, and what it asks for by name, in its path, query and body."""

    method: str
    path: str
    access: Access
    asks: frozenset[str]
    body: tuple[str, ...]

    def request(self, named: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        """Method, path and options for httpx, with these values."""
        path = self.path
        for name in self.asks:
            path = path.replace(f"{{{name}}}", str(named[name]))
        query = {name: named[name] for name in self.asks if f"{{{name}}}" not in self.path and name not in self.body}
        body = {name: named[name] for name in self.body}
        return self.method, path, {"params": query, **({"json": body} if body else {})}


def application() -> Litestar:
    """The application, for its table of routes."""
    return create_api(make_parts())


def routes() -> list[Route]:
    """Every HTTP operation that is not for anybody."""
    app = application()
    described = app.openapi_schema.to_schema()
    found = []
    for route in app.routes:
        for handler in handlers_of(route):
            if isinstance(handler, HTTPRouteHandler) and not handler.opt[KEY].open:
                operations = described["paths"].get(_described(route.path), {})
                for method in sorted(handler.http_methods - {"HEAD"}):
                    asks, body = _asked(described, operations.get(method.lower(), {}))
                    asks |= {*re.findall(r"{(\w+)}", _described(route.path)), *body}
                    found.append(Route(str(method), _described(route.path), handler.opt[KEY], asks, body))
    return found


def _described(path: str) -> str:
    """`/users/{id:uuid}` as the description has it: `/users/{id}`."""
    return "/".join(f"{part.partition(':')[0]}}}" if ":" in part else part for part in path.split("/"))


def _asked(described: dict[str, Any], operation: dict[str, Any]) -> tuple[frozenset[str], tuple[str, ...]]:
    parameters = frozenset(each["name"] for each in operation.get("parameters", []))
    content = operation.get("requestBody", {}).get("content", {})
    schemas = [each["schema"] for each in content.values()]
    fields = [name for schema in schemas for name in _properties(described, schema)]
    return parameters, tuple(fields)


def _properties(described: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    for inner in schema.get("oneOf", schema.get("anyOf", [])):
        yield from _properties(described, inner)
    if reference := schema.get("$ref"):
        yield from _properties(described, described["components"]["schemas"][reference.rpartition("/")[2]])
    yield from schema.get("properties", {})


ROUTES = routes()


def token_of(answer: httpx.Response) -> dict[str, str]:
    """The header of who signed in."""
    answer.raise_for_status()
    return {"authorization": f"Bearer {answer.json()['accessToken']}"}


async def signed_in(site: Site, database: str) -> dict[Role, dict[str, str]]:
    """A user of ours for each role, signed in."""
    tokens = {}
    for role in Role:
        add_user(database, f"our-{role}", role.value, OURS)
        form = {"username": f"our-{role}", "password": PASSWORD}
        async with httpx.AsyncClient(base_url=site.client.base_url) as other:
            tokens[role] = token_of(await other.post("/api/auth/login", json=form))
    return tokens


def test_every_name_that_a_route_asks_for_has_an_example() -> None:
    known = set(PLAIN) | set(NAMES)
    unknown = {name: route.path for route in ROUTES for name in route.asks - known}
    assert not unknown, "Say in examples.py what these names stand for."


async def test_s03_every_route_refuses_strangers_wrong_roles_and_other_tenants(start: Start, database: str) -> None:
    async with start(**NO_BRAKE) as site:
        tokens, named = await signed_in(site, database), names_in(database)
        missing = PLAIN | {name: each.missing for name, each in named.items()}
        for route in ROUTES:
            method, path, options = route.request(missing)
            async with httpx.AsyncClient(base_url=site.client.base_url, headers=FROM_ELSEWHERE) as client:
                assert (await client.request(method, path, **options)).status_code == 401, route
                for role in set(Role) - route.access.roles:
                    answer = await client.request(method, path, **options, headers=tokens[role])
                    assert answer.status_code == 403, (route, role)
                await refused_as_missing(client, route, tokens, named)


async def refused_as_missing(
    client: httpx.AsyncClient, route: Route, tokens: dict[Role, dict[str, str]], named: dict[str, Named]
) -> None:
    """Each id of another tenant is answered as one that is nowhere: status, headers and body, for each role."""
    plain = PLAIN | {name: each.missing for name, each in named.items()}
    for role in sorted(route.access.roles):
        for name in route.asks & set(named):
            answers = []
            for value in named[name]:
                method, path, options = route.request(plain | {name: value})
                answer = await client.request(method, path, **options, headers=tokens[role])
                told = {key: text for key, text in answer.headers.items() if key not in ("date", "content-length")}
                answers.append((answer.status_code, told, answer.text.replace(str(value), "ID")))
            assert answers[0] == answers[1], (route, role, name)
            assert answers[0][0] == 404, (route, role, name, answers[0])


async def test_s03_the_reports_refuse_strangers_and_wrong_roles(start: Start, database: str) -> None:
    async with start(**NO_BRAKE) as site:
        tokens = await signed_in(site, database)
        async with httpx.AsyncClient(base_url=site.client.base_url) as client:
            for method, path in REPORTS:
                assert (await client.request(method, path)).status_code == 401
                assert (await client.request(method, path, headers=tokens[Role.AGENT])).status_code == 403


async def test_s03_every_socket_refuses_strangers_and_wrong_roles(start: Start, database: str) -> None:
    sockets = {
        (route.path, handler.opt[KEY])
        for route in application().routes
        for handler in handlers_of(route)
        if isinstance(handler, WebsocketRouteHandler)
    }
    async with start(**NO_BRAKE) as site:
        tokens = await signed_in(site, database)
        for path, access in sockets:
            for headers in [{}, *(tokens[role] for role in set(Role) - access.roles)]:
                with pytest.raises(InvalidStatus) as refused:
                    async with site.socket(headers, path):
                        pass
                assert refused.value.response.status_code in (401, 403)
