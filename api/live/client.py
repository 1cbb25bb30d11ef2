"""One open socket as the hub sees it: a numbered, bounded outbox. Never waits, so a slow reader slows nobody else.

Whoever reads slower than the outbox fills is closed with `TOO_SLOW` and comes back for a new snapshot.
"""

import asyncio

from api.live.messages import Frame, Message, encode
from api.tokens import Principal

# About ten seconds of a busy centre's changes; a browser that is further behind is better off with a new snapshot.
OUTBOX = 1_000

# RFC 6455's "try again later" and "policy violation"; 4401 is ours, after HTTP's 401.
TOO_SLOW = 1013
REFUSED = 1008
SIGNED_OUT = 4401


class Client:
    """An open socket of a signed-in user."""

    def __init__(self, principal: Principal, room: int = OUTBOX) -> None:
        self.principal = principal
        # Why the socket is to be closed; None while it may stay open.
        self.close_code: int | None = None
        self.closing = asyncio.Event()
        self._seq = 0
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(room)

    def tell(self, message: Message) -> bool:
        """Put a message into the outbox. Whether there was room; if not, the socket is to be closed."""
        if self.closing.is_set():
            return False
        self._seq += 1
        try:
            self._outbox.put_nowait(encode(Frame(message.event, message.data, self._seq, message.version)))
        except asyncio.QueueFull:
            self.close(TOO_SLOW)
            return False
        return True

    def close(self, code: int) -> None:
        """Say that the socket is to be closed, and why. The first reason stays."""
        if not self.closing.is_set():
            self.close_code = code
            self.closing.set()

    async def next_frame(self) -> bytes:
        """The next frame to send, in order; waits for one."""
        return await self._outbox.get()
