"""The types of ASGI 3 as plain mappings, for what stands outside of the framework, and the headers of a connection."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from litestar.datastructures import Headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

RawHeaders = list[tuple[bytes, bytes]]


def headers_of(scope: Scope) -> Headers:
    """A connection's headers, by names in lower case."""
    return Headers(as_raw(scope["headers"]))


def as_raw(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """Headers as a list, names in lower case, as they came."""
    return [(name.lower(), value) for name, value in headers]
