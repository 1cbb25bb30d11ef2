"""The wallboard of a past instant, and from change to change, as the process that knows the past tells it in JSON.

Values only: who folds the log to them and who shows them is the business of others.
"""

from msgspec import Struct, field

from calls.live import AgentLive, QueueLive


class Unheard(Struct, frozen=True):
    """A PBX that was not heard at that instant: since when (ms since the epoch), and why."""

    pbx: str
    since: int
    cause: str


class PastBoard(Struct, frozen=True):
    """What a tenant's wallboard is made of: agents and queues as they were published live, and who was not heard."""

    agents: list[AgentLive] = field(default_factory=list)
    queues: list[QueueLive] = field(default_factory=list)
    unheard: list[Unheard] = field(default_factory=list)


class PastMoment(Struct, frozen=True):
    """What was new on the board at an instant (ms since the epoch): of the first one everything."""

    at: int
    shown: PastBoard


class Reel(Struct, frozen=True):
    """Moments in order, all there are until then (ms since the epoch)."""

    moments: list[PastMoment]
    until: int
