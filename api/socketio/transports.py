"""/socket.io: Engine.IO's two transports as one ASGI application, long polling and WebSocket.

No token is taken from the address. A WebSocket must come from our own page; so must a request that says where it comes
from, and one that lives on the browser's cookie must say so (`api/gate.py`). The id of a session, which the protocol
has in the address, is good for nothing but that session, and the log has no queries.
"""

import asyncio
import secrets
from typing import Any
from urllib.parse import parse_qs

from litestar.datastructures import Headers

from api.asgi import Message, Receive, Scope, Send, headers_of
from api.errors import ApiError, BadRequest, NotAllowed, TooLarge, Unavailable
from api.gate import Gate
from api.live.client import REFUSED
from api.live.entrance import Entrance
from api.live.socket import until_first
from api.problems import raw_headers, send_problem
from api.socketio.packets import PROBE, PROBED, SEPARATOR, UPGRADE, Opening, opening
from api.socketio.session import DONE, PING_EVERY_S, PING_TIMEOUT_S, Admit, Session
from api.texts import send_texts
from api.tokens import Principal

PATH = "/socket.io"
PROTOCOL = "4"
# What one request or frame may hold, bytes.
MAX_PAYLOAD = 16 * 1024
# Sessions that have not signed in yet, of the whole process.
MAX_STRANGERS = 1_000
# Trying a WebSocket takes two ways to and fro.
PROBE_WITHIN_S = 10.0
# A peer that reads nothing does not take the farewell either.
FAREWELL_S = 1.0

UNKNOWN = "There is no such session. Open a new one."


def is_socketio(path: str) -> bool:
    """Whether this path is for Socket.IO."""
    return path.rstrip("/") == PATH


class SocketIo:
    """The application, over an entrance to the hub."""

    def __init__(self, gate: Gate, entrance: Entrance) -> None:
        self.sessions: dict[str, Session] = {}
        # Those that had not signed in when it was looked last, and those that have come since.
        self._strangers: list[Session] = []
        self._gate = gate
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        scope["path_template"] = PATH
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        if scope["type"] == "websocket":
            await self._websocket(scope, query, receive, send)
            return
        try:
            body = await self._request(scope, query, receive)
        except ApiError as error:
            await send_problem(send, error)
            return
        headers = {"content-type": "text/plain; charset=UTF-8", "content-length": str(len(body))}
        await send({"type": "http.response.start", "status": 200, "headers": raw_headers(headers)})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _request(self, scope: Scope, query: dict[str, str], receive: Receive) -> bytes:
        headers, sid = headers_of(scope), query.get("sid")
        # Also a GET: a browser sends the cookie with it, and it opens a session.
        self._gate.origins.refuse_others(headers, "POST", by_cookie=False)
        if query.get("EIO") != PROTOCOL or query.get("transport") != "polling":
            raise BadRequest("Speak Engine.IO 4 over polling, or over a WebSocket.")
        if sid is None and scope["method"] == "GET":
            return _opening(self._new(self._admission(headers, "POST")), ["websocket"]).encode()
        session = self.sessions.get(sid or "")
        if session is None or session.by_websocket:
            raise BadRequest(UNKNOWN)
        if scope["method"] == "GET":
            return await _poll(session, receive)
        if scope["method"] == "POST":
            return await _post(session, receive)
        raise BadRequest("Ask with GET and tell with POST.")

    async def _websocket(self, scope: Scope, query: dict[str, str], receive: Receive, send: Send) -> None:
        await receive()
        try:
            headers = headers_of(scope)
            self._gate.origins.refuse_others(headers, None, by_cookie=False)
            session = self._session_of(query, headers)
        except ApiError:
            # Before it is accepted, this is answered with 403.
            await send({"type": "websocket.close", "code": REFUSED, "reason": ""})
            return
        await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
        if "sid" in query and not await _upgraded(session, receive, send):
            await send({"type": "websocket.close", "code": REFUSED, "reason": ""})
            return
        session.by_websocket = True
        await until_first(_send(session, scope, send), _receive(session, receive), session.until_closing())
        session.end()
        if session.client is not None:
            scope["user"] = session.client.principal
        await _bye(session, scope, send)

    def _session_of(self, query: dict[str, str], headers: Headers) -> Session:
        if query.get("EIO") != PROTOCOL or query.get("transport") != "websocket":
            raise BadRequest("Speak Engine.IO 4.")
        if "sid" in query:
            session = self.sessions.get(query["sid"])
            if session is None or session.by_websocket or session.probing:
                raise BadRequest(UNKNOWN)
            return session
        session = self._new(self._admission(headers, None))
        session.push(_opening(session, []))
        return session

    def _new(self, admit: Admit) -> Session:
        if len(self._strangers) >= MAX_STRANGERS:
            self._strangers = [each for each in self._strangers if each.client is None and not each.over]
        if len(self._strangers) >= MAX_STRANGERS:
            raise Unavailable("Too many connect at once. Try again in a moment.")
        sid = secrets.token_urlsafe(24)
        session = Session(sid, admit, self._entrance, lambda: self._forget(sid))
        self.sessions[sid] = session
        self._strangers.append(session)
        return session

    def _forget(self, sid: str) -> None:
        self.sessions.pop(sid, None)

    def _admission(self, headers: Headers, method: str | None) -> Admit:
        """Who opens a session with these headers; `method` is None over a WebSocket."""

        async def admit(token: str | None) -> Principal:
            if token is None:
                return await self._gate.admit(headers, method)
            others = [(name, value) for name, value in headers.multi_items() if name != "authorization"]
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in others]
            try:
                said = f"Bearer {token}".encode("latin-1")
            except UnicodeEncodeError:
                raise NotAllowed("This is no token.") from None
            return await self._gate.admit(Headers([*raw, (b"authorization", said)]), method)

        return admit


