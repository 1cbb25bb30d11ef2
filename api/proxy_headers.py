"""Which headers go through the proxy, and which belong to one connection only (RFC 9110 section 7.6.1). Pure."""

from collections.abc import Iterable

from api.asgi import RawHeaders, Scope, as_raw

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        # Answered by our own server before the body is read.
        b"expect",
    }
)
# Told by us from the connection itself: what a caller claims about them is not passed on.
TOLD_BY_US = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})
# Ours, not the dashboard's: the answer comes from this server, now.
OF_THE_SERVER = frozenset({b"date", b"server"})
# A handshake of its own has its own: the keys are of one connection, subprotocols and compression are negotiated anew.
OF_THE_HANDSHAKE = frozenset({b"host", b"origin", b"content-length"})


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers without those of one connection, named ones included."""
    every = as_raw(headers)
    named = {word.strip().lower() for name, value in every if name == b"connection" for word in value.split(b",")}
    return [(name, value) for name, value in every if name not in HOP_BY_HOP and name not in named]


def onward(scope: Scope) -> RawHeaders:
    """A request's headers as the dashboard gets them."""
    kept = [(name, value) for name, value in end_to_end(scope["headers"]) if name not in TOLD_BY_US]
    host = next((value for name, value in kept if name == b"host"), b"")
    client = scope.get("client")
    peer = client[0].encode() if client else b"unknown"
    told = [(b"x-forwarded-for", peer), (b"x-forwarded-host", host), (b"x-forwarded-proto", scope["scheme"].encode())]
    return kept + told


def handshake(scope: Scope) -> list[tuple[str, str]]:
    """A socket's headers as the dashboard gets them, without what the new handshake makes itself."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in onward(scope)
        if name not in OF_THE_HANDSHAKE and not name.startswith(b"sec-websocket-")
    ]


def backward(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """An answer's headers as the caller gets them."""
    return [(name, value) for name, value in end_to_end(headers) if name not in OF_THE_SERVER]
