"""The newest state of every agent, queue and call of all tenants, and what changed of it. No I/O, no clock.

Of two values for one key the one with the higher version stays, whatever order they arrive in: snapshot and topic
overlap, and a new owner publishes again. Starting over (`replace`) forgets what was there.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from api.contacts.book import Contact
from api.contacts.callers import Callers, Calling, Known, NobodyKnown
from api.live.agent_news import AgentNews
from api.live.messages import (
    Message,
    PresenceUpdate,
    QueueUpdate,
    agent_message,
    call_message,
    ended_message,
    presence_update,
    queue_message,
    queue_update,
)
from api.live.rooms import ALL, QueueKey, agents_in, members_in, queues_in
from calls.live import AgentLive, CallLive, QueueLive

V = TypeVar("V")

# Ended calls are not kept, only their versions, so that a late old word about one is known to be late.
CALL_VERSIONS = 20_000


class Board:
    """Live state by key; keys are the topics' own."""

    def __init__(self, callers: Callers | None = None) -> None:
        self._callers = callers or NobodyKnown()
        self.agents: dict[str, AgentLive] = {}
        self.queues: dict[QueueKey, QueueLive] = {}
        # The agents logged in to each queue, by their keys.
        self._members: dict[QueueKey, dict[str, AgentLive]] = defaultdict(dict)
        self._call_versions: OrderedDict[str, int] = OrderedDict()
        # The latest calls that were told to have ended: what the PBX's files correct later does not end them again.
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._news = AgentNews()
        self._new_agents: set[str] = set()
        # Agents whose ring waited for the caller's name.
        self._named: set[str] = set()
        self._new_queues: set[QueueKey] = set()
        self._new_calls: dict[str, CallLive] = {}

    def replace(self, agents: Iterable[AgentLive], queues: Iterable[QueueLive]) -> None:
        """Start over from a snapshot: everything counts as changed."""
        self.agents = {agent_key(agent): agent for agent in agents}
        self._members.clear()
        for key, agent in self.agents.items():
            self._seat(key, agent)
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
        self._unseat(key, old)
        self._seat(key, agent)
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
        _remember(self._call_versions, key, call.version)
        self._new_calls[key] = call

    def drop_agent(self, key: str) -> None:
        """An agent is no more; its queues count one less."""
        old = self.agents.pop(key, None)
        self._unseat(key, old)
        self._news.forget(key)
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

    def met(self, found: Mapping[Calling, Contact | None]) -> None:
        """Who these callers are is known now."""
        for key, agent in self.agents.items():
            calling = _calling(agent)
            if calling is not None and calling in found:
                (self._named if found[calling] is None else self._new_agents).add(key)

    @property
    def changed(self) -> bool:
        """Whether anything is to be told."""
        return bool(self._new_agents or self._named or self._new_queues or self._new_calls)

    @property
    def untold(self) -> tuple[list[AgentLive], list[QueueLive]]:
        """The agents and queues that changed since the last call of `take`, and maybe some that did not."""
        agents = [self.agents[key] for key in self._new_agents & self.agents.keys()]
        return agents, [self.queues[key] for key in self._new_queues & self.queues.keys()]

    def turned(self, since: int, now: int) -> list[str]:
        """Keys of the agents whose state time alone ended in (since, now], ms since the epoch."""
        return [
            key for key, agent in self.agents.items() if agent.presence.until and since < agent.presence.until <= now
        ]

    def take(self, now: int, day: int) -> dict[str, list[Message]]:
        """What changed since the last call of this, by tenant, each key once in its newest form."""
        told: dict[str, list[Message]] = defaultdict(list)
        for key in sorted(self._new_agents):
            agent, contact = self.agents[key], self._contact_of(self.agents[key])
            told[agent.tenant].append(agent_message(agent, now, day, contact or None))
            told[agent.tenant] += self._news.of(key, agent, now, contact)
        for key in sorted((self._named & self.agents.keys()) - self._new_agents):
            agent = self.agents[key]
            told[agent.tenant] += self._news.of(key, agent, now, self._contact_of(agent))
        for place in sorted(self._new_queues & self.queues.keys()):
            queue = self.queues[place]
            told[queue.tenant].append(queue_message(queue, self._members_of(place), now, day))
        for call in self._new_calls.values():
            told[call.call.tenant] += self._told_of(call)
        self._new_agents, self._named, self._new_queues, self._new_calls = set(), set(), set(), {}
        return told

    def queues_of(self, tenant: str, rooms: frozenset[str]) -> Iterator[QueueLive]:
        """A tenant's queues that are heard of in these rooms."""
        places = self.queues if ALL in rooms else self.queues.keys() & queues_in(rooms)
        return (queue for queue in (self.queues[place] for place in sorted(places)) if queue.tenant == tenant)

    def agents_of(self, tenant: str, rooms: frozenset[str]) -> Iterator[AgentLive]:
        """A tenant's agents that are heard of in these rooms."""
        keys: Iterable[str] = self.agents
        if ALL not in rooms:
            members = (self._members.get(place, ()) for place in members_in(rooms))
            keys = self.agents.keys() & agents_in(rooms).union(*members)
        return (agent for agent in (self.agents[key] for key in sorted(keys)) if agent.tenant == tenant)

    def pbxs_of(self, tenant: str) -> set[str]:
        """The PBXs on which a tenant has agents or queues."""
        every: list[AgentLive | QueueLive] = [*self.agents.values(), *self.queues.values()]
        return {it.pbx for it in every if it.tenant == tenant}

    def shown(
        self, tenant: str, rooms: frozenset[str], now: int, day: int
    ) -> tuple[list[QueueUpdate], list[PresenceUpdate]]:
        """A tenant's queues and agents of these rooms as messages show them."""
        heard = self.queues_of(tenant, rooms)
        queues = [queue_update(it, self._members_of(queue_key(it)), now, day) for it in heard]
        agents = self.agents_of(tenant, rooms)
        return queues, [presence_update(it, now, day, self._contact_of(it) or None) for it in agents]

    def _contact_of(self, agent: AgentLive) -> Known:
        calling = _calling(agent)
        return None if calling is None else self._callers.of(calling)

    def _told_of(self, call: CallLive) -> list[Message]:
        messages, key = [call_message(call)], call.call.call_id
        if call.call.ended_at is not None and key not in self._ended:
            _remember(self._ended, key, None)
            messages.append(ended_message(call))
        return messages

    def _members_of(self, place: QueueKey) -> Iterable[AgentLive]:
        return self._members[place].values() if place in self._members else ()

    def _seat(self, key: str, agent: AgentLive) -> None:
        for place in _queues_of(agent):
            self._members[place][key] = agent

    def _unseat(self, key: str, old: AgentLive | None) -> None:
        for place in _queues_of(old):
            del self._members[place][key]
            if not self._members[place]:
                del self._members[place]


def agent_key(agent: AgentLive) -> str:
    """The key on the topic `agents`."""
    return f"{agent.pbx}:{agent.agent_id}"


def queue_key(queue: QueueLive) -> QueueKey:
    """A queue's key here."""
    return queue.pbx, queue.queue_id


def _calling(agent: AgentLive) -> Calling | None:
    call = agent.call
    return Calling(agent.tenant, call.call_id, call.number) if call and call.number else None


def _remember(kept: OrderedDict[str, V], key: str, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > CALL_VERSIONS:
        kept.popitem(last=False)


def _queues_of(agent: AgentLive | None) -> list[QueueKey]:
    return [] if agent is None else [(agent.pbx, queue) for queue in agent.queues]
