"""The newest state of every agent, queue and call of all tenants, and what changed of it. No I/O, no clock.

Of two values for one key the one with the higher version stays, whatever order they arrive in: snapshot and topic
overlap, and a new owner publishes again. Starting over (`replace`) forgets what was there.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator

from api.live.messages import (
    CALL_STATE_CHANGED,
    PRESENCE_UPDATE,
    QUEUE_UPDATE,
    Message,
    PresenceUpdate,
    QueueUpdate,
    call_changed,
    message,
    presence_update,
    queue_update,
)
from calls.live import AgentLive, CallLive, QueueLive

# Ended calls are not kept, only their versions, so that a late old word about one is known to be late.
CALL_VERSIONS = 20_000

QueueKey = tuple[str, str]
"""A queue by PBX and queue id."""


class Board:
    """Live state by key; keys are the topics' own."""

    def __init__(self) -> None:
        self.agents: dict[str, AgentLive] = {}
        self.queues: dict[QueueKey, QueueLive] = {}
        self._call_versions: OrderedDict[str, int] = OrderedDict()
        self._new_agents: set[str] = set()
        self._new_queues: set[QueueKey] = set()
        self._new_calls: dict[str, CallLive] = {}

    def replace(self, agents: Iterable[AgentLive], queues: Iterable[QueueLive]) -> None:
        """Start over from a snapshot: everything counts as changed."""
        self.agents = {agent_key(agent): agent for agent in agents}
        self.queues = {queue_key(queue): queue for queue in queues}
        self._call_versions.clear()
        self.touch_all()

    def put_agent(self, agent: AgentLive) -> None:
        """An agent's state, unless a newer one is known."""
        key = agent_key(agent)
        old = self.agents.get(key)
        if old is not None and old.version >= agent.version:
            return
        self.agents[key] = agent
        self.touch_agent(key, also=old)

    def put_queue(self, queue: QueueLive) -> None:
        """A queue's state, unless a newer one is known."""
        key = queue_key(queue)
        old = self.queues.get(key)
        if old is None or old.version < queue.version:
            self.queues[key] = queue
            self._new_queues.add(key)

    def put_call(self, call: CallLive) -> None:
        """A changed call, unless a newer word about it was heard."""
        key = call.call.call_id
        if self._call_versions.get(key, -1) >= call.version:
            return
        self._call_versions[key] = call.version
        self._call_versions.move_to_end(key)
        if len(self._call_versions) > CALL_VERSIONS:
            self._call_versions.popitem(last=False)
        self._new_calls[key] = call

    def drop_agent(self, key: str) -> None:
        """An agent is no more; its queues count one less."""
        old = self.agents.pop(key, None)
        self._new_agents.discard(key)
        self._new_queues.update(_queues_of(old))

    def drop_queue(self, key: QueueKey) -> None:
        """A queue is no more."""
        self.queues.pop(key, None)
        self._new_queues.discard(key)

    def touch_agent(self, key: str, also: AgentLive | None = None) -> None:
        """An agent shows otherwise than before, and so do its queues and those of its earlier state `also`."""
        self._new_agents.add(key)
        self._new_queues.update(_queues_of(self.agents[key]), _queues_of(also))

    def touch_all(self) -> None:
        """Everything shows otherwise than before: a new day, or a new snapshot."""
        self._new_agents = set(self.agents)
        self._new_queues = set(self.queues)

    @property
    def changed(self) -> bool:
        """Whether anything is to be told."""
        return bool(self._new_agents or self._new_queues or self._new_calls)

    def turned(self, since: int, now: int) -> list[str]:
        """Keys of the agents whose state time alone ended in (since, now], ms since the epoch."""
        return [
            key for key, agent in self.agents.items() if agent.presence.until and since < agent.presence.until <= now
        ]

    def take(self, now: int, day: int) -> dict[str, list[Message]]:
        """What changed since the last call of this, by tenant, each key once in its newest form."""
        told: dict[str, list[Message]] = defaultdict(list)
        members = self._members() if self._new_queues else {}
        for agent in (self.agents[key] for key in sorted(self._new_agents)):
            told[agent.tenant].append(message(PRESENCE_UPDATE, presence_update(agent, now, day), agent.version))
        for key in sorted(self._new_queues & self.queues.keys()):
            queue = self.queues[key]
            update = queue_update(queue, members.get(key, ()), now, day)
            told[queue.tenant].append(message(QUEUE_UPDATE, update, queue.version))
        for call in self._new_calls.values():
            told[call.call.tenant].append(message(CALL_STATE_CHANGED, call_changed(call), call.version))
        self._new_agents, self._new_queues, self._new_calls = set(), set(), {}
        return told

    def queues_of(self, tenant: str) -> Iterator[QueueLive]:
        """A tenant's queues."""
        return (queue for _, queue in sorted(self.queues.items()) if queue.tenant == tenant)

    def pbxs_of(self, tenant: str) -> set[str]:
        """The PBXs on which a tenant has agents or queues."""
        every: list[AgentLive | QueueLive] = [*self.agents.values(), *self.queues.values()]
        return {it.pbx for it in every if it.tenant == tenant}

    def shown(self, tenant: str, now: int, day: int) -> tuple[list[QueueUpdate], list[PresenceUpdate]]:
        """A tenant's queues and agents as messages show them."""
        members = self._members()
        queues = [queue_update(it, members.get(queue_key(it), ()), now, day) for it in self.queues_of(tenant)]
        agents = [presence_update(it, now, day) for _, it in sorted(self.agents.items()) if it.tenant == tenant]
        return queues, agents

    def _members(self) -> dict[QueueKey, list[AgentLive]]:
        members: dict[QueueKey, list[AgentLive]] = defaultdict(list)
        for agent in self.agents.values():
            for key in _queues_of(agent):
                members[key].append(agent)
        return members


def agent_key(agent: AgentLive) -> str:
    """The key on the topic `agents`."""
    return f"{agent.pbx}:{agent.agent_id}"


def queue_key(queue: QueueLive) -> QueueKey:
    """A queue's key here."""
    return queue.pbx, queue.queue_id


def _queues_of(agent: AgentLive | None) -> list[QueueKey]:
    return [] if agent is None else [(agent.pbx, queue) for queue in agent.queues]
