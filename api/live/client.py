"""One open socket as the hub sees it: a numbered, bounded outbox. Never waits, so a slow reader slows nobody else.

Whoever reads slower than the outbox fills is closed with `TOO_SLOW` and comes back for a new snapshot.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from api.live.messages import Frame, Message, encode
from api.live.rooms import EVERYTHING
from api.roles import Role
from api.tokens import Principal

# About ten seconds of a busy centre's changes; a browser that is further behind is better off with a new snapshot.
OUTBOX = 1_000

# RFC 6455's "try again later", "policy violation" and "message too big"; 4401 is ours, after HTTP's 401.
TOO_SLOW = 1013
REFUSED = 1008
TOO_BIG = 1009
SIGNED_OUT = 4401

Write = Callable[[Message, int], str]
"""Makes the text of a frame of a message and its number, in the words of one protocol."""


def frame_of(message: Message, seq: int) -> str:
    """A frame of /ws/pbx."""
    return encode(Frame(message.event, message.data, seq, message.version)).decode()


class Client:
    """An open socket of a signed-in user. `seats` are the agents that the user is, by their keys on the topic."""

    def __init__(
        self,
        principal: Principal,
        seats: frozenset[str] = frozenset(),
        write: Write = frame_of,
        room: int = OUTBOX,
    ) -> None:
        self.principal = principal
        self.seats = seats
        # The rooms it is in now, and those it asked for; None for all that it may hear.
        self.rooms = EVERYTHING
        self.asked: frozenset[str] | None = None
        # Why the socket is to be closed; None while it may stay open.
        self.close_code: int | None = None
        self.closing = asyncio.Event()
        self._write = write
        self._room = room
        self._seq = 0
        # Messages are kept as they are for everybody: a frame is made when it is sent.
        self._outbox: deque[Message] = deque()
        # What writes frames at once, where the transport can; and whether some are on their way in another manner.
        self.write_now: Callable[[list[str]], bool] | None = None
        self._under_way = True
        self._waiting = asyncio.Event()

    @property
    def tenant(self) -> str:
        """Whose rooms it may be in."""
        return self.principal.tenant

    @property
    def is_agent(self) -> bool:
        """Whether it hears its own work only."""
        return self.principal.role is Role.AGENT

    def tell(self, messages: Iterable[Message]) -> int:
        """Put messages into the outbox: how many. None where there is no room, and the socket is to be closed.

        Who has read everything is not slow, however much comes at once: a new day changes every agent and queue.
        """
        if self.closing.is_set():
            return 0
        outbox, behind = self._outbox, len(self._outbox)
        outbox.extend(messages)
        if not behind and not self._under_way and self.write_now is not None:
            return self._tell_now(self.write_now)
        self._waiting.set()
        if behind and len(outbox) > self._room:
            outbox.clear()
            self.close(TOO_SLOW)
            return 0
        return len(outbox) - behind

    def close(self, code: int) -> None:
        """Say that the socket is to be closed, and why. The first reason stays."""
        if not self.closing.is_set():
            self.close_code = code
            self.closing.set()
            self._waiting.set()

    @property
    def has_frames(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._outbox)

    def nudge(self) -> None:
        """Let whoever waits for frames look up, though there may be none."""
        self._waiting.set()

    async def until_frames(self) -> None:
        """What was taken is sent. Wait until there is something to send, or to look at: a nudge, or the end."""
        self._under_way = False
        await self._waiting.wait()

    def take_frames(self) -> list[str]:
        """All that waits to be sent, in order. Until `until_frames` is called again, nothing overtakes it."""
        self._under_way = True
        frames = self._frames()
        self._seq += len(frames)
        self._outbox.clear()
        self._waiting.clear()
        return frames

    def _tell_now(self, write: Callable[[list[str]], bool]) -> int:
        # Without a task to wake: with thousands of sockets that is half of what telling them costs.
        frames = self._frames()
        if write(frames):
            self._seq += len(frames)
            self._outbox.clear()
        else:
            self._waiting.set()
        return len(frames)

    def _frames(self) -> list[str]:
        return [self._write(message, seq) for seq, message in enumerate(self._outbox, self._seq + 1)]
