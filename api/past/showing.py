"""What the process tells of the past, as the live socket shows it: the same board, the same messages. Pure."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from msgspec import Raw, Struct

from api.live.board import Board
from api.live.freshness import Gap, Health, PbxFreshness
from api.live.messages import (
    PRESENCE_UPDATE,
    QUEUE_UPDATE,
    SUMMARY,
    Snapshot,
    Summary,
    message,
)
from api.live.rooms import EVERYTHING
from api.live.totals import day_start, totals
from calls.past import PastBoard, PastMoment

SHOWN = (QUEUE_UPDATE, PRESENCE_UPDATE)


class PastFrame(Struct, frozen=True):
    """An event as the live socket would have sent it at that instant, ms since the epoch."""

    at: int
    event: str
    data: Raw


class _Showing:
    """A board of one tenant on the way through the past."""

    def __init__(self, tenant: str, first: PastBoard, zone: ZoneInfo) -> None:
        self._tenant, self._zone = tenant, zone
        self._board = Board()
        self._board.replace(first.agents, first.queues)
        self._unheard = first.unheard

    def snapshot(self, at: int) -> Snapshot:
        """Everything at an instant."""
        queues, agents = self._board.shown(self._tenant, EVERYTHING, at, day_start(at, self._zone))
        summary = self._summary(at)
        return Snapshot(at, queues, agents, summary.totals, summary.health)

    def put(self, news: PastBoard) -> None:
        """Take in what is new."""
        for agent in news.agents:
            self._board.put_agent(agent)
        for queue in news.queues:
            self._board.put_queue(queue)

    def frames(self, since: int, at: int) -> Iterator[PastFrame]:
        """What is to be told at an instant, when the last was told at `since`."""
        day = day_start(at, self._zone)
        if day != day_start(since, self._zone):
            self._board.touch_all()
        for key in self._board.turned(since, at):
            self._board.touch_agent(key)
        if not self._board.changed:
            return
        for told in self._board.take(at, day).get(self._tenant, ()):
            if told.event in SHOWN:
                yield PastFrame(at, told.event, told.data)
        yield PastFrame(at, SUMMARY, message(SUMMARY, self._summary(at)).data)

    def _summary(self, at: int) -> Summary:
        queues = self._board.queues_of(self._tenant, EVERYTHING)
        pbxs = sorted(self._board.pbxs_of(self._tenant))
        gaps = [Gap(it.pbx, "ami", it.cause, it.since, None) for it in self._unheard]
        fresh = [PbxFreshness(pbx, at) for pbx in pbxs]
        # How many calls were final then nobody has kept.
        health = Health(at, 0, fresh, max(gaps, key=lambda gap: gap.start, default=None), 0, 0)
        return Summary(at, totals(queues, day_start(at, self._zone)), health)


def past_snapshot(tenant: str, board: PastBoard, at: int, zone: ZoneInfo) -> Snapshot:
    """The live socket's snapshot as of that instant, ms since the epoch."""
    return _Showing(tenant, board, zone).snapshot(at)


def past_snapshots(tenant: str, moments: Iterable[PastMoment], zone: ZoneInfo) -> Iterator[Snapshot]:
    """The snapshot of each moment, `now` being its instant: what changes between two of them is time alone."""
    showing: _Showing | None = None
    for moment in moments:
        if showing is None:
            showing = _Showing(tenant, moment.shown, zone)
        showing.put(moment.shown)
        yield showing.snapshot(moment.at)


def past_frames(tenant: str, moments: Iterable[PastMoment], step: int, zone: ZoneInfo) -> list[PastFrame]:
    """The frames of a reel, those of each `step` ms gathered into the newest of each key at its end."""
    first, *rest = moments
    showing, frames = _Showing(tenant, first.shown, zone), list[PastFrame]()
    # All of it is in the snapshot that whoever plays has already.
    list(showing.frames(first.at, first.at))
    told, due = first.at, 0
    for moment in rest:
        if due and moment.at > due:
            frames += showing.frames(told, due)
            told, due = due, 0
        due = due or first.at + -(-max(1, moment.at - first.at) // step) * step
        showing.put(moment.shown)
    if due:
        frames += showing.frames(told, due)
    return frames
