"""The dashboard's own door: nothing behind it answers without the login's cookie.

The proxy in front checks the same cookie, but this process also listens on a port, so it must not trust the way a
request came. What a request may see (its tenant) comes from the token only. WebSockets are refused: the feed is
the API's.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import jwt
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboard.errors import NotSignedIn

COOKIE = "trunkline"
LOGIN_PATH = "/login"
# Who sees the work of others; an agent's page is the softphone.
ROLES = frozenset({"supervisor", "manager", "analyst", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
# Who answers for what leaves the house.
MANAGERS = frozenset({"manager", "administrator"})

_REQUIRED_CLAIMS = ("sub", "name", "tenant", "role", "typ", "aud", "iss", "iat", "exp")
_SAME_SITE = frozenset({"same-origin", "none"})

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class User:
    """Who asks, as the token says."""

    user_id: str
    name: str
    tenant: str
    role: str


_user: ContextVar[User] = ContextVar("dashboard_user")


def current_user() -> User:
    """The user of the request being answered. Raises NotSignedIn outside of one."""
    try:
        return _user.get()
    except LookupError:
        raise NotSignedIn("No user: pages may only be built behind dashboard.guard.Guard.") from None


def user_of(token: str, secret: str) -> User | None:
    """The user that a signed, unexpired access token of this product names; None for any other text."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience="trunkline",
            issuer="trunkline",
            options={"require": list(_REQUIRED_CLAIMS)},
        )
    except jwt.InvalidTokenError:
        return None
    if claims["typ"] != "access":
        return None
    return User(str(claims["sub"]), str(claims["name"]), str(claims["tenant"]), str(claims["role"]))


class Guard:
    """ASGI: lets a request through to `app` with its user set, or answers it itself (302 to the login, 401, 403)."""

    def __init__(self, app: AsgiApp, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection. Lifespan passes; HTTP needs a user; a WebSocket is closed before it opens."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": "The live feed is at /ws/pbx"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        user = user_of(request.cookies.get(COOKIE, ""), self._secret)
        if user is None:
            await _sign_in(request)(scope, receive, send)
        elif (refusal := _refusal(request, user)) is not None:
            await refusal(scope, receive, send)
        else:
            token = _user.set(user)
            try:
                await self._app(scope, receive, send)
            finally:
                _user.reset(token)


def _refusal(request: HTTPConnection, user: User) -> Response | None:
    if user.role not in ROLES:
        return _problem(
            HTTPStatus.FORBIDDEN,
            "These pages show the work of others. Ask an administrator for a role that may see it.",
        )
    # SameSite=Lax already keeps the cookie from foreign forms; this also covers sibling hosts of the same site.
    if request.scope["method"] != "GET" and request.headers.get("sec-fetch-site", "same-origin") not in _SAME_SITE:
        return _problem(HTTPStatus.FORBIDDEN, "Requests from other sites are refused.")
    return None


def _sign_in(request: HTTPConnection) -> Response:
    if request.scope["method"] == "GET" and "text/html" in request.headers.get("accept", ""):
        query = f"?{request.url.query}" if request.url.query else ""
        back = quote(request.url.path + query, safe="")
        return RedirectResponse(f"{LOGIN_PATH}?next={back}", status_code=HTTPStatus.FOUND)
    return _problem(HTTPStatus.UNAUTHORIZED, "Sign in at /login.")


def _problem(status: HTTPStatus, detail: str) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
