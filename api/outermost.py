"""What holds for every request, whoever answers it: counted, logged, its answer carries security headers.

Before anything else is asked: who is at the other end, whether that is too often, and whether a token is in the
address. The log has the path without the query, and never a header or a body.
"""

import logging
import time
from typing import Any

from msgspec import Struct

from api.asgi import App, Message, Receive, Scope, Send
from api.door.crowd import Crowd
from api.door.peers import Proxies, peer_of
from api.door.queries import refuse_tokens
from api.headers import with_defaults
from api.problems import refuse_socket, send_problem
from api.telemetry import Telemetry
from api.tokens import Principal

# Methods that get a name of their own in the figures; a stranger's invention must not make a new series each time.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger("api.access")


class Door(Struct, frozen=True):
    """Whom we believe about peers, and how much one of them may ask."""

    proxies: Proxies
    crowd: Crowd


class Outermost:
    """ASGI: wraps the whole."""

    def __init__(self, app: App, telemetry: Telemetry, door: Door) -> None:
        self._app = app
        self._telemetry = telemetry
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, or the lifespan."""
        if scope["type"] == "http":
            self._door.proxies.vouch(scope)
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            self._door.proxies.vouch(scope)
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status, tls = time.perf_counter(), 0, scope["scheme"] == "https"
        # The framework rewrites the scope's path; what was asked is what is logged.
        method, path = scope["method"], scope["path"]

        async def send_with_headers(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event["headers"] = with_defaults(event["headers"], tls=tls)
            await send(event)

        try:
            self._admit(scope)
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # Once the answer has begun, only the server can break it off.
            if status:
                raise
            await send_problem(send_with_headers, error)
        finally:
            seconds = time.perf_counter() - began
            self._telemetry.answered(method if method in METHODS else "OTHER", route_of(scope), status or 500, seconds)
            about = {"method": method, "path": path, "status": status or 500, "ms": round(seconds * 1000, 1)}
            log.info("request", extra=_about(scope) | about)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, opened, path = time.perf_counter(), False, scope["path"]

        async def watch(event: Message) -> None:
            nonlocal opened
            opened = opened or event["type"] == "websocket.accept"
            await send(event)

        try:
            self._admit(scope)
            with self._door.crowd.socket_of(peer_of(scope)):
                await self._app(scope, receive, watch)
        except Exception as error:
            if opened:
                raise
            await refuse_socket(scope, receive, send, error)
        finally:
            about = {"path": path, "opened": opened, "s": round(time.perf_counter() - began, 1)}
            log.info("socket closed", extra=_about(scope) | about)

    def _admit(self, scope: Scope) -> None:
        self._door.crowd.peer_asks(peer_of(scope))
        refuse_tokens(scope["query_string"])


def route_of(scope: Scope) -> str:
    """The route's pattern, so that figures are by route and not by address."""
    return str(scope.get("path_template") or "other")


def _about(scope: Scope) -> dict[str, Any]:
    client, user = scope.get("client"), scope.get("user")
    who = user.user_id if isinstance(user, Principal) else None
    return {"peer": client[0] if client else None, "user": who}
