"""Tells sockets what changed on the board: each hears the rooms it is in, each in its own numbering.

Changes are gathered for `GATHER_S`, so that a burst becomes one message per agent, queue or call; the first after a
quiet moment goes out at once. What it costs to tell everybody makes the next gathering longer by itself. Each second:
what time alone changes, and the summary.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from api.live.board import Board
from api.live.client import SIGNED_OUT, TOO_SLOW, Client, Write, frame_of
from api.live.freshness import Certainty, Gap, Health, PbxReport, health
from api.live.messages import SNAPSHOT, SUMMARY, Message, Snapshot, Summary, message
from api.live.reach import asked_rooms, rooms_of
from api.live.rooms import ALL, Part, Rooms, outlook
from api.live.totals import day_start, totals
from api.tokens import Principal

# As short as it may be beside a hundredth of a second for each step before: what changes all the time is thinned by the
# stream processor already.
GATHER_S = 0.02
# A browser that hears nothing for longer takes the line for dead.
HEARTBEAT_MS = 10_000
# Several screens of one person, and the ones that their browser has not given up yet.
SOCKETS_PER_USER = 25
# A snapshot is made once for everybody who comes within this time, if nothing was told since: after a restart they all
# come at once. Its `now` is that much too early at most.
SNAPSHOT_HOLDS_MS = 50


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
        self.board = board
        self._pulse = pulse
        self.zone = zone
        self._clock = clock
        self._rooms: Rooms[Client] = Rooms()
        self._sockets: Counter[tuple[str, str]] = Counter()
        self._day = day_start(clock(), zone)
        self._swept = clock()
        self._summaries: dict[Part, tuple[int, Summary]] = {}
        self._snapshots: dict[Part, tuple[int, Message]] = {}
        self._fresh: dict[Part, tuple[int, Summary]] = {}
        self._stir = asyncio.Event()

    def join(self, principal: Principal, seats: frozenset[str] = frozenset(), write: Write = frame_of) -> Client | None:
        """A new socket, the snapshot as its first frame; None when this user has too many already."""
        user = (principal.tenant, principal.user_id)
        if self._sockets[user] >= SOCKETS_PER_USER:
            return None
        self._sockets[user] += 1
        client = Client(principal, seats, write)
        client.rooms = rooms_of(client, self.board)
        self._rooms.enter(client)
        self.show(client)
        return client

    def leave(self, client: Client) -> None:
        """The socket is gone."""
        self.counts.dropped += client.close_code == TOO_SLOW
        user = (client.tenant, client.principal.user_id)
        self._sockets[user] -= 1
        if not self._sockets[user]:
            del self._sockets[user]
        self._rooms.leave(client)

    def subscribe(self, client: Client, names: list[str] | None) -> bool:
        """Hear these rooms only, or again all that the socket may hear; a snapshot of them follows.

        False, and nothing changes, when one of them is not there for this socket.
        """
        asked = None if names is None else asked_rooms(client, names, self.board)
        if names is not None and asked is None:
            return False
        client.asked = asked
        self._rooms.move(client, rooms_of(client, self.board))
        self.show(client)
        return True

    def reseat(self, client: Client, seats: frozenset[str]) -> None:
        """The user is another agent than before, or none."""
        client.seats = seats
        self._refresh(client)

    def show(self, client: Client) -> None:
        """Tell a socket how everything is that it hears."""
        now, part = self._clock(), (client.tenant, client.rooms)
        made, snapshot = self._snapshots.get(part, (0, None))
        if snapshot is None or now - made > SNAPSHOT_HOLDS_MS:
            snapshot = message(SNAPSHOT, self._snapshot(part, now))
            self._snapshots[part] = now, snapshot
        self.counts.frames += client.tell((snapshot,))

    @property
    def tenants(self) -> list[str]:
        """Tenants that somebody listens for."""
        return self._rooms.tenants

    @property
    def clients(self) -> list[Client]:
        """All open sockets."""
        return list(self._rooms)

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
        told = self.board.take(self._clock(), self._day)
        # Somebody who comes now must not be shown what was before, and then miss what was told just now.
        self._snapshots.clear()
        for tenant, messages in told.items():
            self._tell(tenant, messages)

    def tick(self) -> None:
        """What is due each second: a new day, states that time alone ended, agents who changed queues, summaries."""
        now = self._clock()
        if (day := day_start(now, self.zone)) != self._day:
            self._day = day
            self.board.touch_all()
        for key in self.board.turned(self._swept, now):
            self.board.touch_agent(key)
        self._swept = now
        if self.board.changed:
            self.stir()
        for client in self.clients:
            if client.is_agent:
                self._refresh(client)
        parts = self._rooms.parts
        self._fresh.clear()
        self._summaries = {part: self._summaries[part] for part in parts if part in self._summaries}
        for part in parts:
            self._summarise(part, now)

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

    def _refresh(self, client: Client) -> None:
        rooms = rooms_of(client, self.board)
        if rooms != client.rooms:
            self._rooms.move(client, rooms)
            self.show(client)

    def _tell(self, tenant: str, messages: list[Message]) -> None:
        # One outbox is filled once, however many messages there are: most sockets hear all of them.
        everywhere = [each for each in messages if ALL in each.rooms]
        for client in self._rooms.hearers(tenant, (ALL,)):
            self.counts.frames += client.tell(everywhere)
        parts: dict[Client, list[Message]] = defaultdict(list)
        for each in messages:
            for client in self._rooms.hearers(tenant, (room for room in each.rooms if room != ALL)):
                parts[client].append(each)
        for client, own in parts.items():
            self.counts.frames += client.tell(own)

    def _summarise(self, part: Part, now: int) -> None:
        summary = self._summary(part, now)
        told_at, told = self._summaries.get(part, (0, None))
        same = told is not None and (told.totals, told.health) == (summary.totals, summary.health)
        if same and now - told_at < HEARTBEAT_MS:
            return
        self._summaries[part] = (now, summary)
        each = (message(SUMMARY, summary),)
        for client in self._rooms.of_part(part):
            self.counts.frames += client.tell(each)

    def _snapshot(self, part: Part, now: int) -> Snapshot:
        queues, agents = self.board.shown(*part, now, self._day)
        summary = self._summary((part[0], outlook(part[1])), now)
        return Snapshot(now, queues, agents, summary.totals, summary.health)

    def _summary(self, part: Part, now: int) -> Summary:
        made, summary = self._fresh.get(part, (0, None))
        if summary is None or now - made > SNAPSHOT_HOLDS_MS:
            summary = Summary(now, totals(self.board.queues_of(*part), self._day), self._health(part[0], now))
            self._fresh[part] = now, summary
        return summary

    def _health(self, tenant: str, now: int) -> Health:
        mine = self.board.pbxs_of(tenant)
        return health(
            [report for report in self._pulse.reports() if report.pbx in mine],
            [gap for gap in self._pulse.gaps() if gap.pbx in mine],
            self._pulse.certainty(tenant),
            self._pulse.heard_at(),
            now,
        )
