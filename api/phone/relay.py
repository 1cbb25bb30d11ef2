"""/sip: a page's SIP over WebSocket, relayed to its PBX frame by frame, and only what a phone of its user may send.

Close codes: 1013 the PBX does not answer, 4401 signed in no more, 4409 another page is the phone now, 1003 no text.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from litestar.exceptions import WebSocketDisconnect
from msgspec import Struct
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from api.live.client import SIGNED_OUT
from api.phone.sessions import Phones, Session
from api.phone.sip import Refused, checked, is_registered, refusal
from api.phone.switchboard import Switchboard

SIP = "sip"
# "Try again later" and "no such data" of RFC 6455's registry; 4409 is ours, after HTTP's 409.
DOWN, NO_TEXT, REPLACED = 1013, 1003, 4409
# The PBX is near.
OPEN_WITHIN_S = 5.0
# How often it is looked whether the user is still signed in.
LOOK_S = 3.0
# For how often it is tried to say that a page left: about a minute.
LEAVE_TRIES = 20
# What a frame of the PBX may hold: an offer of a call with video has some 10 kB.
MAX_FRAME = 128 * 1024
# What may be dialled by every phone: the self-test.
SELF_TEST = frozenset({"600", "601", "602"})

log = logging.getLogger("api.phone.relay")

Still = Callable[[], Awaitable[bool]]
Registered = Callable[[Session], Awaitable[None]]


class Peer(Protocol):
    """The page's end of the socket, as Litestar has it."""

    async def receive_data(self, mode: Any) -> Any:
        """The next message."""
        ...

    async def send_data(self, data: Any, mode: Any = ...) -> None:
        """Send a message."""
        ...

    async def close(self, code: int = ..., reason: str | None = ...) -> None:
        """End it."""
        ...


class Upstreams(Struct, frozen=True):
    """The PBXs' own WebSockets by the PBXs' names."""

    urls: Mapping[str, str]

    def serves(self, pbx: str) -> bool:
        """Whether this PBX has one."""
        return bool(self.urls.get(pbx))

    async def open(self, pbx: str) -> ClientConnection:
        """A connection. Raises OSError, TimeoutError, InvalidHandshake."""
        return await connect(
            self.urls[pbx],
            subprotocols=[Subprotocol(SIP)],
            user_agent_header=None,
            compression=None,
            open_timeout=OPEN_WITHIN_S,
            max_size=MAX_FRAME,
            proxy=None,
        )


class Relay:
    """Relays for the pages of this process, which is `owner`. `registered` is told when a phone is there."""

    def __init__(
        self, phones: Phones, switchboard: Switchboard, upstreams: Upstreams, owner: uuid.UUID, registered: Registered
    ) -> None:
        self.upstreams = upstreams
        self._phones = phones
        self._switchboard = switchboard
        self._owner = owner
        self._registered = registered
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, peer: Peer, session: Session, still: Still) -> None:
        """One open socket, until one side leaves or the page may be a phone no longer."""
        try:
            upstream = await self.upstreams.open(session.pbx)
        except (OSError, TimeoutError, InvalidHandshake) as error:
            log.warning("the PBX takes no socket: %s", type(error).__name__, extra={"pbx": session.pbx})
            await peer.close(DOWN, "The PBX does not answer.")
            return
        socket = uuid.uuid4()
        with self._switchboard.open_socket(session.pbx, session.interface, session.page_id) as replaced:
            try:
                await self._phones.connect(session, self._owner, socket)
                code = await _first(
                    self._up(peer, upstream, session), self._down(peer, upstream, session), _over(still, replaced)
                )
            finally:
                self._spawn(self._leave(session, socket))
                await upstream.close()
        if code is not None:
            await peer.close(code)

    async def close(self) -> None:
        """End what goes on beside the sockets, once the word that pages left is out."""
        if self._tasks:
            _, waiting = await asyncio.wait(self._tasks, timeout=LOOK_S)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _up(self, peer: Peer, upstream: ClientConnection, session: Session) -> int | None:
        while True:
            try:
                text = await peer.receive_data("text")
            except WebSocketDisconnect:
                return None
            if not isinstance(text, str):
                return NO_TEXT
            try:
                await self._check(text, session)
            except Refused as refused:
                log.warning("a page's request was refused: %s", refused, extra={"interface": session.interface})
                if (answer := refusal(text, refused)) is not None:
                    await peer.send_data(answer, "text")
                continue
            try:
                await upstream.send(text)
            except ConnectionClosed:
                return DOWN

    async def _check(self, text: str, session: Session) -> None:
        sent = checked(text, session.endpoint)
        if sent is None or sent.target is None or sent.target in SELF_TEST:
            return
        if not await self._phones.may_reach(session, sent.target):
            # The rules on numbers hold for pages as for everybody: they are asked before a number is dialled.
            raise Refused(403, "Ask For The Target First")

    async def _down(self, peer: Peer, upstream: ClientConnection, session: Session) -> int | None:
        announced = False
        try:
            while True:
                frame = await upstream.recv()
                text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                if not announced and is_registered(text):
                    announced = True
                    self._spawn(self._announce(session))
                await peer.send_data(text, "text")
        except ConnectionClosed:
            return DOWN
        except (WebSocketDisconnect, RuntimeError):
            # The page left while something was on its way to it.
            return None

    async def _announce(self, session: Session) -> None:
        await self._registered(session)

    async def _leave(self, session: Session, socket: uuid.UUID) -> None:
        """Say that the page is not there: who watches over its calls goes by that, so it is said until it is heard."""
        for _ in range(LEAVE_TRIES):
            try:
                await self._phones.disconnect(session, socket)
                return
            except (OperationalError, PoolTimeout) as error:
                log.warning("a page left, which could not be said: %s", type(error).__name__)
                await asyncio.sleep(LOOK_S)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a page's calls could not be fetched", exc_info=error)


async def _over(still: Still, replaced: asyncio.Event) -> int:
    while await still():
        try:
            async with asyncio.timeout(LOOK_S):
                await replaced.wait()
            return REPLACED
        except TimeoutError:
            continue
    return SIGNED_OUT


async def _first(*parts: Coroutine[Any, Any, int | None]) -> int | None:
    """What the first to end says; the others end then."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return next(task for task in tasks if task in done).result()
