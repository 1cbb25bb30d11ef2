"""Each route's own decision who may call it, and the guard that holds it. A route that decides nothing opens to nobody.

    @get("/livez", opt=open_because("…"))     anybody, for the reason given
    @get("/…", opt=only(WATCHERS))            these roles

`refuse_undecided(app)` keeps an app with a route without a decision from being built.
"""

from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute, WebSocketRoute
from msgspec import Struct

from api.errors import NotAllowed
from api.gate import Gate
from api.roles import Role

KEY = "access"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
# What any proxy adds: with one of these a loopback peer is not the one who asks.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Undecided(Exception):
    """A route does not say who may call it."""


class Access(Struct, frozen=True):
    """Who may call a route. `open` is the reason why anybody may; `from_here` lets this machine's own processes in."""

    roles: frozenset[Role] = frozenset()
    open: str = ""
    from_here: bool = False


def open_because(reason: str) -> dict[str, Any]:
    """Options of a route that anybody may call."""
    return {KEY: Access(open=reason)}


def only(roles: frozenset[Role], *, from_here: bool = False) -> dict[str, Any]:
    """Options of a route for these roles."""
    return {KEY: Access(roles=roles, from_here=from_here)}


class Guard:
    """Holds the decisions of all routes. Leaves who is asking in `scope["user"]`."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def check(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Raise NotSignedIn or NotAllowed unless the route's decision lets this request in."""
        access = handler.opt.get(KEY)
        if not isinstance(access, Access):
            raise NotAllowed("This address is open to nobody.")
        method = _method(connection)
        if access.open:
            self._gate.origins.refuse_others(connection.headers, method, by_cookie=False)
            return
        if access.from_here and is_from_here(connection):
            return
        principal = await self._gate.admit(connection.headers, method)
        if principal.role not in access.roles:
            raise NotAllowed(f"The role {principal.role} does not open this.")
        connection.scope["user"] = principal


def is_from_here(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a process of this machine asks for itself, not for somebody behind it."""
    client = connection.scope.get("client")
    return client is not None and client[0] in LOOPBACK and not any(name in connection.headers for name in FORWARDED)


def _method(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    method = connection.scope.get("method")
    return method if isinstance(method, str) else None


def refuse_undecided(app: Litestar) -> None:
    """Raise Undecided when a route says nothing about who may call it."""
    handlers = [(route.path, handler) for route in app.routes for handler in handlers_of(route)]
    if paths := {path for path, handler in handlers if not isinstance(handler.opt.get(KEY), Access)}:
        raise Undecided(f"These routes do not say who may call them: {', '.join(sorted(paths))}")


def handlers_of(route: BaseRoute) -> list[BaseRouteHandler]:
    """A route's handlers, without those for OPTIONS that the framework adds: they have no decision and answer 403."""
    if isinstance(route, HTTPRoute):
        return [handler for handler in route.route_handlers if not _automatic(handler)]
    return [route.route_handler] if isinstance(route, WebSocketRoute) else []


def _automatic(handler: HTTPRouteHandler) -> bool:
    return handler.http_methods == {"OPTIONS"}
