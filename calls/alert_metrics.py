"""What an alert's rule reads off the live board of agents and queues: its metric, of its queues together. Pure.

The figures of a day are those of calls/metrics.py over the quarters of an hour that live state carries.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from calls.alerts import AlertMetric, AlertRule, Reading
from calls.live import AgentLive, QueueLive
from calls.metrics import ABANDONED, OFFERED, SERVICE_LEVEL
from calls.presence import PresenceState, presence_at
from calls.tally import INTERVAL_MS, NOTHING, Tally, interval_start

# The quarter of an hour that runs, and the one before it.
RECENT_MS = INTERVAL_MS


class AlertBoard:
    """The newest of each agent and queue of one tenant."""

    def __init__(self) -> None:
        self._agents: dict[tuple[str, str], AgentLive] = {}
        self._queues: dict[tuple[str, str], QueueLive] = {}
        # By queue what its quarters came to since an instant: most changes are of something else.
        self._sums: dict[tuple[str, str], tuple[list[tuple[int, Tally]], int, Tally]] = {}

    def put(self, agents: Iterable[AgentLive], queues: Iterable[QueueLive]) -> None:
        """Take in what is new."""
        self._agents |= {(it.pbx, it.agent_id): it for it in agents}
        self._queues |= {(it.pbx, it.queue_id): it for it in queues}

    def keep(self, agents: Collection[tuple[str, str]], queues: Collection[tuple[str, str]]) -> None:
        """Forget all but these, by PBX and id."""
        for known, kept in ((self._agents, agents), (self._queues, queues)):
            for key in known.keys() - kept:
                del known[key]

    def readings(self, rule: AlertRule, start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[Reading, int]]:
        """The metric within [start, end) (ms since the epoch), if the board does not change: each until when it holds.

        Time alone brings the next one where a wrap-up ends, or a quarter of an hour.
        """
        turns: Iterable[int] = ()
        if rule.metric is AlertMetric.AVAILABLE:
            turns = (it.presence.until for it in self._agents.values() if it.presence.until is not None)
        elif rule.metric not in (AlertMetric.WAITING, AlertMetric.LONGEST_WAIT):
            turns = _quarters(start, end)
        for at, until in pairwise(sorted({start, end, *(turn for turn in turns if start < turn < end)})):
            yield self.reading(rule, at, zone), until

    def reading(self, rule: AlertRule, at: int, zone: ZoneInfo) -> Reading:
        """The rule's metric from this instant on (ms since the epoch), until the board changes."""
        wanted = set(rule.queues)
        queues = [it for it in self._queues.values() if not wanted or f"{it.pbx}:{it.queue_id}" in wanted]
        entered = [waiter.entered_at for queue in queues for waiter in queue.waiting]
        match rule.metric:
            case AlertMetric.WAITING:
                return Reading(at, len(entered))
            case AlertMetric.LONGEST_WAIT:
                return Reading(at, max(0, at - min(entered)) / 1000, grows=True) if entered else Reading(at, 0.0)
            case AlertMetric.AVAILABLE:
                return Reading(at, self._available({(it.pbx, it.queue_id) for it in queues}, at))
            case AlertMetric.SERVICE_LEVEL_RECENT:
                return Reading(at, SERVICE_LEVEL.value(self._since(queues, interval_start(at) - RECENT_MS)))
        today = self._since(queues, _day_start(at, zone))
        return Reading(at, _of_day(rule.metric, today))

    def _available(self, queues: Collection[tuple[str, str]], at: int) -> int:
        return sum(
            presence_at(agent.presence, at).state is PresenceState.AVAILABLE
            and any((agent.pbx, queue) in queues for queue in agent.queues)
            for agent in self._agents.values()
        )

    def _since(self, queues: Iterable[QueueLive], start: int) -> Tally:
        return sum((self._sum(queue, start) for queue in queues), NOTHING)

    def _sum(self, queue: QueueLive, start: int) -> Tally:
        key = (queue.pbx, queue.queue_id)
        known = self._sums.get(key)
        if known is None or known[1] != start or known[0] != queue.tallies:
            found = sum((tally for at, tally in queue.tallies if at >= start), NOTHING)
            known = self._sums[key] = (queue.tallies, start, found)
        return known[2]


def _quarters(start: int, end: int) -> Iterator[int]:
    """The instants within (start, end) at which figures of a day or of late change by the clock alone."""
    yield from range(interval_start(start) + INTERVAL_MS, end, INTERVAL_MS)


def _of_day(metric: AlertMetric, today: Tally) -> float | None:
    if metric is AlertMetric.SERVICE_LEVEL:
        return SERVICE_LEVEL.value(today)
    abandoned = ABANDONED.value(today) or 0.0
    if metric is AlertMetric.ABANDONED:
        return abandoned
    offered = OFFERED.value(today)
    return abandoned / offered if offered else None


def _day_start(at: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(at / 1000, zone)
    return int(datetime.combine(local.date(), time.min, zone).timestamp() * 1000)
