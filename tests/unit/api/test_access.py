"""api/access.py: every route decides who may call it, and the decision is held."""

from itertools import product
from typing import Any

import pytest
from api_parts import bearer, client_of, make_gate, make_parts
from litestar import Litestar, get
from litestar.routes import HTTPRoute, WebSocketRoute

from api.access import Guard, Undecided, handlers_of, only, open_because, refuse_undecided
from api.app import create_api
from api.problems import respond
from api.roles import MANAGERS, Role

# Whatever else is open must be added here, and be argued for.
OPEN = {
    "/",
    "/livez",
    "/readyz",
    "/login",
    "/static/{name:path}",
    "/phone",
    "/phone/{name:str}",
    "/api/auth/login",
    "/api/auth/refresh",
    "/api/pbx/agent/login",
}


@get("/managers", opt=only(MANAGERS))
async def managers() -> str:
    return "in"


@get("/here", opt=only(MANAGERS, from_here=True))
async def here() -> str:
    return "in"


@get("/forgotten")
async def forgotten() -> str:
    return "in"


@get("/open", opt=open_because("a test"))
async def everybody() -> str:
    return "in"


def app() -> Litestar:
    """Four routes, one of them forgotten."""
    guard = Guard(make_gate()).check
    routes: list[Any] = [managers, here, forgotten, everybody]
    return Litestar(
        routes, guards=[guard], exception_handlers={Exception: respond}, openapi_config=None, logging_config=None
    )


def paths() -> list[tuple[str, str]]:
    """Every method and path of the real origin."""
    api = create_api(make_parts())
    http = [
        (method, route.path)
        for route in api.routes
        if isinstance(route, HTTPRoute)
        for handler in handlers_of(route)
        for method in handler.http_methods  # type: ignore[attr-defined]
    ]
    return sorted(http)


async def test_nothing_answers_without_a_token_but_what_is_named() -> None:
    async with client_of(create_api(make_parts())) as client:
        for method, path in paths():
            if path in OPEN:
                continue
            answer = await client.request(method, path.replace("{path:str}", "x"))
            assert answer.status_code in (401, 403), (method, path)


def test_what_is_open_is_exactly_what_is_named() -> None:
    api = create_api(make_parts())
    routes = [(route.path, handler) for route in api.routes for handler in handlers_of(route)]
    assert {path for path, handler in routes if handler.opt["access"].open} == OPEN


def test_every_socket_is_closed_to_strangers() -> None:
    sockets = [route for route in create_api(make_parts()).routes if isinstance(route, WebSocketRoute)]
    assert [route.path for route in sockets] == ["/sip", "/ws/pbx"]
    assert all(not route.route_handler.opt["access"].open for route in sockets)


def test_a_forgotten_decision_is_noticed() -> None:
    with pytest.raises(Undecided, match="/forgotten"):
        refuse_undecided(app())


async def test_a_forgotten_decision_opens_to_nobody() -> None:
    async with client_of(app()) as client:
        assert (await client.get("/forgotten", headers=bearer(Role.ADMINISTRATOR))).status_code == 403


@pytest.mark.parametrize(("path", "role"), list(product(["/managers", "/here", "/open"], Role)))
async def test_a_role_opens_what_names_it(path: str, role: Role) -> None:
    async with client_of(app()) as client:
        status = (await client.get(path, headers=bearer(role))).status_code
    assert status == (200 if path == "/open" or role in MANAGERS else 403)


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.5", {}, 401),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.5"}, 401),
        ("127.0.0.1", {"forwarded": "for=203.0.113.5"}, 401),
        ("203.0.113.5", {"x-forwarded-for": "127.0.0.1"}, 401),
    ],
)
async def test_this_machine_asks_for_itself_only(peer: str, headers: dict[str, str], status: int) -> None:
    async with client_of(app(), peer=(peer, 1)) as client:
        assert (await client.get("/here", headers=headers)).status_code == status


async def test_no_token_in_the_address_is_taken() -> None:
    token = bearer()["authorization"].removeprefix("Bearer ")
    async with client_of(app()) as client:
        for name in ("token", "access_token", "trunkline", "authorization"):
            assert (await client.get("/managers", params={name: token})).status_code == 401
