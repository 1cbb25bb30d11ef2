"""A page's file without a browser: asked of the dashboard as somebody who may open the page would.

The dashboard's door believes a token of ours, so tenant and role are held there, by the same lines as for a browser.
"""

from collections.abc import AsyncIterator
from email.message import Message
from http import HTTPStatus
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Struct

from api.errors import ApiError, BadGateway, BadRequest, NotAllowed, NotFound, NotSignedIn, Unavailable
from api.gate import COOKIE
from api.proxy import DOWN, TIMEOUT
from api.reports import EXPORTS
from api.tokens import Principal, Tokens

# What the dashboard answers, as the error that says the same here.
_REFUSALS: dict[int, type[ApiError]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    422: BadRequest,
    503: Unavailable,
}


class ReportFile(Struct, frozen=True):
    """A file: what it is called, its media type, its bytes."""

    name: str
    media: str
    content: bytes


class _Problem(Struct, frozen=True):
    detail: str = ""


class ReportFiles:
    """Asks the dashboard at `address`, `host:port`."""

    def __init__(self, address: str, transport: httpx.AsyncBaseTransport, tokens: Tokens) -> None:
        self._address = address
        self._transport = transport
        self._tokens = tokens

    async def fetch(self, principal: Principal, page: str, kind: str, query: str) -> ReportFile:
        """The file of a page for a choice, the query of the page's address without `?`.

        Raises NotFound for a page or a kind that there is not, NotAllowed where the role does not open the page,
        BadRequest where the file would be too long, Unavailable while the numbers cannot be read, and BadGateway.
        """
        target = f"{EXPORTS}{quote(page, safe='')}.{quote(kind, safe='')}{'?' if query else ''}{query}"
        response, content = await self._ask(principal, "GET", target)
        return ReportFile(_name(response) or f"{page}.{kind}", _media(response), content)

    async def write(self, principal: Principal, kind: str, lines: AsyncIterator[bytes]) -> tuple[str, bytes]:
        """The media type and the bytes of a file made of lines of JSON: the head of a list, then its rows.

        Raises BadGateway, and as `fetch` what the dashboard refuses.
        """
        response, content = await self._ask(principal, "POST", f"{EXPORTS}calls.{kind}", lines)
        return _media(response), content

    async def _ask(
        self, principal: Principal, method: str, target: str, body: AsyncIterator[bytes] | None = None
    ) -> tuple[httpx.Response, bytes]:
        request = httpx.Request(
            method,
            httpx.URL(f"http://{self._address}").copy_with(raw_path=quote(target, safe="/?&=%+:,;@~*").encode()),
            headers={"cookie": f"{COOKIE}={self._tokens.issue(principal)}"},
            content=body,
            extensions={"timeout": TIMEOUT},
        )
        try:
            response = await self._transport.handle_async_request(request)
            try:
                assert isinstance(response.stream, httpx.AsyncByteStream)
                content = b"".join([chunk async for chunk in response.stream])
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise BadGateway(DOWN) from error
        if response.status_code != HTTPStatus.OK:
            raise _REFUSALS.get(response.status_code, BadGateway)(_detail(content))
        return response, content


def _media(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "application/octet-stream"))


def _name(response: httpx.Response) -> str:
    said = Message()
    said["content-disposition"] = response.headers.get("content-disposition", "")
    return said.get_filename() or ""


def _detail(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Problem).detail or DOWN
    except msgspec.DecodeError:
        return DOWN
