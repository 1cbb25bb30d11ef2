"""Rooms of sockets by tenant: tells each room what changed on the board, each socket in its own numbering.

Changes are gathered for `GATHER_S`, so that a burst becomes one message per agent, queue or call; the first after a
quiet moment goes out at once. Each second: what time alone changes, and the summary.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.live.board import Board
from api.live.client import SIGNED_OUT, TOO_SLOW, Client
from api.live.freshness import Certainty, Gap, Health, PbxReport, health
from api.live.messages import SNAPSHOT, SUMMARY, Message, Snapshot, Summary, message
from api.live.totals import day_start, totals
from api.tokens import Principal

# As short as it may be beside a hundredth of a second for each step before: what changes all the time is thinned by the
# stream processor already.
GATHER_S = 0.02
# A browser that hears nothing for longer takes the line for dead.
HEARTBEAT_MS = 10_000
# Several screens of one person, and the ones that their browser has not given up yet.
SOCKETS_PER_USER = 25


class Pulse(Protocol):
    """What is known of the PBXs' freshness. Asking does not wait: the answers are at most seconds old."""

    def reports(self) -> Iterable[PbxReport]:
        """The last report on each PBX."""

    def gaps(self) -> Iterable[Gap]:
        """Today's gaps."""

    def certainty(self, tenant: str) -> Certainty:
        """Today's ended calls by certainty."""

    def heard_at(self) -> int:
        """When the live topics were last heard, ms since the epoch."""


class Counts(Struct):
    """What the hub did since the start: frames put into outboxes, sockets dropped for reading too slowly."""

    frames: int = 0
    dropped: int = 0


def epoch_ms() -> int:
    """Now, ms since the epoch."""
    return time.time_ns() // 1_000_000


class Hub:
    """All rooms of this process."""

    def __init__(self, board: Board, pulse: Pulse, zone: ZoneInfo, clock: Callable[[], int] = epoch_ms) -> None:
        self.counts = Counts()
        self._board = board
        self._pulse = pulse
        self.zone = zone
        self._clock = clock
        self._rooms: dict[str, set[Client]] = defaultdict(set)
        self._day = day_start(clock(), zone)
        self._swept = clock()
        self._summaries: dict[str, tuple[int, Summary]] = {}
        self._stir = asyncio.Event()

    def join(self, principal: Principal) -> Client | None:
        """A new socket, the snapshot as its first frame; None when this user has too many already."""
        room = self._rooms.get(principal.tenant, ())
        if sum(1 for other in room if other.principal.user_id == principal.user_id) >= SOCKETS_PER_USER:
            return None
        client = Client(principal)
        client.tell(message(SNAPSHOT, self._snapshot(principal.tenant)))
        self._rooms[principal.tenant].add(client)
        return client

    def leave(self, client: Client) -> None:
        """The socket is gone."""
        tenant = client.principal.tenant
        self.counts.dropped += client.close_code == TOO_SLOW
        self._rooms[tenant].discard(client)
        if not self._rooms[tenant]:
            del self._rooms[tenant]
            self._summaries.pop(tenant, None)

    @property
    def tenants(self) -> list[str]:
        """Tenants that somebody listens for."""
        return sorted(self._rooms)

    @property
    def clients(self) -> list[Client]:
        """All open sockets."""
        return [client for room in self._rooms.values() for client in room]

    @property
    def now(self) -> int:
        """The hub's clock, ms since the epoch."""
        return self._clock()

    def stir(self) -> None:
        """The board changed."""
        self._stir.set()

    async def spread(self) -> None:
        """Tell the rooms what changes, for ever."""
        while True:
            await self._stir.wait()
            self._stir.clear()
            self.flush()
            await asyncio.sleep(GATHER_S)

    def flush(self) -> None:
        """Tell each room what changed on the board since the last time."""
        for tenant, messages in self._board.take(self._clock(), self._day).items():
            for each in messages:
                self._tell(tenant, each)

    def tick(self) -> None:
        """What is due each second: a new day, states that time alone ended, summaries."""
        now = self._clock()
        if (day := day_start(now, self.zone)) != self._day:
            self._day = day
            self._board.touch_all()
        for key in self._board.turned(self._swept, now):
            self._board.touch_agent(key)
        self._swept = now
        if self._board.changed:
            self.stir()
        for tenant in self.tenants:
            self._summarise(tenant, now)

    async def dismiss(self, now: float, still_holds: Callable[[Principal], Awaitable[bool]]) -> None:
        """Close the sockets of everybody who is signed in no more at `now`, seconds since the epoch.

        Raises what `still_holds` raises when it cannot tell; who is out by time alone is closed before it is asked.
        """
        for client in self.clients:
            if client.principal.expires <= now:
                client.close(SIGNED_OUT)
        for client in self.clients:
            if not client.closing.is_set() and not await still_holds(client.principal):
                client.close(SIGNED_OUT)

    def _summarise(self, tenant: str, now: int) -> None:
        summary = self._summary(tenant, now)
        told_at, told = self._summaries.get(tenant, (0, None))
        same = told is not None and (told.totals, told.health) == (summary.totals, summary.health)
        if same and now - told_at < HEARTBEAT_MS:
            return
        self._summaries[tenant] = (now, summary)
        self._tell(tenant, message(SUMMARY, summary))

    def _tell(self, tenant: str, each: Message) -> None:
        for client in self._rooms.get(tenant, ()):
            self.counts.frames += client.tell(each)

    def _snapshot(self, tenant: str) -> Snapshot:
        now = self._clock()
        queues, agents = self._board.shown(tenant, now, self._day)
        summary = self._summary(tenant, now)
        return Snapshot(now, queues, agents, summary.totals, summary.health)

    def _summary(self, tenant: str, now: int) -> Summary:
        return Summary(now, totals(self._board.queues_of(tenant), self._day), self._health(tenant, now))

    def _health(self, tenant: str, now: int) -> Health:
        mine = self._board.pbxs_of(tenant)
        return health(
            [report for report in self._pulse.reports() if report.pbx in mine],
            [gap for gap in self._pulse.gaps() if gap.pbx in mine],
            self._pulse.certainty(tenant),
            self._pulse.heard_at(),
            now,
        )
