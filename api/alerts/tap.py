"""What is new on the live board, with the instant at which it was heard, for whoever watches the alerts' rules.

The board forgets what it has told; here it waits until it is taken. Nothing is kept while nobody watches.
"""

import time
from collections.abc import Callable

from msgspec import Struct, field

from api.live.board import Board
from calls.live import AgentLive, QueueLive

# What is heard within this time counts as one instant: as fine as anybody can see, and rules are not looked at oftener.
GATHER_MS = 100


def epoch_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Heard(Struct):
    """What was new at an instant, ms since the epoch."""

    at: int
    agents: list[AgentLive] = field(default_factory=list)
    queues: list[QueueLive] = field(default_factory=list)


class Tap:
    """Listens at a board. `note` is called whenever it has changed, before it tells anybody."""

    def __init__(self, board: Board, clock: Callable[[], int] = epoch_ms) -> None:
        self.board = board
        self.clock = clock
        self._heard: list[Heard] = []
        self.is_open = False

    def open(self) -> None:
        """Listen from now on."""
        self.is_open = True
        self._heard.clear()

    def close(self) -> None:
        """Listen no more."""
        self.is_open = False
        self._heard.clear()

    def note(self) -> None:
        """The board has changed."""
        if not self.is_open:
            return
        now = self.clock()
        if not self._heard or now - self._heard[-1].at >= GATHER_MS:
            self._heard.append(Heard(now))
        agents, queues = self.board.untold
        self._heard[-1].agents += agents
        self._heard[-1].queues += queues

    def take(self) -> list[Heard]:
        """All that was heard since the last call of this."""
        heard, self._heard = self._heard, []
        return heard
