"""Where a signed-in user's socket comes in, whatever protocol it speaks."""

import time
from collections.abc import Awaitable, Callable

from api.gate import Gate
from api.live.client import Client, Write
from api.live.conversation import Act, Conversation
from api.live.hub import Hub
from api.live.seats import Seats
from api.tokens import Principal

Clock = Callable[[], float]


class Entrance:
    """Lets sockets into the hub and out again. `clock` in seconds since the epoch."""

    def __init__(self, hub: Hub, gate: Gate, seats: Seats, clock: Clock = time.time, act: Act | None = None) -> None:
        self._act = act
        self._hub = hub
        self._gate = gate
        self._seats = seats
        self._clock = clock

    async def enter(self, principal: Principal, write: Write) -> Client | None:
        """A new socket; None when its user has too many. Raises what the database raises when it cannot be asked."""
        return self._hub.join(principal, await self._seats.of(principal), write)

    def leave(self, client: Client) -> None:
        """The socket is gone."""
        self._hub.leave(client)

    def conversation(self, client: Client) -> Conversation:
        """What will be said on a socket."""
        return Conversation(self._hub, client, self._holds(client.principal), self._act)

    def _holds(self, principal: Principal) -> Callable[[], Awaitable[bool]]:
        return lambda: self._gate.still_holds(principal, self._clock())
