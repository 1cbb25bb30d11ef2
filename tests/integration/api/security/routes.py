"""The application's table of routes, as the walks go over it."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from api_parts import make_parts
from integration.api.security.examples import OF_ROUTE
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler

from api.access import KEY, Access, handlers_of
from api.app import create_api


class Route(NamedTuple):
    """An operation: who may call it, and what it asks for by name in its path and query, and in its body."""

    method: str
    path: str
    access: Access
    asks: frozenset[str]
    body: tuple[str, ...]

    def request(self, asked: dict[str, Any], body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        """Method, path and options for httpx, with these values; what is in neither is left out."""
        path, query = self.path, {}
        for name in self.asks & set(asked):
            path = path.replace(f"{{{name}}}", str(asked[name]))
            if f"{{{name}}}" not in self.path:
                query[name] = asked[name]
        sent = {name: body[name] for name in self.body if name in body} | OF_ROUTE.get(self.path, {})
        return self.method, path, {"params": query, **({"json": sent} if self.body else {})}


def application() -> Litestar:
    """The application, for its table of routes."""
    return create_api(make_parts())


def guarded_routes() -> list[Route]:
    """Every HTTP operation that is not for anybody."""
    app = application()
    described = app.openapi_schema.to_schema()
    found = []
    for route in app.routes:
        for handler in handlers_of(route):
            if isinstance(handler, HTTPRouteHandler) and not handler.opt[KEY].open:
                path = _described(route.path)
                operations = described["paths"].get(path, {})
                for method in sorted(handler.http_methods - {"HEAD"}):
                    asks, body = _asked(described, operations.get(method.lower(), {}))
                    asks |= set(re.findall(r"{(\w+)}", path))
                    found.append(Route(str(method), path, handler.opt[KEY], asks, body))
    return found


def sockets() -> set[tuple[str, Access]]:
    """Every WebSocket of the framework, with who may open it."""
    return {
        (route.path, handler.opt[KEY])
        for route in application().routes
        for handler in handlers_of(route)
        if isinstance(handler, WebsocketRouteHandler)
    }


def _described(path: str) -> str:
    """`/users/{id:uuid}` as the description has it: `/users/{id}`."""
    return "/".join(f"{part.partition(':')[0]}}}" if ":" in part else part for part in path.split("/"))


def _asked(described: dict[str, Any], operation: dict[str, Any]) -> tuple[frozenset[str], tuple[str, ...]]:
    parameters = frozenset(each["name"] for each in operation.get("parameters", []))
    content = operation.get("requestBody", {}).get("content", {})
    return parameters, tuple(name for each in content.values() for name in _properties(described, each["schema"]))


def _properties(described: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    for inner in schema.get("oneOf", schema.get("anyOf", [])):
        yield from _properties(described, inner)
    if reference := schema.get("$ref"):
        yield from _properties(described, described["components"]["schemas"][reference.rpartition("/")[2]])
    yield from schema.get("properties", {})
