"""/reports: the dashboard behind the same door. All of it needs a sign-in; a page that lacks one goes to /login.

It stands outside of the framework: mounting there adds a slash to every path, which the dashboard answers wrongly.
"""

import asyncio
import time
from typing import Any, Final, Protocol
from urllib.parse import quote

from api.asgi import Receive, Scope, Send, headers_of
from api.errors import ApiError, BadGateway, NotAllowed, NotFound, NotSignedIn
from api.gate import Gate
from api.live.client import SIGNED_OUT
from api.pages import POLICY
from api.problems import raw_headers, send_problem
from api.proxy import HttpProxy, target
from api.proxy_socket import Ended, SocketProxy
from api.roles import WATCHERS
from api.tokens import Principal

PREFIX: Final = "/reports"
# Files of a page's numbers: each is written down before its first byte.
EXPORTS: Final = PREFIX + "/export/"
# A page is made of a hundred small ones, which browsers ask for anew each time and which do nothing.
FILES: Final = (PREFIX + "/assets/", PREFIX + "/_dash-component-suites/")
LOGIN: Final = "/login"
# What a route's pattern is for the framework's own routes: figures and logs name it so.
TEMPLATE: Final = "/reports/{path}"
# How soon a socket of somebody who is signed in no more is closed.
LOOK_EVERY_S = 5.0


def is_ours(path: str) -> bool:
    """Whether a path belongs to the dashboard."""
    return path == PREFIX or path.startswith(PREFIX + "/")


class Book(Protocol):
    """Where it is written down that somebody took numbers away."""

    async def note(self, principal: Principal, detail: dict[str, Any]) -> None: ...


class Reports:
    """ASGI: the dashboard's part of the origin."""

    def __init__(self, gate: Gate, http: HttpProxy, sockets: SocketProxy, away: bytes, book: Book) -> None:
        """`away` is the page for readers while the dashboard is down."""
        self._gate = gate
        self._away = away
        self._book = book
        self._http = http
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection under /reports."""
        if scope["type"] == "http":
            await self._page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_template"] = TEMPLATE
        try:
            principal = await self._admit(scope)
            if scope["path"].startswith(EXPORTS):
                # What is written there of sent rows is for this process alone (api/report_files.py).
                if scope["method"] != "GET":
                    raise NotFound("There is nothing at this address.")
                query = scope["query_string"].decode("latin-1")
                await self._book.note(principal, {"file": scope["path"].removeprefix(EXPORTS), "query": query})
            if scope["path"] == PREFIX:
                await redirect(send, PREFIX + "/")
            else:
                await self._http.forward(scope, receive, send)
        except NotSignedIn as error:
            if wants_page(scope):
                await redirect(send, f"{LOGIN}?next={quote(target(scope).decode('latin-1'), safe='')}")
            else:
                await send_problem(send, error)
        except BadGateway as error:
            if wants_page(scope):
                await send_page(send, error.status, self._away)
            else:
                await send_problem(send, error)
        except Exception as error:
            await send_problem(send, error)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            principal = await self._admit(scope)
        except ApiError:
            await receive()
            await send({"type": "websocket.close", "code": SIGNED_OUT, "reason": ""})
            return
        await self._sockets.forward(scope, receive, send, lambda: self._until_over(principal))

    async def _admit(self, scope: Scope) -> Principal:
        is_counted = not scope["path"].startswith(FILES)
        principal = await self._gate.admit(headers_of(scope), scope.get("method"), is_counted=is_counted)
        if principal.role not in WATCHERS:
            raise NotAllowed(f"The role {principal.role} does not open the reports.")
        # Nothing that the dashboard serves has such a name; a path that climbs would leave /reports behind the proxy.
        if ".." in scope["path"].replace("\\", "/").split("/"):
            raise NotFound("There is nothing at this address.")
        scope["user"] = principal
        return principal

    async def _until_over(self, principal: Principal) -> Ended:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not await self._gate.still_holds(principal, time.time()):
                return Ended(SIGNED_OUT, "")


def wants_page(scope: Scope) -> bool:
    """Whether a person waits for a page, rather than a script for data."""
    return scope["method"] == "GET" and "text/html" in headers_of(scope).get("accept", "")


async def send_page(send: Send, status: int, page: bytes) -> None:
    """Answer with a page of our own."""
    length = str(len(page))
    headers = {"content-type": "text/html; charset=utf-8", "content-length": length, "content-security-policy": POLICY}
    await send({"type": "http.response.start", "status": status, "headers": raw_headers(headers)})
    await send({"type": "http.response.body", "body": page, "more_body": False})


async def redirect(send: Send, location: str) -> None:
    """Send the reader elsewhere on this origin."""
    headers = raw_headers({"location": location, "content-length": "0"})
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
