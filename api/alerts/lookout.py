"""All rules of all tenants over the live board, in memory: what fired and what is over. No I/O, no clock."""

from collections.abc import Collection, Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from api.alerts.tap import Heard
from calls.alert_metrics import AlertBoard
from calls.alerts import AlertRule, Firing, Watch, advance
from calls.live import AgentLive, QueueLive


class Watched(Struct, frozen=True):
    """A rule, whose it is, the count of its changes, what it remembers, and until when it was watched (ms, if ever)."""

    id: UUID
    tenant: str
    rule: AlertRule
    edition: int
    watch: Watch
    until: int | None = None


class Outcome(Struct, frozen=True):
    """What a rule remembers now, and what fired or was over meanwhile, in order."""

    watched: Watched
    told: list[Firing]


class Lookout:
    """Looks at the rules from `at` on (ms since the epoch), over what the board shows then."""

    def __init__(self, agents: Iterable[AgentLive], queues: Iterable[QueueLive], at: int, zone: ZoneInfo) -> None:
        self._at, self._zone = at, zone
        self._boards: dict[str, AlertBoard] = {}
        self._rules: dict[UUID, Watched] = {}
        self._put(agents, queues)

    @property
    def at(self) -> int:
        """Until when it has looked."""
        return self._at

    def adopt(self, rules: Iterable[Watched]) -> None:
        """These are the rules. One that has not changed goes on with what it remembers here."""
        known = self._rules
        self._rules = {
            it.id: known[it.id] if it.id in known and known[it.id].edition == it.edition else it for it in rules
        }

    def keep(self, agents: Collection[tuple[str, str]], queues: Collection[tuple[str, str]]) -> None:
        """Others than these, by PBX and id, are no more."""
        for board in self._boards.values():
            board.keep(agents, queues)

    def advance(self, heard: Iterable[Heard], now: int) -> list[Outcome]:
        """On to `now` (ms since the epoch): the rules that remember something else than before."""
        before, told = dict(self._rules), dict[UUID, list[Firing]]()
        for each in heard:
            self._step(each.at, told)
            self._put(each.agents, each.queues)
        self._step(now, told)
        return [Outcome(it, told.get(it.id, [])) for it in self._rules.values() if it.watch != before[it.id].watch]

    def _step(self, until: int, told: dict[UUID, list[Firing]]) -> None:
        for it in self._rules.values():
            watch, board = it.watch, self._boards.setdefault(it.tenant, AlertBoard())
            for reading, end in board.readings(it.rule, self._at, until, self._zone):
                news, watch = advance(it.rule, watch, reading, end, self._zone)
                told.setdefault(it.id, []).extend(news)
            if watch != it.watch:
                self._rules[it.id] = replace(it, watch=watch, until=until)
        self._at = max(self._at, until)

    def _put(self, agents: Iterable[AgentLive], queues: Iterable[QueueLive]) -> None:
        for agent in agents:
            self._boards.setdefault(agent.tenant, AlertBoard()).put([agent], [])
        for queue in queues:
            self._boards.setdefault(queue.tenant, AlertBoard()).put([], [queue])
