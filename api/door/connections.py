"""Connections whose request is not whole yet: how long they may take, and how many there may be.

uvicorn waits for ever for a request that comes drop by drop. Here each has a deadline, and when one peer has too many
at once, or all have, the one that waits longest makes room: a request that is meant comes whole within milliseconds, so
those that are slow on purpose go first, and even who shares an attacker's address is answered.
"""

import asyncio
from collections import OrderedDict, defaultdict
from functools import partial
from typing import Any, cast

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.door.peers import Proxies, peer_key
from api.headers import with_defaults
from api.problems import MEDIA_TYPE, problem

# From the first byte (or the connection) to the last of the body. A filter's state is kilobytes, a login a packet.
WHOLE_WITHIN_S = 10.0
# Head, cookies and a long filter in the address together are under four kilobytes.
MAX_HEAD = 16 * 1024
# An idle connection is kept for the next request of the same page.
KEEP_ALIVE_S = 5
# Up to 2,048 new ones are taken in one turn of the loop before anything of them is read: when a whole office comes back
# at once, its connections must not be taken for an attack.
HALF_OPEN_PER_PEER = 2_500
# About 15 KB each.
HALF_OPEN = 5_000


class HalfOpen:
    """The connections of this process whose request is not whole. `dropped` counts those that were not let wait."""

    def __init__(self, proxies: Proxies, per_peer: int = HALF_OPEN_PER_PEER, at_most: int = HALF_OPEN) -> None:
        self.dropped = 0
        self._proxies = proxies
        self._per_peer = per_peer
        self._at_most = at_most
        # Whoever waits longest comes first.
        self._waiting: OrderedDict[Connection, str] = OrderedDict()
        self._by_peer: defaultdict[str, OrderedDict[Connection, None]] = defaultdict(OrderedDict)

    def __len__(self) -> int:
        return len(self._waiting)

    def figures(self) -> dict[str, tuple[str, float]]:
        """What /metrics tells of them."""
        return {
            "trunkline_api_half_open": ("Connections whose request is not whole", len(self)),
            "trunkline_api_half_open_dropped_total": ("Connections that were too many or too slow", self.dropped),
        }

    def add(self, connection: "Connection", host: str) -> None:
        """A connection begins to wait; the one that waits longest may have to make room."""
        peer = peer_key(host)
        self._waiting[connection] = peer
        self._by_peer[peer][connection] = None
        # Everybody comes through a proxy.
        if len(self._by_peer[peer]) > self._per_peer and not self._proxies.trusts(host):
            next(iter(self._by_peer[peer])).drop()
        if len(self._waiting) > self._at_most:
            next(iter(self._waiting)).drop()

    def discard(self, connection: "Connection") -> None:
        """The request is whole, or the connection gone."""
        peer = self._waiting.pop(connection, None)
        if peer is not None:
            del self._by_peer[peer][connection]
            if not self._by_peer[peer]:
                del self._by_peer[peer]


class Strict(h11.Connection):
    """HTTP/1.1 that takes no request with two lengths: a proxy before us may believe the other one (RFC 9112, 6.1)."""

    def next_event(self) -> Any:
        """The next event. Raises h11.RemoteProtocolError for what is no HTTP."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:
                raise h11.RemoteProtocolError("two lengths")
        return event


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1 over h11, which bounds what it holds, with a deadline for each request."""

    def __init__(self, half_open: HalfOpen, within_s: float, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn = Strict(h11.SERVER, MAX_HEAD)
        self._half_open = half_open
        self._within_s = within_s
        self._deadline: asyncio.TimerHandle | None = None
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._begin_to_wait()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request, or more than one."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The answer is out; what came of the next request meanwhile is looked at."""
        super().on_response_complete()
        self._look()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on another protocol has the transport."""
        self._upgraded = True
        self._end_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone."""
        self._end_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as everything else is answered."""
        body = msgspec.json.encode(problem(400, msg))
        own = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"connection", b"close"),
            (b"content-length", b"%d" % len(body)),
        ]
        response = h11.Response(status_code=400, headers=with_defaults(own), reason=b"Bad Request")
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def drop(self) -> None:
        """End the connection now, whatever was sent of the request."""
        self._half_open.dropped += 1
        self._end_waiting()
        self.transport.abort()

    def _look(self) -> None:
        # To h11 the request that asked for the upgrade never comes whole.
        if self._upgraded or self.transport.is_closing() or self._is_whole():
            self._end_waiting()
        elif self._deadline is None:
            self._begin_to_wait()

    def _is_whole(self) -> bool:
        # Idle and with nothing in hand it waits for the next request, for which uvicorn has its own, shorter limit.
        state = self.conn.their_state
        if state is h11.IDLE:
            return self.timeout_keep_alive_task is not None
        return state is not h11.SEND_BODY

    def _begin_to_wait(self) -> None:
        self._deadline = self.loop.call_later(self._within_s, self.drop)
        self._half_open.add(self, self.client[0] if self.client else "")

    def _end_waiting(self) -> None:
        self._half_open.discard(self)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def connection_class(half_open: HalfOpen, within_s: float = WHOLE_WITHIN_S) -> type[asyncio.Protocol]:
    """What uvicorn makes for each connection. It only calls it, so a function does for the class."""
    return cast(type[asyncio.Protocol], partial(Connection, half_open, within_s))
