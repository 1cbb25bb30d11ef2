"""What holds for every request, whoever answers it: it is logged and counted, its answer carries security headers.

The log has the path without the query, and never a header or a body.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

from api.asgi import App, Message, RawHeaders, Receive, Scope, Send, as_raw
from api.problems import raw_headers
from api.telemetry import Telemetry
from api.tokens import Principal

# For answers that are data: nothing in them may run, load or be framed. Pages bring their own policy.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

DEFAULTS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": POLICY,
    "cache-control": "no-store",
}
_DEFAULTS = raw_headers(DEFAULTS)

# Methods that get a name of their own in the figures; a stranger's invention must not make a new series each time.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = logging.getLogger("api.access")


class Outermost:
    """ASGI: wraps the whole."""

    def __init__(self, app: App, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, or the lifespan."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 500
        # The framework rewrites the scope's path; what was asked is what is logged.
        method, path = scope["method"], scope["path"]

        async def send_with_headers(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                event["headers"] = with_defaults(event["headers"])
            await send(event)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - began
            self._telemetry.answered(method if method in METHODS else "OTHER", route_of(scope), status, seconds)
            about = _about(scope) | {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 1)}
            log.info("request", extra=about)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, opened, path = time.perf_counter(), False, scope["path"]

        async def watch(event: Message) -> None:
            nonlocal opened
            opened = opened or event["type"] == "websocket.accept"
            await send(event)

        try:
            await self._app(scope, receive, watch)
        finally:
            about = {"path": path, "opened": opened, "s": round(time.perf_counter() - began, 1)}
            log.info("socket closed", extra=_about(scope) | about)


def with_defaults(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers, and those of `DEFAULTS` that are not among them."""
    given = as_raw(headers)
    there = {name for name, _ in given}
    return given + [(name, value) for name, value in _DEFAULTS if name not in there]


def route_of(scope: Scope) -> str:
    """The route's pattern, so that figures are by route and not by address."""
    return str(scope.get("path_template") or "other")


def _about(scope: Scope) -> dict[str, Any]:
    client, user = scope.get("client"), scope.get("user")
    who = user.user_id if isinstance(user, Principal) else None
    return {"peer": client[0] if client else None, "user": who}
