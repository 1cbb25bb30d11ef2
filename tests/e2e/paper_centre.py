"""A call centre on paper: the real dashboard, and a live feed that says what a test wants, in the API's own messages.

For states that a real centre is seldom in: empty, huge, hostile, behind, cut off.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from dashboard_parts import PaperMarts, app, token
from e2e.paper_administration import Administration
from e2e.paper_alerts import PaperAlerts
from e2e.paper_history import History
from e2e.paper_limits import PaperLimits
from e2e.paper_past import PaperPast
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.live.freshness import Gap, Health, PbxFreshness
from api.live.messages import (
    SNAPSHOT,
    SUMMARY,
    CurrentCall,
    Frame,
    Message,
    PresenceUpdate,
    QueueUpdate,
    Snapshot,
    Summary,
    WaiterData,
    encode,
    message,
)
from api.live.totals import Today, Totals
from dashboard.guard import Receive, Scope, Send

PBX = "pbx-1"


def now_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


def queue(name: str, waits: tuple[int, ...] = (), offered: int = 0, level: float | None = None) -> QueueUpdate:
    """A queue in which callers have waited so many seconds; of `offered` callers today nine of ten were answered."""
    answered = offered * 9 // 10
    waiters = [WaiterData(f"{PBX}:{name}.{n}", now_ms() - seconds * 1000) for n, seconds in enumerate(waits)]
    today = Today(offered, answered, offered - answered, level, 14.0 if offered else None, 252.0 if offered else None)
    return QueueUpdate(name.lower(), len(waits), 0, max(waits, default=0), name, PBX, waiters, today, 20.0, 0.8, {})


def agent(
    name: str, state: str, seconds: int = 0, queue: str | None = None, caller: str | None = None, reason: str = ""
) -> PresenceUpdate:
    """An agent who has been in a state for so many seconds, with a call from `queue` if given."""
    since = now_ms() - seconds * 1000
    call = CurrentCall(f"{PBX}:1", caller, seconds, since, queue, "+4930123218") if queue else None
    return PresenceUpdate(
        agent_id=name, status="BUSY", state=state, since=since, reason=reason, until=None, then=None,
        then_reason="", name=name, extension="1001", pbx=PBX, queues=[queue or "billing"], current_call=call,
        handled_today=7,
    )  # fmt: skip


@dataclass
class Centre:
    """What the feed says. Changes are told to every open socket by `tell`."""

    queues: list[QueueUpdate] = field(default_factory=list)
    agents: list[PresenceUpdate] = field(default_factory=list)
    behind_ms: int = 41
    gap: Gap | None = None
    marts: PaperMarts = field(default_factory=PaperMarts)
    administration: Administration = field(default_factory=Administration)
    past: PaperPast = field(default_factory=PaperPast)
    limits: PaperLimits = field(default_factory=PaperLimits)
    alerts: PaperAlerts = field(default_factory=PaperAlerts)
    history: History = field(default_factory=History)
    # While it is closed, sockets are refused and those that are open are cut off.
    closed: bool = False
    snapshots: int = 0
    origin: str = ""
    sockets: dict[WebSocket, int] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None

    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        return Snapshot(now_ms(), self.queues, self.agents, self.totals(), self.health())

    def summary(self) -> Summary:
        """Totals and health as they are now."""
        return Summary(now_ms(), self.totals(), self.health())

    def totals(self) -> Totals:
        """All queues together."""
        waiters = [waiter.since for each in self.queues for waiter in each.waiters]
        offered = sum(each.today.offered for each in self.queues)
        answered = sum(each.today.answered for each in self.queues)
        level = 0.822 if offered else None
        mean = 14.0 if offered else None
        return Totals(
            len(waiters), min(waiters, default=None), offered, answered, offered - answered, level, mean, mean
        )

    def health(self) -> Health:
        """The health line."""
        as_of = now_ms() - self.behind_ms
        return Health(as_of, self.behind_ms, [PbxFreshness(PBX, as_of)], self.gap, 1204, 12)

    def tell(self, told: Message, lose: int = 0) -> None:
        """Send an event to every socket, `lose` numbers later than it should be."""
        self._wait(self._tell(told, lose))

    def tell_summary(self) -> None:
        """Send totals and health."""
        self.tell(message(SUMMARY, self.summary()))

    def close(self) -> None:
        """Cut everybody off, and refuse them until `closed` is False again."""
        self.closed = True
        self._wait(self._cut())

    async def feed(self, socket: WebSocket) -> None:
        """The live feed: a snapshot, then whatever is told."""
        if self.closed:
            await socket.close()
            return
        await socket.accept()
        self.snapshots += 1
        self.sockets[socket] = 0
        try:
            await self._send(socket, message(SNAPSHOT, self.snapshot()))
            await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.sockets.pop(socket, None)

    async def _tell(self, told: Message, lose: int) -> None:
        for each in list(self.sockets):
            self.sockets[each] += lose
            await self._send(each, told)

    async def _send(self, socket: WebSocket, told: Message) -> None:
        self.sockets[socket] += 1
        frame = Frame(told.event, told.data, self.sockets[socket], told.version)
        await socket.send_text(encode(frame).decode())

    async def _cut(self) -> None:
        for each in list(self.sockets):
            await each.close()

    def _wait(self, work: object) -> None:
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)  # type: ignore[arg-type]


@contextmanager
def open_centre(centre: Centre) -> Iterator[Centre]:
    """Serve a centre on a free port of this machine."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # From now on connections wait until the server takes them.
        listening.listen()
        centre.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(_origin(centre), ws="websockets-sansio", log_config=None, access_log=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield centre
        finally:
            server.should_exit = True
            thread.join()


def login(role: str = "manager") -> str:
    """A token for the centre's pages."""
    return token(name="Petra Lang", tenant="Northwind Support", role=role)


def _origin(centre: Centre) -> object:
    dashboard = app(lambda _: centre.marts)
    rest = Starlette(
        routes=[
            WebSocketRoute("/ws/pbx", centre.feed),
            Route("/login", lambda _: PlainTextResponse("login")),
            *centre.administration.routes(),
            *centre.past.routes(),
            *centre.limits.routes(),
            *centre.alerts.routes(),
            *centre.history.routes(),
        ]
    )

    async def origin(scope: Scope, receive: Receive, send: Send) -> None:
        centre.loop = asyncio.get_running_loop()
        ours = scope["type"] == "lifespan" or scope["path"].startswith("/reports")
        await (dashboard if ours else rest)(scope, receive, send)

    return origin
