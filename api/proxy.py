"""Forwards one HTTP request to the dashboard and its answer back, both bodies as they come, without holding them.

It uses httpx's transport and not its client: no cookie jar, no redirects, no headers of its own, so nothing of one user
can reach another's request.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx

from api.asgi import Receive, Scope, Send
from api.errors import BadGateway, TooLarge
from api.proxy_headers import backward, onward

# A filter's state is kilobytes; nothing that the pages send is near this.
MAX_BODY = 4 * 1024 * 1024
# The dashboard is next door, but a long report may take its time until the first byte.
TIMEOUT = httpx.Timeout(connect=3.0, read=120.0, write=30.0, pool=10.0).as_dict()

DOWN = "The dashboard does not answer. It is started again by itself; try again in a moment."

log = logging.getLogger("api.proxy")


class Body:
    """A request's body as it comes. Raises TooLarge beyond `MAX_BODY`."""

    def __init__(self, receive: Receive) -> None:
        self.finished = False
        self._receive = receive

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, piece by piece."""
        size = 0
        while not self.finished:
            message = await self._receive()
            if message["type"] != "http.request":
                raise httpx.ReadError("the caller is gone")
            size += len(message["body"])
            if size > MAX_BODY:
                raise TooLarge(f"A body may have at most {MAX_BODY} bytes.")
            self.finished = not message["more_body"]
            yield message["body"]


class HttpProxy:
    """Forwards to one address, `host:port`."""

    def __init__(self, address: str, transport: httpx.AsyncBaseTransport) -> None:
        self._base = httpx.URL(f"http://{address}")
        self._transport = transport

    async def forward(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises BadGateway when the dashboard does not answer, TooLarge for a body that is."""
        body = Body(receive)
        request = self._request(scope, body)
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            log.warning("the dashboard does not answer", extra={"error": type(error).__name__})
            raise BadGateway(DOWN) from error
        try:
            await self._answer(response, body, receive, send)
        finally:
            await response.aclose()

    def _request(self, scope: Scope, body: Body) -> httpx.Request:
        headers = onward(scope)
        has_body = any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
        body.finished = not has_body
        return httpx.Request(
            scope["method"],
            self._base.copy_with(raw_path=target(scope)),
            headers=headers,
            content=body.chunks() if has_body else None,
            extensions={"timeout": TIMEOUT},
        )

    async def _answer(self, response: httpx.Response, body: Body, receive: Receive, send: Send) -> None:
        headers = backward(response.headers.raw)
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        copying = asyncio.create_task(_copy(response, send))
        # An endless answer ends when its reader goes; who still sends a body is not listened to for that.
        leaving = asyncio.create_task(_left(receive)) if body.finished else None
        try:
            await asyncio.wait({copying, leaving} if leaving else {copying}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (copying, leaving):
                if task is not None and not task.done():
                    task.cancel()
            await asyncio.gather(*(task for task in (copying, leaving) if task), return_exceptions=True)


def target(scope: Scope) -> bytes:
    """Path and query as they were asked for, not decoded."""
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    query = scope["query_string"]
    return path + b"?" + query if query else path


async def _copy(response: httpx.Response, send: Send) -> None:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        async for chunk in response.stream:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except httpx.TransportError as error:
        # The head is sent: leaving the body open makes the server cut the connection, and the reader knows.
        log.warning("the dashboard's answer broke off", extra={"error": type(error).__name__})
        return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
