"""The AMI server: it listens, and sends every client the same events.

Job: accept connections and be their host. Contract: events go to all logged-in clients in the order given, with the
same number to all where they are `numbered`; `drained` waits for those who are behind, which is how a playback runs as
fast as it is read.
It must not: know what an action or an event means (`act` and whoever calls `broadcast` do).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from itertools import count

from asterisk.simulator.access import Account
from asterisk.simulator.session import Act, Session, wire

_STAMP = b"\r\nTimestamp: "


def with_number(event: bytes, number: int) -> bytes:
    """An event with the number that `debug=on` gives it, behind its time. What has none was asked for by one client."""
    head, stamp, rest = event.partition(_STAMP)
    time_, _, tail = rest.partition(b"\r\n")
    return b"%b%b%b\r\nSequenceNumber: %d\r\n%b" % (head, stamp, time_, number, tail) if stamp else event


class Server:
    """One listening AMI. `act` answers whatever is not about the connection itself."""

    def __init__(
        self,
        account: Account,
        act: Act,
        *,
        write_timeout_s: float = 10.0,
        refusal_s: float = 1.0,
        numbered: bool = False,
    ) -> None:
        self.account = account
        self.act = act
        self.write_timeout_s = write_timeout_s
        self.refusal_s = refusal_s
        self.now: Callable[[], float] = time.time
        self._began = time.monotonic()
        self.numbered = numbered
        self._numbers = count()
        self._sessions: list[Session] = []
        self._came = asyncio.Event()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, which is a free one for port 0. Raises OSError when it is taken."""
        self._listener = await asyncio.get_running_loop().create_server(self._accept, host, port)
        return int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and hang up on everybody."""
        for session in list(self._sessions):
            session.transport.abort()
        if self._listener is not None:
            self._listener.close()
            await self._listener.wait_closed()

    async def listeners(self, count: int) -> None:
        """Wait until so many clients are logged in that get all events."""
        while sum(session.hears_everything for session in self._sessions) < count:
            self._came.clear()
            await self._came.wait()

    async def drained(self) -> None:
        """Wait until no client is behind by more than the high-water mark. One that has gone is not waited for."""
        for session in list(self._sessions):
            await session.writable.wait()

    async def finish(self) -> None:
        """Hang up on everybody once they have been sent everything, then stop listening.

        Whoever does not take the rest within the write timeout is cut off.
        """
        for session in self._sessions:
            session.transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_gone(), self.write_timeout_s)
        await self.close()

    async def _all_gone(self) -> None:
        while self._sessions:
            self._came.clear()
            await self._came.wait()

    # ---- a session's host

    def broadcast(self, events: Sequence[bytes]) -> None:
        """Send events to every logged-in client."""
        if not events:
            return
        if self.numbered:
            events = [with_number(event, next(self._numbers)) for event in events]
        all_of_them = wire(events)
        for session in self._sessions:
            if session.logged_in:
                session.deliver(events, all_of_them)

    def changed(self, session: Session) -> None:
        """A client has logged in, gone, or changed what it hears."""
        if session.closed:
            self._sessions.remove(session)
        self._came.set()

    def uptime_s(self) -> int:
        """Whole seconds since this server was made."""
        return int(time.monotonic() - self._began)

    def _accept(self) -> Session:
        session = Session(self)
        self._sessions.append(session)
        return session