def _opening(session: Session, upgrades: list[str]) -> str:
    every, timeout = int(PING_EVERY_S * 1000), int(PING_TIMEOUT_S * 1000)
    return opening(Opening(session.sid, upgrades, every, timeout, MAX_PAYLOAD))


async def _poll(session: Session, receive: Receive) -> bytes:
    if session.polled:
        session.end()
        raise BadRequest("A session is polled by one request at a time.")
    session.heard()
    session.polled = True
    waiting = asyncio.ensure_future(session.packets())
    try:
        await until_first(asyncio.wait([waiting]), _gone(receive))
    finally:
        session.polled = False
        waiting.cancel()
    # Where the client has gone instead, what waits stays for its next request.
    packets = waiting.result() if waiting.done() and not waiting.cancelled() else []
    if session.is_closing:
        session.end()
        packets += session.take_packets()
    return SEPARATOR.join(packets).encode()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _post(session: Session, receive: Receive) -> bytes:
    for packet in (await _body(receive)).split(SEPARATOR):
        await session.take(packet)
    return b"ok"


async def _body(receive: Receive) -> str:
    body, more = b"", True
    while more:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
        if len(body) > MAX_PAYLOAD:
            raise TooLarge(f"Send at most {MAX_PAYLOAD} bytes.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise BadRequest("Send UTF-8.") from None


async def _upgraded(session: Session, receive: Receive, send: Send) -> bool:
    session.probing = True
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            if _text(await receive()) != PROBE:
                return False
            await send({"type": "websocket.send", "text": PROBED})
            # The client waits for its poll to end before it moves.
            session.stir()
            return _text(await receive()) == UPGRADE and not session.over
    except TimeoutError:
        return False
    finally:
        session.probing = False


async def _send(session: Session, scope: Scope, send: Send) -> None:
    while not session.is_closing:
        await send_texts(scope, send, await session.packets())


async def _receive(session: Session, receive: Receive) -> None:
    while (message := await receive())["type"] == "websocket.receive":
        await session.take(_text(message))


def _text(message: Message) -> str:
    text: Any = message.get("text")
    return text if isinstance(text, str) else ""


async def _bye(session: Session, scope: Scope, send: Send) -> None:
    code = session.client.close_code if session.client is not None else None
    try:
        async with asyncio.timeout(FAREWELL_S):
            await send_texts(scope, send, session.take_packets())
            await send({"type": "websocket.close", "code": code or DONE, "reason": ""})
    except (TimeoutError, OSError, RuntimeError):
        # The peer is gone or deaf; the server ends the connection when this returns.
        return
